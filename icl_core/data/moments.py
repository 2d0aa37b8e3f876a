"""Second moments of test prompts, from which closed forms follow."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from icl_core.specs import Covariance, Experiment, Mixture, Pretraining


class Moments(NamedTuple):
    """What the risk of linear attention depends on for Gaussian covariates and linear functions, float64."""

    S: Tensor  # [D, D], covariance of the context points
    T: Tensor  # [D, D], second moment of the weights
    Q: Tensor  # [D, D], second moment of the query
    noise_variance: float


def pretraining_moments(pretraining: Pretraining, mixture: Mixture | None = None) -> Moments | None:
    """Of the prompts a model is trained on (with another mixture, where given; a task pool is not looked at).

    None where they do not determine the risk: covariates not Gaussian or of random covariance (there the
    moments hold for each covariance alone), or a family that is not linear.
    """
    covariates, dimension = pretraining.covariates, pretraining.dimension
    return _moments(
        covariates, mixture or pretraining.mixture, pretraining.noise_variance, covariates, dimension
    )


def experiment_moments(experiment: Experiment) -> Moments | None:
    """Of an experiment's test prompts after its shift, for fresh tasks; None as in `pretraining_moments`."""
    pretraining, shift = experiment.pretraining, experiment.evaluation.shift
    mixture = shift.mixture(experiment.mixture)
    before = _moments(
        experiment.covariates,
        mixture,
        experiment.noise_variance,
        pretraining.covariates,
        pretraining.dimension,
    )
    return None if before is None else shift.moments(before, pretraining)


def mixture_task_moment(mixture: Mixture, covariates: Covariance, dimension: int) -> Tensor | None:
    """T = E[w w^T] [D, D] of a mixture pretrained on `covariates`; None unless all families are linear."""
    total = torch.zeros(dimension, dimension, dtype=torch.float64)
    for family, weight in zip(mixture.families, mixture.weights, strict=True):
        moment = family.task_second_moment(covariates, dimension)
        if moment is None:
            return None
        total = total + weight * moment
    return total


def _moments(
    covariates: Covariance, mixture: Mixture, noise_variance: float, pretrained_on: Covariance, dimension: int
) -> Moments | None:
    T = mixture_task_moment(mixture, pretrained_on, dimension)
    if covariates.is_random or not covariates.is_gaussian or T is None:
        return None
    S = covariates.second_moment(dimension)
    return Moments(S, T, S, noise_variance)
