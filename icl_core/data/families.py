"""Function families that are finite mixtures of Gaussian linear models.

Component c of a family is f(x) = <w, phi_c(x)> with w ~ N(0, I_m): the family's weight variance is already in
the features phi_c. Every such family has a computable Bayes predictor (`icl_core.predictors.bayes`).

Dimensions: B prompts, N points, D inputs, C components, m features of a component.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import torch
from torch import Tensor

from icl_core.specs import SpecError

MAX_COMPONENTS = 20_000  # beyond this the exact posterior no longer answers in seconds


class GaussianFamily(ABC):
    """A finite mixture over components of Gaussian linear models in fixed features."""

    @abstractmethod
    def component_count(self, input_dim: int) -> int:
        """Number of components C on `input_dim` inputs; SpecError where the family does not exist there."""

    @abstractmethod
    def features(self, xs: Tensor) -> Tensor:
        """phi_c(x) [C, B, N, m] of the points xs [B, N, D], scaled so that the weights are N(0, I_m)."""

    def log_prior(self, input_dim: int) -> Tensor:
        """Log prior probabilities of the components [C], float64; uniform unless a family says otherwise.

        Raises SpecError for more components than an exact posterior can be computed over.
        """
        count = self.component_count(input_dim)
        _check_component_count(count)
        return torch.full((count,), -math.log(count), dtype=torch.float64)


@dataclass(frozen=True)
class DenseWeights(GaussianFamily):
    """Linear functions w.x with all weights iid N(0, weight_variance)."""

    weight_variance: float

    def __post_init__(self) -> None:
        _check_variance(self.weight_variance)

    def component_count(self, input_dim: int) -> int:
        return 1

    def features(self, xs: Tensor) -> Tensor:
        return math.sqrt(self.weight_variance) * xs.unsqueeze(0)


@dataclass(frozen=True)
class SparseWeights(GaussianFamily):
    """Linear functions with `nnz` nonzero weights iid N(0, weight_variance) on a uniformly random support."""

    nnz: int
    weight_variance: float

    def __post_init__(self) -> None:
        _check_nnz(self.nnz)
        _check_variance(self.weight_variance)

    def component_count(self, input_dim: int) -> int:
        _check_support_fits(self.nnz, input_dim)
        return math.comb(input_dim, self.nnz)

    def features(self, xs: Tensor) -> Tensor:
        _check_component_count(self.component_count(xs.shape[-1]))
        supports = list(combinations(range(xs.shape[-1]), self.nnz))  # C times nnz
        chosen = xs[..., torch.tensor(supports, device=xs.device)].movedim(2, 0)  # [C, B, N, nnz]
        return math.sqrt(self.weight_variance) * chosen


@dataclass(frozen=True)
class FixedSupport(GaussianFamily):
    """Linear functions of the first `nnz` inputs alone, weights iid N(0, weight_variance)."""

    nnz: int
    weight_variance: float

    def __post_init__(self) -> None:
        _check_nnz(self.nnz)
        _check_variance(self.weight_variance)

    def component_count(self, input_dim: int) -> int:
        _check_support_fits(self.nnz, input_dim)
        return 1

    def features(self, xs: Tensor) -> Tensor:
        _check_support_fits(self.nnz, xs.shape[-1])
        return math.sqrt(self.weight_variance) * xs[..., : self.nnz].unsqueeze(0)


@dataclass(frozen=True)
class QuadraticWeights(GaussianFamily):
    """Diagonal quadratics sum_i w_i x_i^2 with weights iid N(0, weight_variance) (Garg et al. 2208.01066)."""

    weight_variance: float

    def __post_init__(self) -> None:
        _check_variance(self.weight_variance)

    def component_count(self, input_dim: int) -> int:
        return 1

    def features(self, xs: Tensor) -> Tensor:
        return math.sqrt(self.weight_variance) * xs.square().unsqueeze(0)


@dataclass(frozen=True)
class Sinusoids(GaussianFamily):
    """Sinusoids a sin(wx) + b cos(wx) of one input, w uniform over `frequencies`.

    With a and b iid N(0, weight_variance) the phase is uniform and the output variance weight_variance.
    """

    frequencies: tuple[float, ...]
    weight_variance: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "frequencies", tuple(self.frequencies))
        if not self.frequencies or not all(0 < w < math.inf for w in self.frequencies):
            raise SpecError("frequencies", self.frequencies, "one or more positive finite numbers")
        _check_component_count(len(self.frequencies))
        _check_variance(self.weight_variance)

    @classmethod
    def on_range(cls, low: float, high: float, count: int, weight_variance: float) -> Self:
        """Midpoint grid of `count` cells in place of w ~ U[low, high]; the one frequency where low = high.

        The grid stands for the continuous prior once half a cell, times the largest |x| and the amplitude,
        is small against the noise's standard deviation: over [.5, 2] with |x| <= 3 some 100 cells do at noise
        variance .01, some 4,000 at 1e-6.
        """
        if not (0 <= low <= high < math.inf and high > 0):
            raise SpecError("frequency range", (low, high), "0 <= low <= high, high positive and finite")
        if count < 1:
            raise SpecError("count", count, "a positive integer")
        if low == high:
            return cls((low,), weight_variance)
        width = (high - low) / count
        return cls(tuple(low + (i + 0.5) * width for i in range(count)), weight_variance)

    def component_count(self, input_dim: int) -> int:
        if input_dim != 1:
            raise SpecError("input_dim", input_dim, "1: sinusoids are functions of one input")
        return len(self.frequencies)

    def features(self, xs: Tensor) -> Tensor:
        self.component_count(xs.shape[-1])
        frequencies = torch.tensor(self.frequencies, dtype=xs.dtype, device=xs.device)
        angles = frequencies[:, None, None] * xs[..., 0]  # [C, B, N]
        return math.sqrt(self.weight_variance) * torch.stack((angles.sin(), angles.cos()), dim=-1)


@dataclass(frozen=True)
class SumOf(GaussianFamily):
    """Convex combinations alpha f1 + (1 - alpha) f2 of independent functions of two families."""

    first: GaussianFamily
    second: GaussianFamily
    alpha: float

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1:
            raise SpecError("alpha", self.alpha, "a number from 0 to 1")

    def component_count(self, input_dim: int) -> int:
        return self.first.component_count(input_dim) * self.second.component_count(input_dim)

    def features(self, xs: Tensor) -> Tensor:
        _check_component_count(self.component_count(xs.shape[-1]))
        first = self.alpha * self.first.features(xs).unsqueeze(1)  # [C1, 1, B, N, m1]
        second = (1 - self.alpha) * self.second.features(xs).unsqueeze(0)  # [1, C2, B, N, m2]
        pairs = (first.shape[0], second.shape[1], -1, -1, -1)
        both = torch.cat((first.expand(pairs), second.expand(pairs)), dim=-1)  # [C1, C2, B, N, m1+m2]
        return both.flatten(0, 1)  # [C1*C2, B, N, m1+m2]

    def log_prior(self, input_dim: int) -> Tensor:
        _check_component_count(self.component_count(input_dim))
        first, second = self.first.log_prior(input_dim), self.second.log_prior(input_dim)
        return (first[:, None] + second).flatten()  # [C1*C2]


def _check_variance(weight_variance: float) -> None:
    if not 0 < weight_variance < math.inf:
        raise SpecError("weight_variance", weight_variance, "a positive finite number")


def _check_nnz(nnz: int) -> None:
    if nnz < 1:
        raise SpecError("nnz", nnz, "a positive integer")


def _check_support_fits(nnz: int, input_dim: int) -> None:
    if nnz > input_dim:
        raise SpecError("nnz", nnz, "1 to {dimension}, the number of inputs", dimension=input_dim)


def _check_component_count(count: int) -> None:
    if count > MAX_COMPONENTS:
        raise SpecError(
            "components", count, "at most {most} supports or frequencies in one family", most=MAX_COMPONENTS
        )
