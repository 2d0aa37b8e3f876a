"""The Training dynamics page: gradient flow of linear attention, animated, beside its exact limit."""

from __future__ import annotations

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.dynamics import knobs, results, sections, words
from dashboard.dynamics.view import dynamics_of, start
from dashboard.knobs import leave_button
from dashboard.navigation import navigation
from dashboard.texts import t
from dashboard.url_state import UrlState
from icl_core.library import default_library
from icl_core.specs import SpecError

bootstrap()
state = UrlState.begin("training_dynamics", start(), default_library().specs())
apply_presentation(state.presentation)

notices = list(state.notices)
try:
    spec = dynamics_of(state.settings)
except SpecError as error:
    notices.append(t("dynamics.refused", fault=str(error).rstrip(".")))
    spec = dynamics_of(start())
trained = results.trajectory_of(spec)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="pretraining_group"):
            knobs.prompt_knobs(state)
        with st.container(key="evaluation_group"):
            knobs.start_knobs(state, trained.largest_init_scale)

for notice in notices:
    st.warning(notice)

run = sections.sgd_run(state, trained)
sentence = words.reading(trained)
st.title(words.title(trained), anchor=False)
sections.animation(state, trained, run, sentence)
with st.container(key="reading"):
    st.markdown(sentence)
sections.sgd_sentence(trained, run)
with st.container(key="provenance"):
    st.caption(words.provenance(trained))

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    knobs.try_buttons(state)
    sections.scale_and_balance(state, trained)
    sections.formulas(trained)
    sections.explanation()
    sections.exports(trained)

st.html(f"<div id='done' data-cfg='{spec.hash}'></div>")
