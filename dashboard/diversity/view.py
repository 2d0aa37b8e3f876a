"""The state of the Task diversity page: the setting, the pool looked at, which picture, where it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dashboard.frame.views import View
from icl_core.data.function_classes import Dense
from icl_core.evaluation.task_diversity import SIZES
from icl_core.library import Library
from icl_core.library.finding import closed_form, pool_models, settings_with_pools
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining, require

Picture = Literal["pools", "curves"]
PICTURES: tuple[Picture, ...] = ("pools", "curves")
PROMPTS = 256
NOISES = (0.1, 0.25, 0.5, 1.0)
USUAL = closed_form(Pretraining(dimension=8, context_length=16, label_noise=0.5, task_pool=4))
"""d = 8, 16 pairs as in the article on task diversity; the noise relative to the functions is ours."""


@dataclass(frozen=True)
class DiversityView(View):
    """The picture, and the k at which it is read (None: the trained length)."""

    picture: Picture = "pools"
    k: int | None = None

    def __post_init__(self) -> None:
        require(self.k is None or self.k >= 0, "k", self.k, "0 or more examples")


def start(library: Library) -> Experiment:
    """What the bare URL shows: a pool of 4 tasks, with the library's model where it has one."""
    setting = next(iter(settings_with_pools(library)), USUAL)
    return experiment_on(with_pool(library, setting, 4), Evaluation(prompts=PROMPTS))


def experiment_on(pretraining: Pretraining, evaluation: Evaluation) -> Experiment:
    """A test up to the trained length."""
    kept = Evaluation(prompts=evaluation.prompts, seed=evaluation.seed)
    return Experiment(pretraining, replace(kept, context_length=pretraining.context_length))


def shown(experiment: Experiment, default: Experiment) -> Experiment:
    """The experiment itself where it is about noisy dense functions or a pool; else the page's own."""
    spec = experiment.pretraining
    dense = spec.mixture == Mixture.of(Dense()) and spec.dimension > 1 and not spec.covariates.is_random
    if dense and spec.label_noise > 0:
        return experiment_on(spec, experiment.evaluation)
    return experiment_on(default.pretraining, experiment.evaluation)


def with_pool(library: Library, pretraining: Pretraining, size: int | None) -> Pretraining:
    """The setting with another pool: the library's model of it, or the closed form."""
    card = pool_models(library, pretraining).get(size)
    return card.spec if card else closed_form(replace(pretraining, task_pool=size))


def with_noise(library: Library, pretraining: Pretraining, noise: float) -> Pretraining:
    """The setting with other label noise, in pretraining and test."""
    return with_pool(library, closed_form(replace(pretraining, label_noise=noise)), pretraining.task_pool)


def size_choices(pretraining: Pretraining) -> list[int | None]:
    """Pool sizes of the sweep, the current one among them, unlimited last."""
    current = pretraining.task_pool
    return [*sorted({*SIZES, *(() if current is None else (current,))}), None]


def read_out(experiment: Experiment, view: DiversityView) -> int:
    """The k at which the figure is read."""
    return experiment.context_length if view.k is None else min(view.k, experiment.context_length)
