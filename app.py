"""The Explore page: a learning curve of a pretrained model beside every baseline, under any test."""

from __future__ import annotations

import streamlit as st

from dashboard import captions, jobs_panel, knobs, presets, results
from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.curve_chart import draw_curves, is_log, shown_methods
from dashboard.explore_sections import (
    explanation,
    exports_section,
    numbers_section,
    presets_menu,
    settings_section,
)
from dashboard.navigation import navigation
from dashboard.texts import joined, t
from dashboard.url_state import Settings, UrlState
from dashboard.viewport import is_narrow
from icl_core.library import default_library
from icl_core.library.start import start

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("explore", Settings(start(models), presets.START_VIEW), models)
apply_presentation(state.presentation)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="pretraining_group"):
            knobs.pretraining_knobs(
                state, models, [card.name for card in library.cards() if card.meets_limits is False]
            )
        with st.container(key="evaluation_group"):
            knobs.evaluation_knobs(state)
        knobs.restart_buttons(state)

for notice in (*state.notices, *knobs.notices(state)):
    st.warning(notice)

with st.spinner(t("figure.waiting"), show_time=True):
    try:
        outcome = results.explored(state.experiment, library)
    except ValueError as error:  # inputs beyond what a predictor can solve: its sentence says which
        st.error(t("figure.refused", reason=str(error)))
        st.stop()
for fault in outcome.faults:
    st.error(fault)
if outcome.lacks_model:
    st.info(t("remark.no_model"), icon=":material/info:")

curves, k = outcome.curves, knobs.read_out(state)
shown = shown_methods(curves, state.view)
sentence = captions.reading(curves, shown, k, outcome.unshifted)
if not state.presentation.present:
    presets_menu(state, models)
st.title(captions.title(curves), anchor=False)
draw_curves(
    curves,
    state.view,
    state.presentation,
    read_out=k,
    alt=sentence,
    picture=st.session_state.get("picture", "png"),
)
with st.container(key="reading"):
    st.markdown(sentence)
with st.container(key="provenance"):
    st.caption(captions.provenance(curves, outcome.card))

if state.presentation.present:
    knobs.leave_button(state)
else:
    jobs_panel.training_section(state, models)
    log_axis = is_log(curves, state.view)
    remarks = captions.remarks(
        curves,
        outcome,
        shown,
        log_axis=log_axis,
        log_chosen=log_axis and state.view.log is None,
        flags=is_narrow(),
    )
    with st.container(key="remarks"):
        st.caption(joined("sentences", remarks))
    explanation()
    settings_section(state, curves)
    numbers_section(state, curves)
    exports_section(state, curves)

st.html(f"<div id='done' data-cfg='{state.experiment.hash}' data-k='{k}'></div>")
