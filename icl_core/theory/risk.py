"""Risk and optimum of linear self-attention for one covariance, in closed form.

The predictor is x_q^T A h with h = (1/M) sum_i y_i x_i, where x_i ~ N(0, S), y_i = w.x_i + noise of variance
noise_var, E[w w^T] = T, and the query x_q is independent with second moment Q. The weights w enter through T
alone: they need be neither Gaussian nor centred.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import pinvh

from icl_core.theory.arguments import Array, context_length, finite_array, nonnegative, second_moment


class RiskParts(NamedTuple):
    """The risk as a sum: error of the mean prediction, finite context, label noise."""

    bias: float
    sampling: float
    noise: float


def context_second_moment(S: ArrayLike, T: ArrayLike, noise_var: float, N: float) -> Array:
    """G = E[h h^T] [d, d] for N pairs: ((N+1)/N) S T S + ((tr(S T) + noise_var)/N) S (Isserlis)."""
    S = second_moment("S", S)
    T = second_moment("T", T, len(S))
    N = context_length("N", N)
    return context_second_moments(S, T, nonnegative("noise_var", noise_var), N)


def context_second_moments(S: Array, T: Array, noise_var: float, N: float) -> Array:
    """`context_second_moment` without its checks, for any stack of covariances S [..., d, d]."""
    trace = np.einsum("...ij,ji->...", S, T)[..., None, None]
    return (1 + 1 / N) * S @ T @ S + (trace + noise_var) / N * S


def lsa_risk_parts(
    A: ArrayLike, S: ArrayLike, T: ArrayLike, noise_var: float, M: float, Q: ArrayLike | None = None
) -> RiskParts:
    """Bias, sampling and label-noise parts of the risk of any A [d, d] at M pairs; their sum is `lsa_risk`.

    S, T and Q are [d, d] second moments of covariates, weights and query; Q=None means S. At M=0 the
    prediction is 0.

    Raises:
        ValueError: a matrix of the wrong shape, S, T or Q not positive semi-definite, noise_var < 0, or M not
            a count.
    """
    S, T, Q, noise_var = _checked(S, T, noise_var, Q)
    A = finite_array("A", A, (len(S), len(S)))
    M = context_length("M", M, minimum=0)
    return _risk_parts(A, S, T, noise_var, M, Q)


def _risk_parts(A: Array, S: Array, T: Array, noise_var: float, M: float, Q: Array) -> RiskParts:
    if M == 0:
        return RiskParts(float(np.trace(Q @ T)), 0.0, 0.0)
    error = A @ S - np.eye(len(S))
    bias = np.trace(Q @ error @ T @ error.T)
    spread = np.trace(Q @ A @ S @ A.T)
    sampling = (np.trace(Q @ A @ S @ T @ S @ A.T) + np.trace(S @ T) * spread) / M
    return RiskParts(float(bias), float(sampling), float(noise_var * spread / M))


def lsa_risk(
    A: ArrayLike, S: ArrayLike, T: ArrayLike, noise_var: float, M: float, Q: ArrayLike | None = None
) -> float:
    """Risk of any A at M pairs: tr(Q A G A^T) - 2 tr(Q A S T) + tr(Q T); arguments as in `lsa_risk_parts`."""
    return float(sum(lsa_risk_parts(A, S, T, noise_var, M, Q)))


def lsa_optimum(S: ArrayLike, T: ArrayLike, noise_var: float, N: float) -> Array:
    """The A [d, d] of least risk at N pairs, the same for every query covariance: T [(1+1/N) S T + c I]^-1.

    Here c = (tr(S T) + noise_var)/N. For T = I without noise it is the inverse of `zhang_gamma` (Zhang, Frei
    and Bartlett 2023, Theorem 4.1). Directions that an infinite context never shows (S or T singular) are set
    to 0.

    Raises:
        ValueError: S or T not positive semi-definite, noise_var < 0, or N not a count of at least 1.
    """
    S = second_moment("S", S)
    T = second_moment("T", T, len(S))
    N = context_length("N", N)
    return _optimum(S, T, _square_root(T), nonnegative("noise_var", noise_var), N)


def _optimum(S: Array, T: Array, root: Array, noise_var: float, N: float) -> Array:
    shrinkage = (np.trace(S @ T) + noise_var) / N
    # T (S T + c I)^-1 = T^1/2 (T^1/2 S T^1/2 + c I)^-1 T^1/2: symmetric, and defined for singular T too.
    return root @ pinvh((1 + 1 / N) * root @ S @ root + shrinkage * np.eye(len(S))) @ root


def lsa_reoptimised_risks(
    S: ArrayLike, T: ArrayLike, noise_var: float, lengths: ArrayLike, Q: ArrayLike | None = None
) -> Array:
    """Risk [n] at each length of the best linear attention for that length: no other does better there.

    Lengths [n] may hold 0, where the prediction is 0, and infinity. Raises as `lsa_risk_parts`.
    """
    S, T, Q, noise_var = _checked(S, T, noise_var, Q)
    root = _square_root(T)

    def risk(M: float) -> float:
        if M == 0:
            return float(np.trace(Q @ T))
        return sum(_risk_parts(_optimum(S, T, root, noise_var, M), S, T, noise_var, M, Q))

    return np.array([risk(context_length("lengths", M, minimum=0)) for M in np.asarray(lengths)])


def zhang_gamma(S: ArrayLike, N: float) -> Array:
    """Gamma [d, d] = (1+1/N) S + (tr(S)/N) I, Zhang, Frei and Bartlett (2023), Theorem 4.1: T = I."""
    S = second_moment("S", S)
    N = context_length("N", N)
    return (1 + 1 / N) * S + np.trace(S) / N * np.eye(len(S))


def best_step(S: ArrayLike, T: ArrayLike, noise_var: float, M: float, Q: ArrayLike | None = None) -> float:
    """The eta of least risk for A = eta I, one gradient step from 0: tr(Q S T)/tr(Q G), as in `lsa_risk`.

    Raises:
        ValueError: as `lsa_risk_parts`; also where the risk does not depend on eta.
    """
    S, T, Q, noise_var = _checked(S, T, noise_var, Q)
    gain, curvature = _step_terms(S, T, noise_var, context_length("M", M), Q)
    if curvature <= 0:
        raise ValueError("Q must overlap with S and T: the risk does not depend on the step size here.")
    return float(gain / curvature)


def best_step_risks(
    S: ArrayLike, T: ArrayLike, noise_var: float, lengths: ArrayLike, Q: ArrayLike | None = None
) -> Array:
    """Risk [n] of the best gradient step from 0 at each length from 1: tr(Q T) - tr(Q S T)^2/tr(Q G).

    Raises as `lsa_risk_parts`.
    """
    S, T, Q, noise_var = _checked(S, T, noise_var, Q)
    gain, curvature = _step_terms(S, T, noise_var, np.asarray(lengths, dtype=np.float64), Q)
    return np.trace(Q @ T) - gain**2 / curvature


def _step_terms(S: Array, T: Array, noise_var: float, M: float | Array, Q: Array) -> tuple[float, Array]:
    """tr(Q S T), and tr(Q G) at M pairs, or at each of several lengths [n]."""
    noisy = (np.trace(S @ T) + noise_var) * np.trace(Q @ S)
    return np.trace(Q @ S @ T), (1 + 1 / M) * np.trace(Q @ S @ T @ S) + noisy / M


def _checked(
    S: ArrayLike, T: ArrayLike, noise_var: float, Q: ArrayLike | None
) -> tuple[Array, Array, Array, float]:
    S = second_moment("S", S)
    T = second_moment("T", T, len(S))
    Q = S if Q is None else second_moment("Q", Q, len(S))
    return S, T, Q, nonnegative("noise_var", noise_var)


def _square_root(matrix: Array) -> Array:
    eigenvalues, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(eigenvalues, 0.0)) @ vectors.T
