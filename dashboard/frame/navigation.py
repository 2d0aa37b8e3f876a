"""The list of pages, in groups. A page is linked where its file exists; links keep the experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.frame.bootstrap import ROOT
from dashboard.frame.language import language_choice
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState


@dataclass(frozen=True)
class PageLink:
    """One page: its name in the state and in the texts, and its file."""

    name: str
    file: str


START = "start"
GROUPS: dict[str, tuple[PageLink, ...]] = {
    START: (PageLink("explore", "app.py"),),
    "linear_attention": (
        PageLink("training_dynamics", "pages/training_dynamics.py"),
        PageLink("shift_lab", "pages/shift_lab.py"),
    ),
    "mixtures": (
        PageLink("model_selection", "pages/model_selection.py"),
        PageLink("beyond_the_mixture", "pages/beyond_the_mixture.py"),
        PageLink("prompt_lab", "pages/prompt_lab.py"),
        PageLink("task_diversity", "pages/task_diversity.py"),
    ),
    "models": (PageLink("library", "pages/library.py"), PageLink("claims", "pages/claims.py")),
}
HEADED = ("linear_attention", "mixtures")


def navigation(state: UrlState[Any]) -> None:
    """Links to the pages that exist and the choice of the language, in the sidebar."""
    with st.container(key="navigation", gap=None):
        for group, links in GROUPS.items():
            present = [link for link in links if (ROOT / link.file).is_file()]
            if present and group in HEADED:
                st.caption(t(f"navigation.{group}"))
            with st.container(horizontal=True, gap="xsmall"):
                for link in present:
                    st.page_link(
                        link.file, label=t(f"page.{link.name}"), query_params=state.query_for(link.name)
                    )
                if group == START:
                    language_choice(state)
