"""The Shift lab page: what linear attention and its peers make of prompts that pretraining did not hold."""

from __future__ import annotations

import streamlit as st

from dashboard import knobs
from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.navigation import navigation
from dashboard.shift_lab import sections
from dashboard.shift_lab.view import ShiftView
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import LibraryError, default_library
from icl_core.library.start import start

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("shift_lab", Settings(start(models), ShiftView()), models)
apply_presentation(state.presentation)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)
        with st.container(key="evaluation_group"):
            knobs.evaluation_knobs(state)  # type: ignore[arg-type]
        with st.container(key="pretraining_group"):
            knobs.pretraining_knobs(state, models)  # type: ignore[arg-type]

for notice in (*state.notices, *knobs.notices(state)):  # type: ignore[arg-type]
    st.warning(notice)

pictures = {
    "length": lambda: sections.length_part(state),
    "panels": lambda: sections.panels_part(state, library),
    "grid": lambda: sections.grid_part(state, library),
    "random": lambda: sections.random_part(state, models, library),
}
if not state.presentation.present:
    sections.parts_row(state)
try:
    with st.spinner(t("figure.waiting"), show_time=True):
        pictures[state.view.part]()
except LibraryError as error:
    st.error(str(error))

if state.presentation.present:
    knobs.leave_button(state)  # type: ignore[arg-type]
else:
    sections.explanation()

st.html(f"<div id='done' data-cfg='{state.experiment.hash}' data-part='{state.view.part}'></div>")
