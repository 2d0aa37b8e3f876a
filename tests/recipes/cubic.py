"""A function class as the recipe asks for it: one file."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from icl_core.data.families import GaussianFamily
from icl_core.data.function_classes import Functions
from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, FunctionClass

SIXTH_MOMENT = 15  # of a standard normal input


@dataclass(frozen=True)
class CubicFunctions(Functions):
    """f_b(x) = sum_i w_bi x_i^3."""

    coefficients: Tensor  # [B, D]

    def evaluate(self, xs: Tensor) -> Tensor:
        return (xs**3 * self.coefficients.unsqueeze(1)).sum(-1)

    def take(self, index: Tensor) -> Functions:
        return CubicFunctions(self.coefficients[index])


@dataclass(frozen=True)
class CubicWeights(GaussianFamily):
    """Cubics with weights iid N(0, weight_variance)."""

    weight_variance: float

    def component_count(self, input_dim: int) -> int:
        return 1

    def features(self, xs: Tensor) -> Tensor:
        return math.sqrt(self.weight_variance) * (xs**3).unsqueeze(0)


@dataclass(frozen=True)
class Cubic(FunctionClass, kind="cubic"):
    """f(x) = sum_i w_i x_i^3, weights iid N(0, v / (15 D)), for independent standard normal inputs."""

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        scale = math.sqrt(_variance(covariates, dimension))
        return CubicFunctions(scale * randomness.child("weights").prompt_normals(prompts, dimension))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        return CubicWeights(_variance(covariates, dimension))


def _variance(covariates: Covariance, dimension: int) -> float:
    return covariates.label_variance(dimension) / (SIXTH_MOMENT * dimension)
