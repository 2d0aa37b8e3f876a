"""The Task diversity page: how many tasks pretraining needs before a learner is good at new ones."""

from __future__ import annotations

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.code import code_section
from dashboard.diversity import knobs, words
from dashboard.diversity.code import code
from dashboard.diversity.picture import drawn
from dashboard.diversity.results import setting
from dashboard.diversity.state import DiversityView, read_out, shown, start
from dashboard.knobs import leave_button
from dashboard.line_chart import draw_panels, numbers_section
from dashboard.navigation import navigation
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import default_library

bootstrap()
library = default_library()
state = UrlState.begin("task_diversity", Settings(start(library), DiversityView()), library.specs())
apply_presentation(state.presentation)
now = setting(shown(state.experiment, state.default.experiment), library)

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

st.title(words.title(now, state.view.picture), anchor=False)
if not state.presentation.present:
    knobs.picture_row(state)
waiting = words.waiting(now)
if waiting:
    st.info(waiting, icon=":material/hourglass_empty:")

with st.spinner(t("figure.waiting"), show_time=True):
    panels, sentence = drawn(now, state.view, library)
stem = f"icl-diversity-{state.view.picture}-{now.experiment.hash}"
draw_panels(panels, state.presentation, stem=stem, alt=sentence)
with st.container(key="reading"):
    st.markdown(sentence)
with st.container(key="provenance"):
    st.caption(words.provenance(now))

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(t("diversity.what"))
    with st.expander(t("section.try"), icon=":material/experiment:"):
        st.markdown(t("diversity.try"))
    numbers_section(panels, stem)
    code_section(code(now.experiment, state.view, state.models))

k = read_out(now.experiment, state.view)
st.html(
    f"<div id='done' data-cfg='{now.experiment.hash}' data-picture='{state.view.picture}' data-k='{k}'></div>"
)
