"""Linear functions of a few inputs, at random places or always the first ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.families import FixedSupport, GaussianFamily, SparseWeights
from icl_core.data.function_classes.base import Functions, LinearFunctions
from icl_core.data.function_classes.dense import weight_variance
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass, require


@dataclass(frozen=True)
class Sparse(FunctionClass, kind="sparse"):
    """f(x) = w.x with `nnz` Gaussian weights on a uniformly random support, output variance v.

    Their variance is D / nnz times that of dense weights. One draw serves every nnz: supports are nested.
    """

    place = 10
    look = Look("pink")
    pretrained = True

    nnz: int = 2

    def __post_init__(self) -> None:
        require(self.nnz >= 1, "nnz", self.nnz, "1 or more nonzero weights")

    def check(self, dimension: int) -> None:
        require(
            self.nnz <= dimension,
            "nnz",
            self.nnz,
            "1 to {dimension}, the number of inputs",
            dimension=dimension,
        )

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return tuple(cls(nnz) for nnz in (1, 2, 4) if nnz <= dimension and dimension > 1)

    @property
    def unknown_support(self) -> int:
        return self.nnz

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        values = randomness.child("weights").prompt_normals(prompts, dimension)
        ranks = randomness.child("support").prompt_uniforms(prompts, dimension).argsort(-1).argsort(-1)
        scale = math.sqrt(self._variance(covariates, dimension))
        return LinearFunctions(scale * values * (ranks < self.nnz))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        return SparseWeights(self.nnz, self._variance(covariates, dimension))

    def task_second_moment(self, covariates: Covariance, dimension: int) -> Tensor:
        return weight_variance(covariates, dimension) * torch.eye(dimension, dtype=torch.float64)

    def _variance(self, covariates: Covariance, dimension: int) -> float:
        return dimension / self.nnz * weight_variance(covariates, dimension)


@dataclass(frozen=True)
class FixedSparse(FunctionClass, kind="fixed_support"):
    """f(x) = w.x with iid Gaussian weights on the first `nnz` inputs and 0 elsewhere, output variance v.

    With independent inputs of variance 1 the weights' variance is D / nnz.
    """

    look = Look("pink")

    nnz: int = 2

    def __post_init__(self) -> None:
        require(self.nnz >= 1, "nnz", self.nnz, "1 or more nonzero weights")

    def check(self, dimension: int) -> None:
        require(
            self.nnz <= dimension,
            "nnz",
            self.nnz,
            "1 to {dimension}, the number of inputs",
            dimension=dimension,
        )

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return ()  # beside sparse functions they say little

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        values = randomness.child("weights").prompt_normals(prompts, dimension)
        scale = math.sqrt(self._variance(covariates, dimension))
        return LinearFunctions(scale * values * (torch.arange(dimension) < self.nnz))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        return FixedSupport(self.nnz, self._variance(covariates, dimension))

    def task_second_moment(self, covariates: Covariance, dimension: int) -> Tensor:
        support = (torch.arange(dimension) < self.nnz).double()
        return self._variance(covariates, dimension) * support.diag()

    def _variance(self, covariates: Covariance, dimension: int) -> float:
        seen = float(covariates.second_moment(dimension).diagonal()[: self.nnz].sum())
        require(seen > 0, "nnz", self.nnz, "a number of first inputs of which one varies at least")
        return covariates.label_variance(dimension) / seen
