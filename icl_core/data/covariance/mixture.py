"""A mixture of covariances, drawn once per prompt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.codec import within
from icl_core.data.choice import choose, draw_choice
from icl_core.data.randomness import Randomness
from icl_core.specs import MAX_MIXED, Covariance, Spec, check_weight, normalised, require


@dataclass(frozen=True)
class CovarianceShare(Spec):
    """One covariance of a mixture and its share of the prompts."""

    covariance: Covariance
    weight: float = 1.0

    def __post_init__(self) -> None:
        check_weight(self.weight)


@dataclass(frozen=True)
class CovarianceMixture(Covariance, kind="mixture"):
    """Every prompt draws one of several covariances; all of them reshape the same standard normals.

    Shares are made to sum to 1. A mixture is no component of another: prompts choose by one draw, which the
    two would share. The same distribution is a single mixture of all the covariances.
    """

    is_random: ClassVar[bool] = True

    components: tuple[CovarianceShare, ...]

    def __post_init__(self) -> None:
        count = len(self.components)
        require(1 <= count <= MAX_MIXED, "components", count, "1 to {most} covariances", most=MAX_MIXED)
        nested = any(isinstance(part.covariance, CovarianceMixture) for part in self.components)
        require(not nested, "components", "mixture", "covariances that are not mixtures themselves")
        gaussian = all(part.covariance.is_gaussian for part in self.components)
        require(gaussian, "components", self.components, "Gaussian covariates")
        shares = normalised([part.weight for part in self.components])
        scaled = tuple(
            replace(part, weight=share) for part, share in zip(self.components, shares, strict=True)
        )
        object.__setattr__(self, "components", scaled)

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(part.weight for part in self.components)

    def second_moment(self, dimension: int) -> Tensor:
        moments = []
        for position, part in enumerate(self.components):
            with within(part.covariance, f"components.{position}.covariance"):
                moments.append(part.covariance.second_moment(dimension))
        return torch.stack([w * moment for w, moment in zip(self.weights, moments, strict=True)]).sum(0)

    def leading(self, inputs: int) -> CovarianceMixture:
        return CovarianceMixture(
            tuple(replace(part, covariance=part.covariance.leading(inputs)) for part in self.components)
        )

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
