"""Convex combinations of two families."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from icl_core.codec import within
from icl_core.data.families import GaussianFamily, SumOf
from icl_core.data.function_classes.base import Functions, WeightedSum
from icl_core.data.function_classes.dense import Dense
from icl_core.data.function_classes.sinusoid import Sinusoid
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass, require


@dataclass(frozen=True)
class Combination(FunctionClass, kind="combination"):
    """f = alpha f1 + (1 - alpha) f2, drawn independently from two families (Yadlowsky et al. 2311.00871).

    A plain convex combination, not rescaled: its output variance is (alpha^2 + (1 - alpha)^2) v. Every alpha
    combines the same pair of functions.
    """

    place = 60
    look = Look("purple")

    first: FunctionClass
    second: FunctionClass
    alpha: float = 0.5

    def __post_init__(self) -> None:
        require(0 <= self.alpha <= 1, "alpha", self.alpha, "0 to 1")

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return (cls(Dense(), Sinusoid()),) if dimension == 1 else ()

    @property
    def wording(self) -> dict[str, object]:
        return {**super().wording, "rest": 1 - self.alpha}

    def check(self, dimension: int) -> None:
        for name, part in (("first", self.first), ("second", self.second)):
            with within(part, name):
                part.check(dimension)

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        first = self.first.sample(randomness.child("first"), prompts, covariates, dimension)
        second = self.second.sample(randomness.child("second"), prompts, covariates, dimension)
        return WeightedSum((first, second), (self.alpha, 1 - self.alpha))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily | None:
        first, second = self.first.family(covariates, dimension), self.second.family(covariates, dimension)
        return None if first is None or second is None else SumOf(first, second, self.alpha)

    def task_second_moment(self, covariates: Covariance, dimension: int) -> Tensor | None:
        first = self.first.task_second_moment(covariates, dimension)
        second = self.second.task_second_moment(covariates, dimension)
        if first is None or second is None:
            return None
        return self.alpha**2 * first + (1 - self.alpha) ** 2 * second
