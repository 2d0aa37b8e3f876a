"""Error of the trained linear self-attention layer on any labels: Zhang et al. (2023), Theorem 4.2.

The layer is A = Gamma^-1, the limit of gradient flow on noiseless linear prompts of N pairs; x ~ N(0, S).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import (
    Array,
    context_length,
    definite_covariance,
    finite_array,
    nonnegative,
    second_moment,
)
from icl_core.theory.risk import zhang_gamma


class LabelMoments(NamedTuple):
    """What Theorem 4.2 needs to know of a distribution of (x, y).

    best_weights: a = S^-1 E[x y], [d]. covariance: Cov(x y), [d, d]. best_risk: min over w of E (w.x - y)^2.
    """

    best_weights: Array
    covariance: Array
    best_risk: float


def linear_label_moments(w: ArrayLike, S: ArrayLike, noise_var: float = 0.0) -> LabelMoments:
    """Moments of y = w.x + noise with x ~ N(0, S): Cov(x y) = (w^T S w + noise_var) S + S w w^T S.

    Raises:
        ValueError: S not positive semi-definite, w not [d], or noise_var < 0.
    """
    S = second_moment("S", S)
    w = finite_array("w", w, (len(S),))
    noise_var = nonnegative("noise_var", noise_var)
    return LabelMoments(w, (w @ S @ w + noise_var) * S + np.outer(S @ w, S @ w), noise_var)


def theorem_4_2(labels: LabelMoments, S: ArrayLike, N: float, M: float) -> float:
    """E (prediction - y)^2 at M pairs after training at N pairs, exactly (Zhang et al. 2023, Theorem 4.2).

    The error is against the label y itself, with its noise, and y may be any function of x:
    best_risk + tr[Cov(x y) Gamma^-2 S]/M + (1/N^2) sum over eigenvectors of S of a_i^2 s_i (s_i + tr S)^2 /
    gamma_i^2.

    Raises:
        ValueError: S not positive definite, moments of another dimension, or N or M not a count.
    """
    S = definite_covariance("S", S)
    a = finite_array("labels.best_weights", labels.best_weights, (len(S),))
    covariance = second_moment("labels.covariance", labels.covariance, len(S))
    N, M = context_length("N", N), context_length("M", M)
    # S and Gamma share eigenvectors, and the theorem's three norms of a make a square: s^3 + 2 tr s^2 + tr^2
    # s.
    eigenvalues, vectors = np.linalg.eigh(S)
    gamma = np.diag(vectors.T @ zhang_gamma(S, N) @ vectors)
    test_term = np.sum(np.diag(vectors.T @ covariance @ vectors) * eigenvalues / gamma**2) / M
    bias = (vectors.T @ a) * (eigenvalues + eigenvalues.sum()) / (N * gamma)
    return float(
        nonnegative("labels.best_risk", labels.best_risk) + test_term + np.sum(eigenvalues * bias**2)
    )


def corollary_4_3(S: ArrayLike, N: float, M: float) -> float:
    """Upper bound on the mean risk for noiseless linear labels with T = I (Zhang et al. 2023, Corollary 4.3).

    (d+1) tr(S)/M + (1 + 2d + d^2 kappa) tr(S)/N^2 with kappa the condition number of S. Loose: show the exact
    risk too.

    Raises:
        ValueError: S not positive definite, or N or M not a count of at least 1.
    """
    S = definite_covariance("S", S)
    d, trace = len(S), float(np.trace(S))
    N, M = context_length("N", N), context_length("M", M)
    return (d + 1) * trace / M + (1 + 2 * d + d**2 * float(np.linalg.cond(S))) * trace / N**2
