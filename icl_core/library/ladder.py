"""The ladder from narrow to broad: models of lines and sinusoids that differ in their frequencies alone.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871) find that a transformer fails on the sum of two families
that it was pretrained on one at a time; how narrow the families are decides whether it does (ours).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from icl_core.evaluation import Curve
from icl_core.evaluation.family_sweep import combination, trained_range
from icl_core.evaluation.prompt_functions import input_range
from icl_core.library.finding import Models, preferred, trained_on
from icl_core.library.questions import Curves
from icl_core.library.store import Library
from icl_core.library.zoo import TIERS
from icl_core.specs import Evaluation, Experiment, Pretraining

NAMES = ("narrow", "narrow-band", "broad-band", "broader-band")
"""What the shipped library calls the rungs."""
WIDE = ("narrow-wide-inputs", "broad-wide-inputs")
"""And those on inputs that reach further, where the same frequency turns more often."""
RECIPES: Mapping[str, Pretraining] = {
    name: spec
    for name in (*NAMES, *WIDE)
    for tier in TIERS.values()
    for known, spec in tier.items()
    if known == name
}
HALF = 0.5  # of a line, and of a sinusoid
IDEALS = ("bayes", "bayes_test", "smooth")


@dataclass(frozen=True)
class Rung:
    """One band of frequencies: the recipe of its model, the library's models of it, a seed each, and the one
    that was trained for more steps on the same data."""

    name: str
    spec: Pretraining
    models: tuple[Pretraining, ...]
    longer: Pretraining | None = None

    @property
    def band(self) -> tuple[float, float]:
        """The lowest and the highest frequency of its sinusoids."""
        return trained_range(self.spec.mixture) or (0.0, 0.0)

    @property
    def reach(self) -> float:
        """How far the inputs reach to either side of 0."""
        return input_range(self.spec)[1]

    @property
    def main(self) -> Pretraining:
        """The model that is meant: of the recipe's own seed, else of the first that the library has."""
        return self.spec if self.spec in self.models or not self.models else self.models[0]


@dataclass(frozen=True)
class RungModel(Curves):
    """Errors of a rung's model on half a line and half a sinusoid."""

    folder: ClassVar[str] = "rungs"
    learners: ClassVar[tuple[str, ...] | None] = ("transformer",)


@dataclass(frozen=True)
class RungIdeals(Curves):
    """Errors there of the Bayes learners, with the rung's prior and with the sum's, and of the smooth one."""

    folder: ClassVar[str] = "ladder"
    learners: ClassVar[tuple[str, ...] | None] = (*IDEALS, "zero")


def rungs(library: Library, reach: float | None = None) -> tuple[Rung, ...]:
    """From narrow to broad, those without a model among them; of inputs of one reach, or of all in turn."""
    models = library.specs()
    found = (_rung(name, spec, models) for name, spec in RECIPES.items())
    return tuple(rung for rung in found if reach is None or rung.reach == reach)


def is_rung(pretraining: Pretraining) -> bool:
    """Whether a model was trained by the recipe of a rung, from whatever seed."""
    return pretraining.seedless in {spec.seedless for spec in RECIPES.values()}


def rung_of(found: tuple[Rung, ...], pretraining: Pretraining) -> Rung | None:
    """The rung with the data of a model, however that was trained."""
    return next((rung for rung in found if rung.spec.data == pretraining.data), None)


def on_the_sum(pretraining: Pretraining, evaluation: Evaluation) -> Experiment:
    """The test on half of each family, at the trained length; prompts and seed of the evaluation."""
    return Experiment(
        pretraining,
        Evaluation(
            context_length=pretraining.context_length,
            function_class=combination(pretraining.mixture, HALF),
            prompts=evaluation.prompts,
            seed=evaluation.seed,
        ),
    )


def nearest(model: Curve, ideals: Mapping[str, Curve], k: int) -> str:
    """The learner whose error with k pairs is nearest to the model's."""
    return min(ideals, key=lambda name: abs(float(ideals[name].mean[k] - model.mean[k])))


def _rung(name: str, spec: Pretraining, models: Models) -> Rung:
    same = {known: each for known, each in models.items() if each.model == spec.model}
    seeds = tuple(each for each in same.values() if each.seedless == spec.seedless)
    steps = spec.recipe.steps + spec.steps_before
    others = {
        known: each
        for known, each in trained_on(same, spec).items()
        if each.recipe.steps + each.steps_before > steps
    }
    return Rung(name, spec, seeds, preferred(others))
