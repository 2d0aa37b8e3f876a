"""The gradient flow solved exactly for isotropic data: S = eigenvalue I, T = I, Theta Theta^T = I/sqrt(d).

z = u^2 follows the logistic equation dz/dt = 2 eigenvalue^2 z (sqrt(d) - gamma z), with
gamma = eigenvalue (1 + (d+1)/N) + noise_var/N, and A(t) = z(t)/sqrt(d) I: a plateau, then one sigmoidal drop.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import Array, context_length, dimension, nonnegative, positive


class _Logistic(NamedTuple):
    """a(t) = limit/(1 + lag exp(-rate t))."""

    limit: float
    lag: float
    rate: float


def flow_logistic(
    times: ArrayLike, d: int, N: float, init_scale: float, eigenvalue: float = 1.0, noise_var: float = 0.0
) -> Array:
    """a(t) with A(t) = a(t) I, at times of any shape (infinity is allowed), from u(0) = init_scale.

    Raises:
        ValueError: negative times, d or N not a count of at least 1, init_scale or eigenvalue <= 0, or
            noise_var < 0.
    """
    times = np.asarray(times, dtype=np.float64)
    if not np.all(times >= 0):
        raise ValueError("times must be at least 0.")
    limit, lag, rate = _logistic(d, N, init_scale, eigenvalue, noise_var)
    return limit / (1 + lag * np.exp(-rate * times))


def flow_half_time(
    d: int, N: float, init_scale: float, eigenvalue: float = 1.0, noise_var: float = 0.0
) -> float:
    """The time at which a(t) passes half its limit; 0 where it starts at or above the half.

    Raises:
        ValueError: as `flow_logistic`.
    """
    _, lag, rate = _logistic(d, N, init_scale, eigenvalue, noise_var)
    return math.log(max(lag, 1.0)) / rate


def _logistic(d: int, N: float, init_scale: float, eigenvalue: float, noise_var: float) -> _Logistic:
    d, N = dimension("d", d), context_length("N", N)
    eigenvalue = positive("eigenvalue", eigenvalue)
    gamma = eigenvalue * (1 + (d + 1) / N) + nonnegative("noise_var", noise_var) / N
    lag = math.sqrt(d) / (gamma * positive("init_scale", init_scale) ** 2) - 1
    return _Logistic(limit=1 / gamma, lag=lag, rate=2 * eigenvalue**2 * math.sqrt(d))
