"""The Task diversity page: how many tasks pretraining needs before a learner is good at new ones."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.diversity import knobs, words
from dashboard.diversity.code import code
from dashboard.diversity.numbers import setting
from dashboard.diversity.picture import drawn
from dashboard.diversity.view import DiversityView, read_out, shown, start
from dashboard.frame import exports
from dashboard.frame.line_chart import draw_panels, files, numbers
from dashboard.frame.texts import said, t
from dashboard.frame.url_state import Settings
from dashboard.lecture.stage import stage
from dashboard.say.cited import cited
from icl_core.library import LibraryError

with frame.net():
    state, library = frame.begin("task_diversity", lambda library: Settings(start(library), DiversityView()))
    cited(state.presentation, library)
    now = setting(shown(state.experiment, state.default.experiment), library)

    frame.sidebar(
        state,
        evaluation=lambda: knobs.evaluation_knobs(state, now),
        pretraining=lambda: knobs.pretraining_knobs(state, now, library),
    )
    frame.warn(state.notices, now.faults)

    frame.title(words.title(now, state.view.picture))
    if not state.presentation.present:
        knobs.picture_row(state)
    waiting = words.waiting(now)
    if waiting:
        st.info(waiting, icon=":material/hourglass_empty:")

    with st.spinner(t("figure.waiting"), show_time=True):
        try:
            panels, sentence = drawn(now, state.view, library)
        except LibraryError as error:  # a model has left, or was damaged, since the page looked
            st.error(said(error))
            st.stop()
    stem = f"icl-diversity-{state.view.picture}-{now.experiment.hash}"
    with frame.figure_place(state.presentation.present):
        draw_panels(panels, state.presentation, stem=stem, alt=sentence)
    stage(state, *knobs.main_knobs(state, now, library))
    frame.read_aloud(sentence, words.provenance(now))

    if not state.presentation.present:
        frame.explain(state, ("detail", t("diversity.what")), ("try", t("diversity.try")))
        exports.numbers_section(numbers(panels))
        exports.take_away(
            files(panels, now.experiment, stem), python=code(now.experiment, state.view, state.models)
        )

    frame.end(
        state, cfg=now.experiment.hash, picture=state.view.picture, k=read_out(now.experiment, state.view)
    )
