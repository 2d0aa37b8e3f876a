"""Risk and optimum of linear self-attention when each prompt, with its query, draws its own covariance."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import (
    Array,
    context_length,
    covariance_stack,
    dimension,
    finite_array,
    nonnegative,
    positive,
    second_moment,
)
from icl_core.theory.risk import context_second_moments


class SpectrumMoments(NamedTuple):
    """First three moments of the i.i.d. eigenvalues of a random diagonal covariance.

    Exp(1) has (1, 2, 6).
    """

    first: float
    second: float
    third: float


def mean_kronecker(left: Array, right: Array) -> Array:
    """Mean over stacks [K, d, d] of left_k (x) right_k, [d*d, d*d]: left X right^T on row-major vec(X)."""
    K, d, _ = left.shape
    products = left.reshape(K, d * d).T @ right.reshape(K, d * d) / K
    return products.reshape(d, d, d, d).swapaxes(1, 2).reshape(d * d, d * d)  # (i j)(k l) -> (i k)(j l)


def lsa_optimum_random(covariances: ArrayLike, T: ArrayLike, noise_var: float, N: float) -> Array:
    """The A [d, d] of least mean risk at N pairs over equally likely covariances [K, d, d].

    Solves E[S A G_S] = E[S T S] as one d^2 x d^2 system; for diagonal covariances and T = I it is the limit
    of Theorem 4.5 of Zhang et al. (2023). Of several minimisers (covariances all singular) it is the
    one of least norm.

    Raises:
        ValueError: covariances or T not positive semi-definite, noise_var < 0, or N not a count.
    """
    covariances = covariance_stack("covariances", covariances)
    d = covariances.shape[-1]
    T = second_moment("T", T, d)
    G = context_second_moments(covariances, T, nonnegative("noise_var", noise_var), context_length("N", N))
    target = np.mean(covariances @ T @ covariances, axis=0)
    cutoff = d * d * np.finfo(np.float64).eps
    solution = np.linalg.lstsq(mean_kronecker(covariances, G), target.ravel(), rcond=cutoff)[0]
    return solution.reshape(d, d)


def lsa_optimum_iid(moments: SpectrumMoments, d: int, noise_var: float, N: float) -> float:
    """The a of the optimum A = a I for a diagonal covariance of i.i.d. eigenvalues and T = I, at N pairs.

    Raises:
        ValueError: a moment that is not positive, d or N not a count of at least 1, or noise_var < 0.
    """
    moments = _checked_moments(moments)
    curvature = _curvature(
        moments, dimension("d", d), nonnegative("noise_var", noise_var), context_length("N", N)
    )
    return moments.second / curvature


def lsa_risk_iid(
    a: float, moments: SpectrumMoments, d: int, noise_var: float, M: float, scale: float = 1.0
) -> float:
    """Risk (a total) of A = a I at M pairs, for `scale` times the covariance of the moments; T = I.

    Raises:
        ValueError: as `lsa_optimum_iid`, or scale not positive; M may be 0, where the prediction is 0.
    """
    first, second, third = _checked_moments(moments)
    scale = positive("scale", scale)
    scaled = SpectrumMoments(scale * first, scale**2 * second, scale**3 * third)
    d, noise_var = dimension("d", d), nonnegative("noise_var", noise_var)
    M = context_length("M", M, minimum=0)
    if M == 0:
        return d * scaled.first
    return d * (a**2 * _curvature(scaled, d, noise_var, M) - 2 * a * scaled.second + scaled.first)


def _curvature(moments: SpectrumMoments, d: int, noise_var: float, N: float) -> float:
    """E[s_i (G_S)_ii]: the mean over prompts of the curvature of the risk along one diagonal entry of A."""
    m1, m2, m3 = moments
    return (1 + 1 / N) * m3 + (m3 + (d - 1) * m1 * m2 + noise_var * m2) / N


def _checked_moments(moments: SpectrumMoments) -> SpectrumMoments:
    first, second, third = finite_array("moments", moments, (3,))
    if min(first, second, third) <= 0:
        raise ValueError("moments must be three positive numbers E[s], E[s^2], E[s^3].")
    return SpectrumMoments(float(first), float(second), float(third))
