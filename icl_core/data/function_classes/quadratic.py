"""Quadratic functions without cross terms."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from icl_core.data.families import GaussianFamily, QuadraticWeights
from icl_core.data.function_classes.base import Functions
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass


@dataclass(frozen=True)
class QuadraticFunctions(Functions):
    """f_b(x) = sum_i w_bi x_i^2."""

    coefficients: Tensor  # [B, D]

    def evaluate(self, xs: Tensor) -> Tensor:
        return (xs.square() * self.coefficients.unsqueeze(1)).sum(-1)

    def take(self, index: Tensor) -> Functions:
        return QuadraticFunctions(self.coefficients[index])


@dataclass(frozen=True)
class Quadratic(FunctionClass, kind="quadratic"):
    """f(x) = sum_i w_i x_i^2, weights iid N(0, v / sum_i E x_i^4) (Garg et al. 2208.01066).

    For independent standard normal inputs the variance is 1/3.
    """

    place = 40
    look = Look("amber")

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return (cls(),) if dimension > 1 else ()

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        scale = math.sqrt(_variance(covariates, dimension))
        return QuadraticFunctions(scale * randomness.child("weights").prompt_normals(prompts, dimension))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        return QuadraticWeights(_variance(covariates, dimension))


def _variance(covariates: Covariance, dimension: int) -> float:
    return covariates.label_variance(dimension) / float(covariates.fourth_moments(dimension).sum())
