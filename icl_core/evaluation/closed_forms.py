"""Exact lines of a learning curve: linear attention at its optimum, and least squares."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from icl_core import semidefinite, theory
from icl_core.data.moments import Moments, experiment_moments, mixture_task_moment, pretraining_moments
from icl_core.data.prompts import task_pool
from icl_core.data.randomness import AddressedRandomness
from icl_core.evaluation.attention_risk import attention_risk
from icl_core.specs import Experiment, Pretraining

Array = NDArray[np.float64]
COVARIANCE_SAMPLES = 4096  # stand for a random covariance that has no moments in closed form
LARGEST_RANDOM = 20  # inputs up to which the d^2 x d^2 system for a random covariance answers at once


@lru_cache(maxsize=64)
def trained_attention(pretraining: Pretraining) -> Array | None:
    """A* [D, D], the minimiser of linear attention's risk on the pretraining distribution at its length K.

    Zhang, Frei and Bartlett (arXiv 2306.09927), Theorems 4.1 and 4.5, with label noise and any second moment
    of the tasks. None where second moments do not determine it.
    """
    moments = pretraining_moments(pretraining)
    if moments is not None:
        S, T, _, noise_variance = moments
        return theory.lsa_optimum(
            S.numpy(), _pool_moment(pretraining, T), noise_variance, pretraining.context_length
        )
    return _trained_on_random_covariance(pretraining)


def exact_lines(experiment: Experiment) -> dict[str, Array]:
    """Closed-form risks over v for k = 0..M by predictor name; an entry without a formula is NaN.

    'zero' predicts nothing, 'lsa' is A* of the pretraining, 'lsa_reoptimised' the best linear attention for
    the test distribution at every k, 'ols' min-norm least squares.
    """
    lengths = range(experiment.context_length + 1)
    lines: dict[str, Array] = {}
    matrix = trained_attention(experiment.pretraining)
    attention = None if matrix is None else attention_risk(matrix, experiment)
    if attention is not None:
        lines["lsa"] = attention.total(np.array(lengths, dtype=np.float64))
        lines["zero"] = np.full(len(lengths), attention.zero)
    moments = experiment_moments(experiment)
    if moments is not None and experiment.evaluation.tasks == "new":
        lines["zero"] = np.full(len(lengths), float((moments.Q @ moments.T).trace()))
        lines["lsa_reoptimised"] = np.array([_best_attention_risk(moments, k) for k in lengths])
        lines["ols"] = np.array([_least_squares_risk(moments, k) for k in lengths])
    v = experiment.pretraining.label_variance
    return {name: line / v for name, line in lines.items()}


def _best_attention_risk(moments: Moments, k: int) -> float:
    S, T, Q, noise_variance = moments
    if k == 0:
        return float((Q @ T).trace())
    best = theory.lsa_optimum(S.numpy(), T.numpy(), noise_variance, k)
    return theory.lsa_risk(best, S.numpy(), T.numpy(), noise_variance, k, Q.numpy())


def _least_squares_risk(moments: Moments, k: int) -> float:
    S, T, Q, noise_variance = moments
    scale = float(S[0, 0])
    if torch.equal(S, scale * torch.eye(len(S), dtype=S.dtype)) and len(S) > 1:
        return theory.min_norm_risk(len(S), T.numpy(), noise_variance, k, scale, Q.numpy())
    if k < len(S) or semidefinite.rank(S.numpy()) < len(S):
        return np.nan
    return theory.ols_risk(S.numpy(), noise_variance, k, Q.numpy())


def _pool_moment(pretraining: Pretraining, T: torch.Tensor) -> Array:
    """The second moment of the tasks: of the pool's own where there is one."""
    if pretraining.task_pool is None:
        return T.numpy()
    weights = task_pool(pretraining, pretraining.mixture).functions.weights
    assert weights is not None  # pretraining_moments is None unless every family is linear
    return theory.pool_second_moment(weights.numpy())


def _trained_on_random_covariance(pretraining: Pretraining) -> Array | None:
    covariates, dimension = pretraining.covariates, pretraining.dimension
    T = mixture_task_moment(pretraining.mixture, covariates, dimension)
    if (
        T is None
        or not covariates.is_gaussian
        or not covariates.is_random
        or pretraining.task_pool is not None
    ):
        return None
    noise_variance, K = pretraining.noise_variance, pretraining.context_length
    moments = covariates.eigenvalue_moments
    if moments is not None and torch.equal(T, torch.eye(dimension, dtype=T.dtype)):
        spectrum = theory.SpectrumMoments(*moments)
        return theory.lsa_optimum_iid(spectrum, dimension, noise_variance, K) * np.eye(dimension)
    if dimension > LARGEST_RANDOM:
        return None
    randomness = AddressedRandomness.of(pretraining.seed, "theory")
    sampled = covariates.matrices(randomness, COVARIANCE_SAMPLES, dimension).numpy()
    return theory.lsa_optimum_random(sampled, T.numpy(), noise_variance, K)
