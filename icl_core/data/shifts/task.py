"""Shifts of the functions, which label context points and queries alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from icl_core.data.covariance.base import powers_of_position
from icl_core.data.function_classes.base import Functions, LinearFunctions, WeightedSum
from icl_core.data.function_classes.dense import weight_variance
from icl_core.data.function_classes.sparse import Sparse
from icl_core.data.moments import Moments
from icl_core.data.shifts.base import SCALE, BoundedShift, on_both_sides
from icl_core.specs import MAX_DIMENSION, MagnitudeRange, Mixture, Pretraining, require


@dataclass(frozen=True)
class TaskScale(BoundedShift, kind="task_scale"):
    """Functions times 2^m."""

    range: ClassVar[MagnitudeRange] = SCALE
    keeps_functions: ClassVar[bool] = False

    def functions(self, functions: Functions, pretraining: Pretraining) -> Functions:
        return WeightedSum((functions,), (2.0**self.magnitude,))

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(T=4.0**self.magnitude * moments.T)


class WeightShift(BoundedShift):
    """A shift of the weights of linear functions."""

    def check(self, pretraining: Pretraining, mixture: Mixture) -> None:
        super().check(pretraining, mixture)
        for family in mixture.families:
            moment = family.task_second_moment(pretraining.covariates, pretraining.dimension)
            require(
                moment is not None,
                "shift",
                self.kind,
                "one that does not move weights: {family} has none",
                family=family.kind,
            )


@dataclass(frozen=True)
class TaskMean(WeightShift, kind="task_mean"):
    """Adds m standard deviations of a dense weight to every weight: a mean task of length m sqrt(D)."""

    keeps_functions: ClassVar[bool] = False

    def functions(self, functions: Functions, pretraining: Pretraining) -> Functions:
        weights = _weights(functions)
        return LinearFunctions(weights + self._mean(pretraining))

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(T=moments.T + self._mean(pretraining) ** 2)  # families have mean 0

    def _mean(self, pretraining: Pretraining) -> float:
        return self.magnitude * math.sqrt(weight_variance(pretraining.covariates, pretraining.dimension))


@dataclass(frozen=True)
class TaskCovariance(WeightShift, kind="task_covariance"):
    """Weight i times the root of eigenvalue i, the eigenvalues ~ i^(-2m) with sum D."""

    keeps_functions: ClassVar[bool] = False

    def functions(self, functions: Functions, pretraining: Pretraining) -> Functions:
        weights = _weights(functions)
        return LinearFunctions(weights * self._factors(weights.shape[-1]).to(weights.dtype))

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(T=on_both_sides(self._factors(len(moments.T)), moments.T))

    def _factors(self, dimension: int) -> Tensor:
        return powers_of_position(2 * self.magnitude, dimension).sqrt()


@dataclass(frozen=True)
class TaskSparsity(WeightShift, kind="task_sparsity"):
    """Sparse functions of `magnitude` nonzero weights, at equal output variance, in place of the families."""

    range: ClassVar[MagnitudeRange] = MagnitudeRange(0, MAX_DIMENSION, 1)

    magnitude: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.magnitude == int(self.magnitude), "magnitude", self.magnitude, "a whole number of weights"
        )

    def check(self, pretraining: Pretraining, mixture: Mixture) -> None:
        super().check(pretraining, mixture)
        dimension = pretraining.dimension
        require(
            self.magnitude <= dimension,
            "magnitude",
            self.magnitude,
            "0 to {dimension}, the number of inputs",
            dimension=dimension,
        )

    def mixture(self, mixture: Mixture) -> Mixture:
        return Mixture.of(Sparse(self.magnitude)) if self.magnitude else mixture


def _weights(functions: Functions) -> Tensor:
    weights = functions.weights
    if weights is None:
        raise ValueError("this shift moves weights, and only linear functions have them")
    return weights
