"""Kinds of covariance with independent inputs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.covariance.base import (
    LARGEST_ENTRY,
    SMALLEST_ENTRY,
    DiagonalCovariance,
    powers_of_position,
    scaled_to_dimension,
)
from icl_core.specs import MAX_DIMENSION, require


@dataclass(frozen=True)
class Identity(DiagonalCovariance, kind="identity"):
    """Independent inputs of variance 1."""

    def eigenvalues(self, dimension: int) -> Tensor:
        return torch.ones(dimension, dtype=torch.float64)


@dataclass(frozen=True)
class PowerLaw(DiagonalCovariance, kind="power_law"):
    """Eigenvalue i proportional to i^-exponent, trace D."""

    exponent: float = 1.0

    def __post_init__(self) -> None:
        require(0 <= self.exponent <= 4, "exponent", self.exponent, "0 to 4")

    def eigenvalues(self, dimension: int) -> Tensor:
        return powers_of_position(self.exponent, dimension)


@dataclass(frozen=True)
class LowRank(DiagonalCovariance, kind="low_rank"):
    """Equal variance on the first `rank` inputs and none on the others, trace D."""

    rank: int = 1

    def __post_init__(self) -> None:
        require(1 <= self.rank <= MAX_DIMENSION, "rank", self.rank, "1 to {most}", most=MAX_DIMENSION)

    def eigenvalues(self, dimension: int) -> Tensor:
        require(
            self.rank <= dimension,
            "rank",
            self.rank,
            "1 to {dimension}, the number of inputs",
            dimension=dimension,
        )
        return scaled_to_dimension((torch.arange(dimension) < self.rank).double())

    def leading(self, inputs: int) -> LowRank:
        return LowRank(min(self.rank, inputs))


@dataclass(frozen=True)
class Eigenvalues(DiagonalCovariance, kind="eigenvalues"):
    """The user's own variances of the inputs, as they are."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        count = len(self.values)
        require(1 <= count <= MAX_DIMENSION, "values", self.values, "1 to {most} numbers", most=MAX_DIMENSION)
        fits = all(value >= 0 for value in self.values)
        fits = fits and SMALLEST_ENTRY <= max(self.values) <= LARGEST_ENTRY
        require(fits, "values", self.values, "numbers of 0 or more, the largest from 10^-6 to 10^6")

    def eigenvalues(self, dimension: int) -> Tensor:
        require(
            len(self.values) == dimension,
            "values",
            self.values,
            "{dimension} numbers, one for each input",
            dimension=dimension,
        )
        return torch.tensor(self.values, dtype=torch.float64)

    def leading(self, inputs: int) -> Eigenvalues:
        return Eigenvalues(self.values[:inputs])
