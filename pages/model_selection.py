"""The Model selection page: one model of two families of functions, which picks the right one in context."""

from __future__ import annotations

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.code import code_section
from dashboard.knobs import leave_button
from dashboard.line_chart import draw_panels, numbers_section
from dashboard.navigation import navigation
from dashboard.selection import knobs, words
from dashboard.selection.code import code
from dashboard.selection.picture import drawn
from dashboard.selection.results import setting
from dashboard.selection.state import SelectionView, picture, read_out, shown, start
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import default_library

bootstrap()
library = default_library()
state = UrlState.begin("model_selection", Settings(start(library), SelectionView()), library.specs())
apply_presentation(state.presentation)
now = setting(shown(state.experiment, state.default.experiment), library)
picture_shown = picture(now.experiment, state.view)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="evaluation_group"):
            knobs.evaluation_knobs(state, now)
        with st.container(key="pretraining_group"):
            knobs.pretraining_knobs(state, now, library)

for notice in state.notices:
    st.warning(notice)
for fault in now.faults:
    st.error(fault)

st.title(words.title(now, picture_shown), anchor=False)
if not state.presentation.present:
    knobs.picture_row(state, now)
waiting = words.waiting(now)
if waiting:
    st.info(waiting, icon=":material/hourglass_empty:")

with st.spinner(t("figure.waiting"), show_time=True):
    panels, sentence = drawn(now, state.view, library)
stem = f"icl-selection-{picture_shown}-{now.experiment.hash}"
draw_panels(panels, state.presentation, stem=stem, alt=sentence)
with st.container(key="reading"):
    st.markdown(sentence)
with st.container(key="provenance"):
    st.caption(words.provenance(now, picture_shown))

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(t(f"selection.what.{picture_shown}"))
        st.markdown(t("selection.what.setting"))
    with st.expander(t("section.try"), icon=":material/experiment:"):
        st.markdown(t("selection.try"))
    numbers_section(panels, stem)
    code_section(code(now.experiment, state.view, state.models))

k = read_out(now.experiment, state.view)
st.html(f"<div id='done' data-cfg='{now.experiment.hash}' data-picture='{picture_shown}' data-k='{k}'></div>")
