"""The Model selection page: one model of two families of functions, which picks the right one in context."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.frame import exports
from dashboard.frame.line_chart import draw_panels, files, numbers, over_pinned, panels_since
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import Settings
from dashboard.lecture.stage import stage
from dashboard.say.cited import cited
from dashboard.selection import knobs, words
from dashboard.selection.code import code
from dashboard.selection.numbers import setting
from dashboard.selection.picture import drawn, drawn_pinned
from dashboard.selection.view import SelectionView, picture, read_out, shown, start

with frame.net():
    state, library = frame.begin("model_selection", lambda library: Settings(start(library), SelectionView()))
    cited(state.presentation, library)
    now = setting(shown(state.experiment, state.default.experiment), library)
    picture_shown = picture(now.experiment, state.view)

    frame.sidebar(
        state,
        evaluation=lambda: knobs.evaluation_knobs(state, now),
        pretraining=lambda: knobs.pretraining_knobs(state, now, library),
    )
    frame.warn(state.notices, now.faults)

    frame.title(words.title(now, picture_shown))
    if not state.presentation.present:
        knobs.picture_row(state, now)
    waiting = words.waiting(now)
    if waiting:
        st.info(waiting, icon=":material/hourglass_empty:")

    with st.spinner(t("figure.waiting"), show_time=True):
        panels, sentence = drawn(now, state.view, library)
        pinned = drawn_pinned(state, library)
    if pinned is not None:
        sentence = joined("sentences", filter(None, (sentence, panels_since(panels, pinned.panels))))
        panels = over_pinned(panels, pinned.panels)
    stem = f"icl-selection-{picture_shown}-{now.experiment.hash}"
    with frame.figure_place(state.presentation.present):
        draw_panels(panels, state.presentation, stem=stem, alt=sentence)
    stage(state, *knobs.main_knobs(state, now), pins=True)
    whose = () if pinned is None else (pinned.whose,)
    frame.read_aloud(sentence, " · ".join((words.provenance(now, picture_shown), *whose)))

    if not state.presentation.present:
        what = f"{t(f'selection.what.{picture_shown}')}\n\n{t('selection.what.setting')}"
        frame.explain(state, ("detail", what), ("try", t("selection.try")))
        exports.numbers_section(numbers(panels))
        exports.take_away(
            files(panels, now.experiment, stem), python=code(now.experiment, state.view, state.models)
        )

    frame.end(state, cfg=now.experiment.hash, picture=picture_shown, k=read_out(now.experiment, state.view))
