"""Prompt lab: put points on a plot and see every learner's function move."""

from __future__ import annotations

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.knobs import leave_button
from dashboard.lab import knobs, plot, words
from dashboard.lab.measured import answer as answer_to
from dashboard.lab.measured import exported
from dashboard.lab.view import LabView, fitted
from dashboard.navigation import navigation
from dashboard.one_input.models import learner_names, main_model
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import default_library
from icl_core.specs import Experiment

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("prompt_lab", Settings(Experiment(main_model(models)), LabView()), models)
apply_presentation(state.presentation)

pretraining = fitted(state.experiment, state.default.experiment)
names = learner_names(pretraining, library)
answer = answer_to(state.view, pretraining, library)
available = tuple(name for name in knobs.LEARNERS if name in answer.functions.functions)
sentence = words.reading(answer, state.view, pretraining)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="evaluation_group"):
            knobs.tested_on(state)
        with st.container(key="pretraining_group"):
            knobs.pretrained_on(state, pretraining, models)

for notice in state.notices:
    st.warning(notice)
for fault in filter(None, (answer.fault,)):
    st.error(fault)

st.title(words.title(answer, state.view, pretraining), anchor=False)
left, right = st.columns([11, 4], gap="medium")
with left:
    shown = knobs.shown(state.view, available)
    plot.draw_plot(state, answer, names, pretraining, shown=shown, alt=sentence)
with right:
    if not state.view.hidden:
        plot.draw_belief(state, answer)
    knobs.points_row(state, answer.functions.prompt)
    plot.draw_table(state, answer.functions.prompt)
with st.container(key="reading"):
    st.markdown(sentence)
with st.container(key="provenance"):
    entry = library.find(pretraining.hash)
    st.caption(words.provenance(state.view, pretraining, entry.card if entry else None))

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    if "transformer" not in available:
        waiting = t("beyond.waiting", models=pretraining.hash)
        st.info(waiting, icon=":material/hourglass_empty:")
    knobs.settings_section(state, names, available)
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(t("lab.what"))
    with st.expander(t("section.try"), icon=":material/experiment:"):
        st.markdown(t("lab.try"))
    with st.expander(t("section.export"), icon=":material/download:"):
        text = exported(answer, pretraining, state.view)
        st.download_button(t("lab.export"), text, "icl-prompt.json", "application/json", on_click="ignore")

count = len(answer.functions.prompt.xs)
st.html(
    f"<div id='done' data-cfg='{pretraining.hash}' data-view='{state.view.hash}' data-points='{count}'></div>"
)
