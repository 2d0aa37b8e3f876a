"""What the Lecture page says: its title, and the strip of scenes with what each asks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.frame.texts import plain, t
from dashboard.frame.url_state import UrlState
from dashboard.lecture.format import Lecture, said
from dashboard.lecture.stage import Place


def title(lecture: Lecture) -> str:
    """The lecture's name."""
    return plain(said(lecture.title))


def reading(lecture: Lecture) -> str:
    """What it is about, how many scenes it has and how long they take."""
    about = plain(said(lecture.text))
    return t("lecture.reading", text=about, scenes=len(lecture.scenes), minutes=f"{lecture.minutes:g}")


def strip(state: UrlState[Any], lecture: Lecture) -> None:
    """The scenes in their order: each a link that opens it, with its question, minutes and notes."""
    spoken = {"lang": state.presentation.lang} if state.presentation.lang else {}
    begun = 0.0
    for number, scene in enumerate(lecture.scenes):
        file, query = Place(lecture, number).link()
        with st.container(horizontal=True, vertical_alignment="center", key=f"listed_{number}"):
            label = t("lecture.scene", number=number + 1, title=plain(said(scene.title)))
            st.page_link(file, label=label, query_params=query | spoken, width="content")
            st.caption(f"*{plain(said(scene.question))}*" if scene.question else "", width="stretch")
            when = t("lecture.when", begun=f"{begun:g}", minutes=f"{scene.minutes:g}")
            st.caption(when, width="content")
            if scene.notes:
                with st.popover(t("lecture.notes"), type="tertiary"):
                    st.markdown(plain(said(scene.notes)))
        begun += scene.minutes
