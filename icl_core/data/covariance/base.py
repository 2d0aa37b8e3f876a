"""Gaussian covariates x = R z: a root R of the covariance applied to standard normals z that never change.

Sums over inputs run prompt by prompt rather than through one matrix product, whose rounding depends on how
many prompts and points there are.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache

import torch
from torch import Tensor

from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance

# What the largest entry of a user's own covariance may be: beyond, products of it leave the range of numbers.
SMALLEST_ENTRY, LARGEST_ENTRY = 1e-6, 1e6


def standard_normals(randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
    """The z [B, N, D] behind all Gaussian covariates, so that a covariance knob only reshapes them."""
    return randomness.child("points").point_normals(prompts, points, dimension)


def apply_root(root: Tensor, normals: Tensor) -> Tensor:
    """R z [B, N, D] for a root [D, m], or one a prompt [B, D, m], and z [B, N, m]."""
    rows = root.to(normals.dtype).unbind(-2)  # D times [m] or [B, m]
    return torch.stack([(normals * row.unsqueeze(-2)).sum(-1) for row in rows], dim=-1)


def symmetric_root(matrix: Tensor) -> Tensor:
    """The symmetric positive semi-definite square root of a positive semi-definite matrix [D, D]."""
    eigenvalues, vectors = torch.linalg.eigh(matrix)
    return (vectors * eigenvalues.clamp(min=0).sqrt()) @ vectors.mT


class FixedCovariance(Covariance):
    """Gaussian covariates with one covariance for all prompts."""

    @abstractmethod
    def second_moment(self, dimension: int) -> Tensor: ...

    def fourth_moments(self, dimension: int) -> Tensor:
        return 3 * self.second_moment(dimension).diagonal().square()

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        return self.second_moment(dimension).to(randomness.dtype).expand(prompts, -1, -1)

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        return apply_root(_root(self, dimension), standard_normals(randomness, prompts, points, dimension))


class DiagonalCovariance(FixedCovariance):
    """Independent Gaussian inputs with one variance each."""

    @abstractmethod
    def eigenvalues(self, dimension: int) -> Tensor:
        """Variances of the inputs, float64 [D]. Raises SpecError where the kind does not fit D."""

    def second_moment(self, dimension: int) -> Tensor:
        return self.eigenvalues(dimension).diag()

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        normals = standard_normals(randomness, prompts, points, dimension)
        return normals * self.eigenvalues(dimension).sqrt().to(normals.dtype)


@lru_cache(maxsize=32)
def _root(covariance: FixedCovariance, dimension: int) -> Tensor:
    return symmetric_root(covariance.second_moment(dimension))


def scaled_to_dimension(eigenvalues: Tensor) -> Tensor:
    """Eigenvalues [D] in the same proportions with sum D, so that E |x|^2 = D."""
    return eigenvalues * (len(eigenvalues) / eigenvalues.sum())


def powers_of_position(exponent: float, dimension: int) -> Tensor:
    """i^-exponent for i = 1..D, scaled to sum D, float64 [D]."""
    return scaled_to_dimension(torch.arange(1, dimension + 1, dtype=torch.float64) ** -exponent)
