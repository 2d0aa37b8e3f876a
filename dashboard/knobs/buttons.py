"""Buttons that start over, and the way out of the lecture view."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.controls import press
from dashboard.knobs.changes import State, change_evaluation, change_evaluation_to
from dashboard.texts import t
from dashboard.views import CurveView
from icl_core.specs import Evaluation


def restart_buttons(state: State) -> None:
    """Back to no shift with the same seed; other prompts for the same test."""
    left, right = st.columns(2, gap="xsmall")
    with left:
        press(
            state,
            "reset",
            t("button.reset"),
            lambda settings: replace(
                change_evaluation_to(settings, _start(state, settings.experiment.evaluation.seed)),
                view=CurveView(),
            ),
            help=t("help.reset"),
        )
    with right:
        press(
            state,
            "new_seed",
            t("button.new_seed"),
            lambda settings: change_evaluation(settings, seed=settings.experiment.evaluation.seed + 1),
            icon=":material/casino:",
            help=t("help.new_seed"),
        )


def leave_button(state: State) -> None:
    """From the lecture view back to the whole page."""
    press(
        state,
        "leave",
        t("button.leave"),
        lambda settings: replace(settings, presentation=replace(settings.presentation, present=False)),
    )


def _start(state: State, seed: int) -> Evaluation:
    """The test that the page begins with, on the prompts of `seed`."""
    return replace(state.default.experiment.evaluation, seed=seed)
