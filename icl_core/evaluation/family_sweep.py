"""Error as the test functions leave a mixture of two families: along their combinations, or past a range.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871) show both for linear functions and sinusoids of one input;
the values of alpha and of the frequency are ours.

Dimensions: A values of the parameter, B prompts, N = K + 1 points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray

from icl_core.data.function_classes import Combination, Sinusoid
from icl_core.data.prompts import Prompts
from icl_core.evaluation.measure import measure_jointly
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture, Predictor
from icl_core.specs import (
    Evaluation,
    Experiment,
    FunctionClass,
    Mixture,
    Pretraining,
    Spec,
    SpecError,
    require,
)

Array = NDArray[np.float64]

ALPHAS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
FREQUENCIES = tuple(0.25 * step for step in range(1, 17))
NARROW = 0.999  # a range of frequencies this narrow makes no difference from one frequency


@dataclass(frozen=True)
class FamilySweep(Spec):
    """Test functions from a one-parameter line of families, on the prompts of one seed.

    'alpha' combines the two families of the pretraining mixture, alpha f1 + (1 - alpha) f2; 'frequency' has
    sinusoids of (nearly) one frequency. `pretraining` gives the inputs and the prior; its model does not
    matter, so that all models of the same data are measured on the same prompts.
    """

    parameter: Literal["alpha", "frequency"] = "alpha"
    pretraining: Pretraining = field(default_factory=Pretraining)
    prompts: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        for value in self.values:
            self.experiment(value)  # raises where the families do not fit

    @property
    def values(self) -> tuple[float, ...]:
        return ALPHAS if self.parameter == "alpha" else FREQUENCIES

    @property
    def trained_range(self) -> tuple[float, float] | None:
        """The frequencies that pretraining had; None where the sweep is over alpha."""
        if self.parameter == "alpha":
            return None
        return trained_range(self.mixture)

    @property
    def zero_errors(self) -> tuple[float, ...]:
        """Error of always answering 0: every family has variance v, and a combination is not rescaled."""
        if self.parameter == "frequency":
            return (1.0,) * len(self.values)
        return tuple(alpha**2 + (1 - alpha) ** 2 for alpha in self.values)

    def function_class(self, value: float) -> FunctionClass:
        """The family at one value of the parameter. Raises SpecError where the mixture has not two."""
        return narrow_sinusoid(value) if self.parameter == "frequency" else combination(self.mixture, value)

    def experiment(self, value: float) -> Experiment:
        """The test at one value, with as many pairs as in pretraining."""
        evaluation = Evaluation(
            function_class=self.function_class(value),
            context_length=self.pretraining.context_length,
            prompts=self.prompts,
            seed=self.seed,
        )
        return Experiment(self.pretraining, evaluation)

    @property
    def mixture(self) -> Mixture:
        return self.pretraining.mixture


@dataclass(frozen=True, eq=False)
class SweepCurve:
    """A learner's normalised error [A, K + 1] with k = 0..K pairs, and its 90% interval over prompts."""

    mean: Array
    low: Array
    high: Array

    def to_dict(self) -> dict[str, Any]:
        """Lists of numbers of six digits."""
        return {
            name: [[float(f"{value:.6g}") for value in row] for row in getattr(self, name)]
            for name in ("mean", "low", "high")
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(*(np.array(data[name], dtype=np.float64) for name in ("mean", "low", "high")))


def narrow_sinusoid(frequency: float) -> Sinusoid:
    """Sinusoids of (nearly) one frequency."""
    return Sinusoid(NARROW * frequency, frequency)


def trained_range(mixture: Mixture) -> tuple[float, float] | None:
    """The frequencies of a mixture's sinusoids; None where it has none."""
    ranges = [(family.low, family.high) for family in mixture.families if isinstance(family, Sinusoid)]
    return ranges[0] if ranges else None


def combination(mixture: Mixture, alpha: float) -> Combination:
    """alpha f1 + (1 - alpha) f2 of a mixture's two families. Raises SpecError where it has not two."""
    require(len(mixture.families) == 2, "mixture", mixture.families, "two families, to be combined")
    first, second = mixture.families
    return Combination(first, second, alpha)


def measured_sweep(sweep: FamilySweep, predictor: Predictor) -> SweepCurve:
    """Error of one predictor, a model say, at every value."""

    def predictions(prompts: Sequence[Prompts]) -> Array:
        answers = [predictor.predict_query(each.xs, each.ys, each.queries) for each in prompts]
        return torch.stack(answers).numpy()

    return _measure(sweep, predictions)


def ideal_sweep(sweep: FamilySweep) -> SweepCurve:
    """Error of the Bayes learner with the pretraining prior. Raises SpecError where it is not computable."""
    learner = _learner(sweep, sweep.mixture)

    def predictions(prompts: Sequence[Prompts]) -> Array:
        labels = torch.stack([each.ys for each in prompts])  # [A, B, N], of the same inputs
        return learner.predict_each(prompts[0].xs, labels, prompts[0].xs).numpy()

    return _measure(sweep, predictions)


def oracle_sweep(sweep: FamilySweep) -> SweepCurve:
    """Error of the Bayes learners that know the family at each value, combination and all."""
    learners = [_learner(sweep, Mixture.of(sweep.function_class(value))) for value in sweep.values]

    def predictions(prompts: Sequence[Prompts]) -> Array:
        pairs = zip(learners, prompts, strict=True)
        return torch.stack([learner.predict(each.xs, each.ys) for learner, each in pairs]).numpy()

    return _measure(sweep, predictions)


def home_error(curve: SweepCurve, sweep: FamilySweep, k: int) -> float:
    """The mean error with k pairs where pretraining was: at either family alone, or inside the range."""
    values = np.array(sweep.values)
    trained = trained_range(sweep.mixture)
    if sweep.parameter == "alpha" or trained is None:
        inside = (values == 0) | (values == 1)
    else:
        inside = (values > trained[0]) & (values < trained[1])
    return float(curve.mean[inside, k].mean())


def _learner(sweep: FamilySweep, mixture: Mixture) -> BayesMixture:
    learner = bayes_mixture(sweep.pretraining, mixture, sweep.pretraining.noise_variance)
    if learner is None:
        raise SpecError("mixture", mixture.families, "families with a computable Bayes learner")
    return learner


def _measure(sweep: FamilySweep, predictions: Callable[[Sequence[Prompts]], Array]) -> SweepCurve:
    """Errors of predictions [A, B, N] for the prompts of every value, which have the same inputs."""
    shape = (len(sweep.values), sweep.pretraining.context_length + 1)

    def errors(*prompts: Prompts) -> dict[str, Array]:
        targets = torch.stack([each.targets for each in prompts]).numpy()
        found = (predictions(prompts) - targets) ** 2 / sweep.pretraining.label_variance
        return {"error": found.transpose(1, 0, 2).reshape(found.shape[1], -1)}  # [A, B, N] -> [B, A N]

    estimate = measure_jointly([sweep.experiment(value) for value in sweep.values], errors)["error"]
    return SweepCurve(*(part.reshape(shape) for part in (estimate.mean, *estimate.interval())))
