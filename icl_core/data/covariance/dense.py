"""Kinds of covariance with correlated inputs, the same for all prompts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core import semidefinite
from icl_core.data.covariance.base import LARGEST_ENTRY, SMALLEST_ENTRY, FixedCovariance
from icl_core.specs import MAX_DIMENSION, SpecError, require


@dataclass(frozen=True)
class AutoRegressive(FixedCovariance, kind="ar1"):
    """S_ij = rho^|i - j|, the covariance of a stationary first-order autoregression."""

    rho: float = 0.5

    def __post_init__(self) -> None:
        require(-0.99 <= self.rho <= 0.99, "rho", self.rho, "-0.99 to 0.99")

    def second_moment(self, dimension: int) -> Tensor:
        position = torch.arange(dimension, dtype=torch.float64)
        return self.rho ** (position[:, None] - position).abs()


@dataclass(frozen=True)
class Spiked(FixedCovariance, kind="spiked"):
    """I plus `strength` along the direction (1, ..., 1), scaled to trace D: a factor common to all inputs."""

    strength: float = 4.0

    def __post_init__(self) -> None:
        require(0 <= self.strength <= 1000, "strength", self.strength, "0 to 1000")

    def second_moment(self, dimension: int) -> Tensor:
        spiked = torch.eye(dimension, dtype=torch.float64) + self.strength / dimension
        return spiked * (dimension / (dimension + self.strength))


@dataclass(frozen=True)
class Matrix(FixedCovariance, kind="matrix"):
    """The user's own covariance, row by row, as it is; mended where rounding made it none."""

    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.rows)
        square = 1 <= size <= MAX_DIMENSION and all(len(row) == size for row in self.rows)
        require(
            square, "rows", self.rows, "a square matrix of 1 to {most} rows of numbers", most=MAX_DIMENSION
        )
        matrix = torch.tensor(self.rows, dtype=torch.float64)
        largest = float(matrix.abs().max())
        require(
            SMALLEST_ENTRY <= largest <= LARGEST_ENTRY,
            "rows",
            self.rows,
            "finite numbers, the largest in size from 10^-6 to 10^6",
        )
        try:
            mended = semidefinite.mended(matrix.numpy())
        except ValueError as error:
            raise SpecError("rows", self.rows, "a covariance, which {error}", error=error) from None
        object.__setattr__(self, "rows", tuple(tuple(row) for row in mended.tolist()))

    def second_moment(self, dimension: int) -> Tensor:
        require(
            len(self.rows) == dimension,
            "rows",
            self.rows,
            "{dimension} rows, one for each input",
            dimension=dimension,
        )
        return torch.tensor(self.rows, dtype=torch.float64)

    def leading(self, inputs: int) -> Matrix:
        return Matrix(tuple(row[:inputs] for row in self.rows[:inputs]))
