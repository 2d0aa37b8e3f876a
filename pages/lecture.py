"""The Lecture page: scenes in their order, each a link, with what to ask and what to say."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.lecture import knobs, words
from dashboard.lecture.stage import begin_button
from dashboard.lecture.view import LectureView, chosen
from dashboard.pack.offer import offer
from icl_core.library.start import start

with frame.net():
    state, _ = frame.begin("lecture", lambda library: Settings(start(library.specs()), LectureView()))
    frame.sidebar(state)
    frame.warn(state.notices)

    lecture = chosen(state.view)
    st.title(words.title(lecture), anchor=False)
    knobs.which(state, lecture)
    frame.read_aloud(words.reading(lecture), t("lecture.keys"))
    begin_button(state, lecture)
    words.strip(state, lecture)
    knobs.own_section(state)
    offer(lecture)
    frame.explain(state, ("try", t("lecture.try")))

    frame.end(state, lecture=lecture.name, scenes=len(lecture.scenes))
