"""Which prompts a page measures on: how many, and which; and buttons that start over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.frame.knob import Knob, Menu, Turned, press
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.knobs.changes import State, change_evaluation
from icl_core.specs import Evaluation, Experiment

COUNTS = (64, 128, 256, 512, 1024)
Tested = Callable[..., Settings[Any]]
"""Settings and changes of the test by name -> the settings so tested."""


def tested_as(experiment: Experiment) -> Tested:
    """Changes the test of `experiment`, which a page shows in place of one that it cannot."""

    def tested(settings: Settings[Any], **changes: Any) -> Settings[Any]:
        evaluation = replace(experiment.evaluation, **changes)
        return replace(settings, experiment=replace(experiment, evaluation=evaluation))

    return tested


def prompts_knob(current: int, tested: Tested, counts: Sequence[int] = COUNTS) -> Knob[int]:
    """How many prompts everything is measured on."""
    return Knob(
        "prompts",
        t("knob.prompts"),
        Menu(sorted({*counts, current}), lambda count: f"{count:,}"),
        current,
        lambda settings, count: tested(settings, prompts=count),
        t("help.prompts"),
    )


def new_seed_button(state: Turned, evaluation: Evaluation, tested: Tested) -> None:
    """Other prompts of the same test."""
    press(
        state,
        "new_seed",
        t("button.new_seed"),
        lambda settings: tested(settings, seed=evaluation.seed + 1),
        icon=":material/casino:",
        help=t("help.new_seed"),
    )


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
