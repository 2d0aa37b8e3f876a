"""Dense linear functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.families import DenseWeights, GaussianFamily
from icl_core.data.function_classes.base import Functions, LinearFunctions
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass


@dataclass(frozen=True)
class Dense(FunctionClass, kind="dense"):
    """f(x) = w.x with iid Gaussian weights of variance v / tr E[x x^T]: 1, save for one input."""

    place = 0
    look = Look("orange", "solid")

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        scale = math.sqrt(weight_variance(covariates, dimension))
        return LinearFunctions(scale * randomness.child("weights").prompt_normals(prompts, dimension))

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        return DenseWeights(weight_variance(covariates, dimension))

    def task_second_moment(self, covariates: Covariance, dimension: int) -> Tensor:
        return weight_variance(covariates, dimension) * torch.eye(dimension, dtype=torch.float64)


def weight_variance(covariates: Covariance, dimension: int) -> float:
    """Variance of each of D iid weights that gives w.x the output variance v."""
    return covariates.label_variance(dimension) / float(covariates.second_moment(dimension).trace())
