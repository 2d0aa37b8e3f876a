"""Settings with another pretraining or another test: what a knob does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboard.frame.url_state import Settings, UrlState
from dashboard.frame.views import CurveView
from icl_core.data.shifts import NoShift
from icl_core.specs import Evaluation, Pretraining, SpecError

State = UrlState[CurveView]
CurveSettings = Settings[CurveView]


def change_pretraining(
    settings: CurveSettings, change: Callable[[Pretraining], Pretraining]
) -> CurveSettings:
    """Another pretraining under the same test; what of the test no longer fits is dropped."""
    experiment = settings.experiment
    pretraining = change(experiment.pretraining)
    evaluation = experiment.evaluation
    if pretraining.dimension != experiment.pretraining.dimension:
        evaluation = replace(evaluation, context_length=None, function_class=None, covariates=None)
    try:
        changed = replace(experiment, pretraining=pretraining, evaluation=evaluation)
    except SpecError:
        evaluation = replace(evaluation, function_class=None, covariates=None, shift=NoShift())
        changed = replace(experiment, pretraining=pretraining, evaluation=evaluation)
    k = settings.view.k
    fits = k is not None and k <= changed.context_length
    return replace(settings, experiment=changed, view=replace(settings.view, k=k if fits else None))


def change_evaluation(settings: CurveSettings, **changes: Any) -> CurveSettings:
    """Another test of the same model."""
    return change_evaluation_to(settings, replace(settings.experiment.evaluation, **changes))


def change_evaluation_to(settings: CurveSettings, evaluation: Evaluation) -> CurveSettings:
    """The same model under this test."""
    return replace(settings, experiment=replace(settings.experiment, evaluation=evaluation))
