"""Gaussian covariates around a mean other than 0."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.codec import within
from icl_core.data.covariance.diagonal import Identity
from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, require


@dataclass(frozen=True)
class WithMean(Covariance, kind="with_mean"):
    """x = mean (1, ..., 1) + z, with z of a covariance that is the same for all prompts.

    Closed forms are of inputs of mean 0, so there are none here; S is E x x^T, the mean's part included.
    """

    is_gaussian: ClassVar[bool] = False

    mean: float = 1.0
    covariance: Covariance = field(default_factory=Identity)

    def __post_init__(self) -> None:
        require(-10 <= self.mean <= 10, "mean", self.mean, "-10 to 10")
        fits = self.covariance.is_gaussian and not self.covariance.is_random
        require(fits, "covariance", self.covariance.kind, "Gaussian inputs of one covariance for all prompts")

    def expectation(self, dimension: int) -> Tensor:
        return torch.full((dimension,), self.mean, dtype=torch.float64)

    def second_moment(self, dimension: int) -> Tensor:
        with within(self.covariance, "covariance"):
            around = self.covariance.second_moment(dimension)
        return around + self.mean**2

    def fourth_moments(self, dimension: int) -> Tensor:
        variances, square = self.covariance.second_moment(dimension).diagonal(), self.mean**2
        return square**2 + 6 * square * variances + 3 * variances.square()

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        return self.second_moment(dimension).to(randomness.dtype).expand(prompts, -1, -1)

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        return self.mean + self.covariance.covariates(randomness, prompts, points, dimension)

    def leading(self, inputs: int) -> WithMean:
        return replace(self, covariance=self.covariance.leading(inputs))
