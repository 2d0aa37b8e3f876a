"""The Shift lab page: what linear attention and its peers make of prompts that pretraining did not hold."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.frame.texts import said, t
from dashboard.frame.url_state import Settings
from dashboard.say.cited import cited
from dashboard.shift_lab import knobs, picture
from dashboard.shift_lab.view import ShiftView
from icl_core.library import LibraryError
from icl_core.library.start import start

with frame.net():
    state, library = frame.begin("shift_lab", lambda library: Settings(start(library.specs()), ShiftView()))
    cited(state.presentation, library)
    frame.sidebar(
        state,
        evaluation=lambda: knobs.evaluation_knobs(state),
        pretraining=lambda: knobs.pretraining_knobs(state),
        restart=lambda: knobs.restart_buttons(state),
    )
    frame.warn((*state.notices, *knobs.notices(state)))

    pictures = {
        "length": lambda: picture.length_part(state),
        "panels": lambda: picture.panels_part(state, library),
        "grid": lambda: picture.grid_part(state, library),
        "random": lambda: picture.random_part(state, library),
    }
    if not state.presentation.present:
        picture.parts_row(state)
    try:
        with st.spinner(t("figure.waiting"), show_time=True):
            pictures[state.view.part]()
    except LibraryError as error:
        st.error(said(error))

    if not state.presentation.present:
        frame.explain(
            state,
            ("detail", t("shift_lab.what")),
            ("try", t("shift_lab.try", read_out=t("knob.read_out"))),
            ("paper", t("shift_lab.paper")),
        )

    frame.end(state, cfg=state.experiment.hash, part=state.view.part)
