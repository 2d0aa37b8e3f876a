"""Buttons that start over."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame.controls import press
from dashboard.frame.texts import t
from dashboard.knobs.changes import State, change_evaluation
from dashboard.knobs.prompts import new_seed_button


def restart_buttons(state: State, *, drawn: bool = True) -> None:
    """Back to the page's first picture; other prompts for the same test, where the figure has `drawn` any."""
    left, right = st.columns(2, gap="xsmall")
    with left:
        press(
            state,
            "reset",
            t("button.reset"),
            lambda settings: replace(state.default, presentation=settings.presentation),
            help=t("help.reset"),
        )
    if not drawn:
        return
    with right:
        new_seed_button(state, state.experiment.evaluation, change_evaluation)
