"""The state of the Model selection page: which pair of families, which mixture of it, which picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dashboard.frame.views import View
from icl_core.data.function_classes import Dense, FixedSparse, Sparse
from icl_core.data.shifts import TaskSparsity
from icl_core.evaluation.selection import FamilyPair
from icl_core.library import Library
from icl_core.library.finding import closed_form, mixture_shares, pairs, selection_models
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining, require

Picture = Literal["curves", "sparsity", "choice", "outside", "cost"]
PICTURES: tuple[Picture, ...] = ("curves", "sparsity", "choice", "outside", "cost")
PROMPTS = 256  # smooth enough to read, few enough to answer at once
SHARES = (0.25, 0.5, 0.75)
"""Shares of dense prompts that the slider always offers: the ideal mixture needs no training."""


@dataclass(frozen=True)
class SelectionView(View):
    """The picture, where it is read, the prompt shown alone; None: what the experiment suggests."""

    picture: Picture | None = None
    k: int | None = None
    nnz: int | None = None
    prompt: int = 0

    def __post_init__(self) -> None:
        require(self.k is None or self.k >= 0, "k", self.k, "0 or more examples")
        require(self.nnz is None or self.nnz >= 1, "nnz", self.nnz, "1 or more nonzero weights")
        require(0 <= self.prompt < 2**20, "prompt", self.prompt, "0 or a later prompt")


def _setting(dimension: int, context_length: int, narrow: Sparse | FixedSparse) -> Pretraining:
    mixture = Mixture.of((Dense(), 0.5), (narrow, 0.5))
    return closed_form(Pretraining(dimension=dimension, context_length=context_length, mixture=mixture))


USUAL = (_setting(8, 12, Sparse(2)), _setting(8, 12, FixedSparse(2)), _setting(20, 40, Sparse(2)))
"""Sparse and fixed support at a size that trains in minutes, and the article's dimension."""


def start(library: Library) -> Experiment:
    """What the bare URL shows: the first usual pair, with the library's model where it has one."""
    return experiment_on(with_share(library, USUAL[0], 0.5), Evaluation(prompts=PROMPTS))


def experiment_on(pretraining: Pretraining, evaluation: Evaluation) -> Experiment:
    """A test of the pair on prompts of up to 3d/2 examples, of those that the model was trained with."""
    length = min(pretraining.context_length, 3 * pretraining.dimension // 2)
    kept = Evaluation(prompts=evaluation.prompts, seed=evaluation.seed, alpha=evaluation.alpha)
    return Experiment(pretraining, replace(kept, context_length=length))


def shown(experiment: Experiment, default: Experiment) -> Experiment:
    """The experiment itself where its mixture is a pair of families, else the page's own."""
    if FamilyPair.found_in(experiment.pretraining) is not None:
        return experiment
    return experiment_on(default.pretraining, experiment.evaluation)


def pair_choices(library: Library, current: Pretraining) -> list[Pretraining]:
    """A pretraining for each pair and setting: the library's, the usual ones, the current one."""
    found = {_pair_key(current): current}
    for spec in (*pairs(library), *USUAL):
        found.setdefault(_pair_key(spec), spec)
    return sorted(
        found.values(), key=lambda spec: (spec.dimension, FamilyPair.of(spec).narrow.kind != "sparse")
    )


def share_choices(library: Library, pretraining: Pretraining) -> list[float]:
    """Shares of dense prompts: those that the library has models of, and the usual ones."""
    current = FamilyPair.of(pretraining).dense_share
    return sorted({*SHARES, *mixture_shares(library, pretraining), current})


def with_share(library: Library, pretraining: Pretraining, share: float) -> Pretraining:
    """The pair mixed otherwise: the library's model of that mixture, or the mixture without a model."""
    mixture = replace(FamilyPair.of(pretraining), dense_share=share).mixture
    asked = closed_form(replace(pretraining, mixture=mixture))
    card = selection_models(library, asked).cards.get("mixture")
    return card.spec if card else asked


def read_out(experiment: Experiment, view: SelectionView) -> int:
    """The k at which the figure is read."""
    wanted = experiment.pretraining.dimension // 2 if view.k is None else view.k
    return min(wanted, experiment.context_length)


def picture(experiment: Experiment, view: SelectionView) -> Picture:
    """The picture asked for, else the one in which the experiment's own test is a point."""
    if view.picture is not None:
        return view.picture
    if isinstance(experiment.evaluation.shift, TaskSparsity):
        return "sparsity"
    return "curves" if _tested_nonzero(experiment) is None else "outside"


def nonzero(experiment: Experiment, view: SelectionView) -> int:
    """Where the sweep is read: as asked for, else where the experiment tests, else one beyond trained."""
    own = _tested_nonzero(experiment) or FamilyPair.of(experiment.pretraining).narrow.nnz + 1
    return min(own if view.nnz is None else view.nnz, experiment.pretraining.dimension)


def prompt_number(experiment: Experiment, view: SelectionView) -> int:
    """The prompt that is shown alone."""
    return min(view.prompt, experiment.evaluation.prompts - 1)


def _tested_nonzero(experiment: Experiment) -> int | None:
    """Nonzero weights of the test functions, where pretraining had another number of them."""
    shift, family = experiment.evaluation.shift, experiment.evaluation.function_class
    if isinstance(shift, TaskSparsity) and shift.magnitude:
        return int(shift.magnitude)
    trained = FamilyPair.of(experiment.pretraining).narrow
    if isinstance(family, Sparse | FixedSparse) and family != trained:
        return family.nnz
    return None


def _pair_key(spec: Pretraining) -> tuple[object, ...]:
    narrow = FamilyPair.of(spec).narrow
    return (spec.dimension, spec.context_length, spec.covariates, spec.label_noise, spec.task_pool, narrow)
