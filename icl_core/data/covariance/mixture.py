"""A mixture of covariances, drawn once per prompt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.choice import choose, draw_choice
from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, Spec, require


@dataclass(frozen=True)
class CovarianceShare(Spec):
    """One covariance of a mixture and its share of the prompts."""

    covariance: Covariance
    weight: float = 1.0

    def __post_init__(self) -> None:
        require(0 < self.weight < math.inf, "weight", self.weight, "a positive number")


@dataclass(frozen=True)
class CovarianceMixture(Covariance, kind="mixture"):
    """Every prompt draws one of several covariances; all of them reshape the same standard normals.

    Shares are made to sum to 1.
    """

    is_random: ClassVar[bool] = True

    components: tuple[CovarianceShare, ...]

    def __post_init__(self) -> None:
        require(len(self.components) > 0, "components", self.components, "at least one covariance")
        gaussian = all(part.covariance.is_gaussian for part in self.components)
        require(gaussian, "components", self.components, "Gaussian covariates")
        total = math.fsum(part.weight for part in self.components)
        if abs(total - 1) > 1e-12:
            scaled = tuple(replace(part, weight=part.weight / total) for part in self.components)
            object.__setattr__(self, "components", scaled)

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(part.weight for part in self.components)

    def second_moment(self, dimension: int) -> Tensor:
        moments = [part.covariance.second_moment(dimension) for part in self.components]
        return torch.stack([w * moment for w, moment in zip(self.weights, moments, strict=True)]).sum(0)

    def fourth_moments(self, dimension: int) -> Tensor:
        moments = [part.covariance.fourth_moments(dimension) for part in self.components]
        return torch.stack([w * moment for w, moment in zip(self.weights, moments, strict=True)]).sum(0)

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        options = [part.covariance.matrices(randomness, prompts, dimension) for part in self.components]
        return choose(options, draw_choice(randomness, self.weights, prompts))

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        options = [
            part.covariance.covariates(randomness, prompts, points, dimension) for part in self.components
        ]
        return choose(options, draw_choice(randomness, self.weights, prompts))
