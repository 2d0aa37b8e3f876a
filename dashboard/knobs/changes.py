"""What the knobs of an experiment turn, which of them act on a figure, and what they change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from dashboard.frame.knob import Turned
from dashboard.frame.url_state import Settings
from dashboard.frame.views import CurveView, Presentation
from icl_core.data.shifts import NoShift
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

CurveSettings = Settings[CurveView]


class State(Turned, Protocol):
    """The state of any page that reads a curve of an experiment at some k."""

    @property
    def experiment(self) -> Experiment: ...
    @property
    def view(self) -> CurveView: ...
    @property
    def presentation(self) -> Presentation: ...
    @property
    def default(self) -> Settings[Any]: ...
    @property
    def models(self) -> Mapping[str, Pretraining]: ...
    def named(self, parameter: str) -> bool: ...


@dataclass(frozen=True)
class Acting:
    """The knobs that change a figure, of all that a test has, and what they can be set to.

    `names` of knobs (None: all); `kind`, the shift that the figure shows where the test has none (None: no
    shift); `fewest_prompts` that it is measured on.
    """

    names: Collection[str] | None = None
    kind: str | None = None
    fewest_prompts: int = 0

    def acts(self, name: str) -> bool:
        """Whether the knob changes the figure."""
        return self.names is None or name in self.names


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
