"""Gradient flow when each prompt draws a diagonal covariance of i.i.d. eigenvalues, from three moments alone.

With T = I the curvature E[G_S U S] acts entry by entry: on the diagonal by D_N = (1+1/N) m3 + (m3 + (d-1) m1
m2 + noise_var m2)/N, off it by (1+1/N) m1 m2 + (2 m1 m2 + (d-2) m1^3 + noise_var m1^2)/N; the drive is m2 I.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import Array, context_length, dimension, nonnegative
from icl_core.theory.flow_limits import FlowLimit
from icl_core.theory.gradient_flow import FlowPath, initial_point, integrate
from icl_core.theory.random_covariance import SpectrumMoments, lsa_optimum_iid


def iid_curvature(moments: SpectrumMoments, d: int, noise_var: float, N: float) -> Array:
    """Factors [d, d] by which the curvature of the risk multiplies the entries of U; symmetric.

    Raises:
        ValueError: d or N not a count of at least 1, or noise_var < 0.
    """
    m1, m2, m3 = moments
    d, N, noise_var = dimension("d", d), context_length("N", N), nonnegative("noise_var", noise_var)
    across = (1 + 1 / N) * m1 * m2 + (2 * m1 * m2 + (d - 2) * m1**3 + noise_var * m1**2) / N
    along = (1 + 1 / N) * m3 + (m3 + (d - 1) * m1 * m2 + noise_var * m2) / N
    return np.where(np.eye(d, dtype=bool), along, across)


def gradient_flow_iid(
    moments: SpectrumMoments,
    d: int,
    N: float,
    times: ArrayLike,
    init_scale: float,
    theta_theta: ArrayLike,
    noise_var: float = 0.0,
) -> FlowPath:
    """`gradient_flow_random` for i.i.d. diagonal covariances with these moments and T = I, without sampling.

    Raises:
        ValueError: as `gradient_flow`, and as `iid_curvature`.
    """
    curvature = iid_curvature(moments, d, noise_var, N).ravel()
    drive = (moments.second * np.eye(d)).ravel()
    times, states, u = integrate(curvature, drive, initial_point(theta_theta, d).ravel(), init_scale, times)
    return FlowPath(times, states.reshape(-1, d, d), u)


def flow_limit_iid(moments: SpectrumMoments, d: int, N: float, noise_var: float = 0.0) -> FlowLimit:
    """The limit of that flow: A = a I, a of `lsa_optimum_iid`, balanced so that ||U||_F = u (Theorem 4.5)."""
    a = lsa_optimum_iid(moments, d, noise_var, N)
    u = math.sqrt(a * math.sqrt(d))
    return FlowLimit(a / u * np.eye(d), u)
