"""Beyond the mixture: functions that pretraining had not, drawn with what each learner makes of them."""

from __future__ import annotations

import streamlit as st

from dashboard.beyond import charts, claimed, knobs, measured, sections, words
from dashboard.beyond.scene import current, fitted, read_out, start
from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.knobs import leave_button
from dashboard.navigation import navigation
from dashboard.one_input.models import learner_names
from dashboard.texts import t
from dashboard.url_state import UrlState
from icl_core.library import default_library

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("beyond_the_mixture", start(models), models)
apply_presentation(state.presentation)

experiment = fitted(state.experiment, state.default.experiment)
main = experiment.pretraining
learners = measured.Learners.of(main, library)
names = learner_names(main, library)
parameter, k = current(experiment).parameter, read_out(experiment, state.view)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="evaluation_group"):
            knobs.tested_on(state, experiment)
        with st.container(key="pretraining_group"):
            knobs.pretrained_on(state, experiment, models, learners)

for notice in (*state.notices, *sections.notices(state, main, library)):
    st.warning(notice)
for fault in learners.faults:
    st.error(fault)

with st.spinner(t("figure.waiting"), show_time=True):
    shown = learners.shown(parameter, state.view, swept=False)
    functions = measured.drawn(experiment, state.view.prompt, learners, shown, library)
    swept = learners.shown(parameter, state.view, swept=True)
    curves = measured.swept(experiment, learners, swept, library)

sentence = words.reading(experiment, curves, k)
st.title(words.title(experiment, curves, k), anchor=False)
left, right = st.columns([6, 5], gap="medium")
with left:
    charts.draw_functions(functions, names, state.presentation, k=k, shown=shown, alt=sentence)
with right:
    charts.draw_sweep(
        experiment, curves, names, state.presentation, k=k, log_axis=state.view.log, alt=sentence
    )
with st.container(key="reading"):
    st.markdown(sentence)
with st.container(key="provenance"):
    entry = learners.entries.get("transformer")
    st.caption(words.provenance(experiment, entry.card if entry else None))
    claimed.claims_line(experiment, curves, k)

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    sections.below(state, experiment, learners, curves, names, library)

st.html(f"<div id='done' data-cfg='{experiment.hash}' data-k='{k}' data-prompt='{state.view.prompt}'></div>")
