"""Where the gradient flow ends, and from which starts: Zhang, Frei and Bartlett (2023), Theorems 4.1, 4.5."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import (
    Array,
    context_length,
    covariance_stack,
    definite_covariance,
    second_moment,
)
from icl_core.theory.random_covariance import lsa_optimum_random
from icl_core.theory.risk import lsa_optimum, zhang_gamma


class FlowLimit(NamedTuple):
    """The limit of the flow: U [d, d], the block of W^KQ, and u, the entry of W^PV; A = u U^T."""

    U: Array
    u: float


def flow_limit(S: ArrayLike, N: float, T: ArrayLike | None = None, noise_var: float = 0.0) -> FlowLimit:
    """The limit for one covariance: u U^T = A*, balanced so that ||U||_F = u. T=None means I.

    For T = I without noise U = tr(Gamma^-2)^(-1/4) Gamma^-1 and u = tr(Gamma^-2)^(1/4), Theorem 4.1.

    Raises:
        ValueError: as `lsa_optimum`, or S = 0 or T = 0, for which the flow does not leave the saddle at 0.
    """
    S = second_moment("S", S)
    return _balanced(lsa_optimum(S, np.eye(len(S)) if T is None else T, noise_var, N))


def flow_limit_random(
    covariances: ArrayLike, N: float, T: ArrayLike | None = None, noise_var: float = 0.0
) -> FlowLimit:
    """The limit for random covariances [K, d, d]; for diagonal ones, T = I and no noise, that of Theorem 4.5.

    Raises:
        ValueError: as `lsa_optimum_random`, or covariances or T all 0.
    """
    covariances = covariance_stack("covariances", covariances)
    weights = np.eye(covariances.shape[-1]) if T is None else T
    return _balanced(lsa_optimum_random(covariances, weights, noise_var, N))


def max_init_scale(S: ArrayLike, N: float) -> float:
    """Theorem 4.1 holds for every init_scale below this: sqrt(2/(sqrt(d) ||Gamma||_op)).

    Sufficient, not necessary: the flow often reaches its minimum from larger ones too.

    Raises:
        ValueError: S not positive definite, or N not a count of at least 1.
    """
    S = definite_covariance("S", S)
    return math.sqrt(2 / (math.sqrt(len(S)) * float(np.linalg.norm(zhang_gamma(S, N), 2))))


def max_init_scale_random(covariances: ArrayLike, N: float, theta_theta: ArrayLike) -> float:
    """Theorem 4.5 holds for every init_scale below this; 0 where E[S] Theta = 0 and the theorem says nothing.

    The square root of 2 ||E[S] Theta||_F^2 / (sqrt(d) E[||Gamma_S||_op ||S||_F^2]).

    Raises:
        ValueError: covariances or theta_theta not positive semi-definite, covariances all 0, or a faulty N.
    """
    covariances = covariance_stack("covariances", covariances)
    d = covariances.shape[-1]
    theta_theta = second_moment("theta_theta", theta_theta, d)
    N = context_length("N", N)
    mean = covariances.mean(axis=0)
    # The largest eigenvalue of Gamma_S = (1+1/N) S + (tr(S)/N) I, prompt by prompt.
    gamma = (1 + 1 / N) * np.linalg.eigvalsh(covariances)[:, -1] + np.trace(covariances, axis1=1, axis2=2) / N
    size = float(np.mean(gamma * np.sum(covariances**2, axis=(1, 2))))
    if size == 0:
        raise ValueError("covariances must not all be zero.")
    return math.sqrt(2 * max(float(np.trace(mean @ theta_theta @ mean)), 0.0) / (math.sqrt(d) * size))


def _balanced(A: Array) -> FlowLimit:
    u = math.sqrt(float(np.linalg.norm(A)))
    if u == 0:
        raise ValueError("S and T must not be zero: the risk does not depend on the weights.")
    return FlowLimit(A.T / u, u)
