"""Exact risks of least squares, and the large-dimension risk of ridge regression."""

import math

import numpy as np
from numpy.typing import ArrayLike

from icl_core import semidefinite
from icl_core.theory.arguments import (
    Array,
    context_length,
    dimension,
    nonnegative,
    positive,
    second_moment,
)
from icl_core.theory.marchenko_pastur import residual_share


def ols_risk(S: ArrayLike, noise_var: float, M: float, Q: ArrayLike | None = None) -> float:
    """Risk of ordinary least squares at M >= d pairs: noise_var tr(Q S^-1)/(M - d - 1).

    The mean of the inverse Wishart matrix. With noise the mean is infinite at M = d and d+1; without it the
    risk is 0. A singular S of rank r counts as d = r (minimum-norm solution), if Q lies in its span. Q=None
    means S.

    Raises:
        ValueError: M < d (there the risk depends on the weights: `min_norm_risk`), Q outside the span of S,
            a matrix that is not positive semi-definite, or noise_var < 0.
    """
    S = second_moment("S", S)
    Q = S if Q is None else second_moment("Q", Q, len(S))
    noise_var = nonnegative("noise_var", noise_var)
    M = context_length("M", M)
    rank = semidefinite.rank(S)
    surplus = M - rank
    if surplus < 0:
        raise ValueError(
            f"M must be at least the rank {rank} of the covariance S, but it is {M:g}; below it use "
            "min_norm_risk."
        )
    trace = float(rank) if np.array_equal(Q, S) else semidefinite.inverse_trace(S, Q)
    if trace is None:
        raise ValueError(
            "The query's second moment Q must lie in the span of S, the covariance: outside it the risk "
            "depends on the weights."
        )
    if noise_var == 0 or math.isinf(surplus):
        return 0.0
    if surplus <= 1:
        return math.inf
    return float(noise_var * trace / (surplus - 1))


def min_norm_risk(
    d: int, T: ArrayLike, noise_var: float, M: float, scale: float = 1.0, Q: ArrayLike | None = None
) -> float:
    """Risk of minimum-norm least squares at any M for isotropic covariates, S = scale I.

    Below d pairs the error is the weights' part outside a uniformly random M-dimensional subspace; from d
    pairs on it is `ols_risk`. With noise the mean is infinite at M = d-1, d and d+1. T is [d, d], Q=None
    means scale I.

    Raises:
        ValueError: T or Q not positive semi-definite, noise_var < 0, scale <= 0, or M not a count.
    """
    d = dimension("d", d)
    T = second_moment("T", T, d)
    noise_var = nonnegative("noise_var", noise_var)
    M = context_length("M", M, minimum=0)
    S = positive("scale", scale) * np.eye(d)
    Q = S if Q is None else second_moment("Q", Q, d)
    if M == 0:
        return float(np.trace(Q @ T))
    unseen = d - M
    if unseen <= 0:
        return ols_risk(S, noise_var, M, Q)
    if noise_var > 0 and unseen == 1:
        return math.inf
    # E[P Q P] of the projector P onto the d-M unseen directions, from the second moments of a random
    # subspace.
    weight = unseen / (d * (d - 1) * (d + 2))
    bias = weight * (((unseen + 1) * d - 2) * np.trace(Q @ T) + M * np.trace(Q) * np.trace(T))
    variance = noise_var * np.trace(Q) * M / (scale * d * (unseen - 1)) if noise_var > 0 else 0.0
    return float(bias + variance)


def least_squares_risks(
    S: ArrayLike, T: ArrayLike, noise_var: float, lengths: ArrayLike, Q: ArrayLike | None = None
) -> Array:
    """Risk [n] of minimum-norm least squares at each length: `min_norm_risk` below d pairs, then `ols_risk`.

    NaN where no formula is known: for a singular S, and below d pairs unless S is isotropic and d > 1.
    Infinite where the mean is. Raises as those two.
    """
    S = second_moment("S", S)
    d, lengths = len(S), np.asarray(lengths, dtype=np.float64)
    risks = np.full(len(lengths), np.nan)
    if semidefinite.rank(S) < d:
        return risks
    few, surplus = lengths < d, lengths - d
    if d > 1 and np.array_equal(S, S[0, 0] * np.eye(d)):
        risks[few] = [min_norm_risk(d, T, noise_var, M, S[0, 0], Q) for M in lengths[few]]
    first = ols_risk(S, noise_var, d + 2, Q)  # the first finite one: the others are parts of it
    heavy = np.inf if noise_var > 0 else 0.0
    enough = np.divide(first, surplus - 1, out=np.full(len(lengths), heavy), where=surplus > 1)
    return np.where(few, risks, enough)


def ridge_asymptotic(d: int, noise_var: float, M: float, weight_var: float = 1.0) -> float:
    """Risk of Bayes-optimal ridge for S = Q = I and w ~ N(0, weight_var I), as d and M grow at fixed d/M.

    weight_var d E[c/(t+c)] over the Marchenko-Pastur law with c = noise_var/(weight_var M). Asymptotic: at d
    = 20 it is off by 4 to 8 per cent near M = d, so draw it apart from exact lines.

    Raises:
        ValueError: d not a count of at least 1, noise_var < 0, weight_var <= 0, or M not a count.
    """
    d = dimension("d", d)
    noise_var, weight_var = nonnegative("noise_var", noise_var), positive("weight_var", weight_var)
    M = context_length("M", M, minimum=0)
    if M == 0:
        return weight_var * d
    return weight_var * d * residual_share(d / M, noise_var / (weight_var * M))[0]
