"""Kinds of covariance that every prompt draws for itself; queries share their prompt's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.covariance.base import apply_root, standard_normals
from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, require


class RandomCovariance(Covariance):
    """Gaussian covariates with a covariance per prompt, of mean I."""

    is_random: ClassVar[bool] = True

    def second_moment(self, dimension: int) -> Tensor:
        return torch.eye(dimension, dtype=torch.float64)


@dataclass(frozen=True)
class RandomDiagonal(RandomCovariance, kind="random_diagonal"):
    """Diagonal, with independent Exp(1) eigenvalues (Zhang et al. 2306.09927, figure 1)."""

    eigenvalue_moments: ClassVar[tuple[float, float, float]] = (1.0, 2.0, 6.0)  # E s, E s^2, E s^3

    def fourth_moments(self, dimension: int) -> Tensor:
        return torch.full((dimension,), 3 * self.eigenvalue_moments[1], dtype=torch.float64)

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        return torch.diag_embed(self._eigenvalues(randomness, prompts, dimension))

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        deviations = self._eigenvalues(randomness, prompts, dimension).sqrt()
        return standard_normals(randomness, prompts, points, dimension) * deviations.unsqueeze(1)

    def _eigenvalues(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        return -randomness.child("eigenvalues").prompt_uniforms(prompts, dimension).log()  # [B, D]


@dataclass(frozen=True)
class Wishart(RandomCovariance, kind="wishart"):
    """G G^T / n with a standard normal G [D, n], n degrees of freedom (None: twice the dimension).

    Eigenvalues spread more the fewer degrees of freedom; below D they span a random subspace.
    """

    degrees_of_freedom: int | None = None

    def __post_init__(self) -> None:
        given = self.degrees_of_freedom
        require(given is None or 1 <= given <= 1024, "degrees_of_freedom", given, "none, or 1 to 1024")

    def fourth_moments(self, dimension: int) -> Tensor:
        mean_square = 1 + 2 / self._degrees(dimension)  # of a diagonal entry, chi-squared(n) / n
        return torch.full((dimension,), 3 * mean_square, dtype=torch.float64)

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        root = self._root(randomness, prompts, dimension)
        return root @ root.mT

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        normals = standard_normals(randomness, prompts, points, self._degrees(dimension))
        return apply_root(self._root(randomness, prompts, dimension), normals)

    def _root(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        degrees = self._degrees(dimension)
        return randomness.child("root").prompt_normals(prompts, dimension, degrees) / math.sqrt(degrees)

    def _degrees(self, dimension: int) -> int:
        return self.degrees_of_freedom or 2 * dimension
