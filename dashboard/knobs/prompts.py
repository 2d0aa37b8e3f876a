"""Which prompts a page measures on: how many, and which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.frame.controls import choose, press
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings, UrlState
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


def prompts_knob(state: UrlState[Any], current: int, tested: Tested, counts: Sequence[int] = COUNTS) -> None:
    """How many prompts everything is measured on."""
    choose(
        state,
        "prompts",
        t("knob.prompts"),
        sorted({*counts, current}),
        current,
        lambda count: f"{count:,}",
        lambda settings, count: tested(settings, prompts=count),
        help=t("help.prompts"),
    )


def new_seed_button(state: UrlState[Any], evaluation: Evaluation, tested: Tested) -> None:
    """Other prompts of the same test."""
    press(
        state,
        "new_seed",
        t("button.new_seed"),
        lambda settings: tested(settings, seed=evaluation.seed + 1),
        icon=":material/casino:",
        help=t("help.new_seed"),
    )
