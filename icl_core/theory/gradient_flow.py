"""Gradient flow of the linear self-attention layer on its population loss, half the risk.

Of the layer's matrices W^KQ and W^PV only the block U [d, d] and the entry u ever move from the
initialisation of Zhang, Frei and Bartlett (2023, Assumption 3.3), U(0) = s Theta Theta^T and u(0) = s; the
prediction is x_q^T A h with A = u U^T (their Lemma 5.2). With K the curvature and c the drive, both acting on
vec(U), the flow is

    dU/dt = -u (u K U - c),   du/dt = -<U, u K U - c>,   K U = E[G U Q],   c = E[S T Q],

and ||U||_F^2 - u^2 is conserved. In the eigenbasis of K the entries of U are coupled through u alone.
Time is learning rate times steps for plain SGD on half the squared error.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from icl_core.theory.arguments import (
    Array,
    context_length,
    covariance_stack,
    finite_array,
    nonnegative,
    positive,
    second_moment,
)
from icl_core.theory.random_covariance import mean_kronecker
from icl_core.theory.risk import context_second_moment, context_second_moments

# Tight enough that the conserved quantity drifts by less than 1e-9 at d = 20, at no cost in time.
_TOLERANCE = 1e-12


class FlowPath(NamedTuple):
    """A trajectory: times [t], U [t, d, d] and u [t]."""

    times: Array
    U: Array
    u: Array

    @property
    def A(self) -> Array:
        """The prediction matrix u U^T at each time: [t, d, d]."""
        return self.u[:, None, None] * self.U.swapaxes(1, 2)

    @property
    def balance(self) -> Array:
        """||U||_F^2 - u^2 at each time, conserved by the exact flow: [t]."""
        return np.sum(self.U**2, axis=(1, 2)) - self.u**2


def gradient_flow(
    S: ArrayLike,
    N: float,
    times: ArrayLike,
    init_scale: float,
    theta_theta: ArrayLike,
    T: ArrayLike | None = None,
    noise_var: float = 0.0,
    Q: ArrayLike | None = None,
) -> FlowPath:
    """Weights at the given times for one covariance S [d, d] and training prompts of N pairs.

    `times` [t] increase, from 0 or later. The flow starts at U = init_scale Theta Theta^T, u = init_scale;
    the paper takes ||Theta Theta^T||_F = 1. T=None means I, Q=None means S.

    Raises:
        ValueError: times not as said, init_scale <= 0, a matrix of the wrong shape or not positive
            semi-definite, noise_var < 0, or N not a count of at least 1.
    """
    S = second_moment("S", S)
    d = len(S)
    T = np.eye(d) if T is None else second_moment("T", T, d)
    Q = S if Q is None else second_moment("Q", Q, d)
    # K = G (x) Q: its eigenbasis is that of G on the left of U and that of Q on the right.
    left, left_vectors = np.linalg.eigh(context_second_moment(S, T, noise_var, N))
    right, right_vectors = np.linalg.eigh(Q)
    curvature = np.outer(left, right).ravel()
    drive = (left_vectors.T @ S @ T @ Q @ right_vectors).ravel()
    start = (left_vectors.T @ initial_point(theta_theta, d) @ right_vectors).ravel()
    times, rotated, u = integrate(curvature, drive, start, init_scale, times)
    return FlowPath(times, left_vectors @ rotated.reshape(-1, d, d) @ right_vectors.T, u)


def gradient_flow_random(
    covariances: ArrayLike,
    N: float,
    times: ArrayLike,
    init_scale: float,
    theta_theta: ArrayLike,
    T: ArrayLike | None = None,
    noise_var: float = 0.0,
) -> FlowPath:
    """The flow when each prompt draws one of equally likely covariances [K, d, d], which its query shares.

    The setting of Zhang et al. (2023), Theorem 4.5; the other arguments and errors as in `gradient_flow`.
    """
    covariances = covariance_stack("covariances", covariances)
    d = covariances.shape[-1]
    T = np.eye(d) if T is None else second_moment("T", T, d)
    G = context_second_moments(covariances, T, nonnegative("noise_var", noise_var), context_length("N", N))
    curvature, vectors = np.linalg.eigh(mean_kronecker(G, covariances))
    drive = vectors.T @ np.mean(covariances @ T @ covariances, axis=0).ravel()
    start = vectors.T @ initial_point(theta_theta, d).ravel()
    times, rotated, u = integrate(curvature, drive, start, init_scale, times)
    return FlowPath(times, (rotated @ vectors.T).reshape(-1, d, d), u)


def initial_point(theta_theta: ArrayLike, d: int) -> Array:
    matrix = second_moment("theta_theta", theta_theta, d)
    if not matrix.any():
        raise ValueError("theta_theta must not be zero: Assumption 3.3 scales it to Frobenius norm 1.")
    return matrix


def integrate(
    curvature: Array, drive: Array, start: Array, init_scale: float, times: ArrayLike
) -> tuple[Array, Array, Array]:
    """Times [t], vec(U) [t, d*d] in the curvature's eigenbasis, and u [t], from init_scale * (start, 1)."""
    init_scale = positive("init_scale", init_scale)
    times = finite_array("times", times, (None,))
    if times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError("times must increase and start at 0 or later.")
    initial = init_scale * np.append(start, 1.0)

    def velocity(_: float, state: Array) -> Array:
        v, u = state[:-1], state[-1]
        residual = u * curvature * v - drive
        return np.append(-u * residual, -v @ residual)

    def jacobian(_: float, state: Array) -> Array:
        v, u = state[:-1], state[-1]
        matrix = np.diag(np.append(-(u**2) * curvature, -np.sum(curvature * v**2)))
        matrix[:-1, -1] = matrix[-1, :-1] = drive - 2 * u * curvature * v
        return matrix

    if times[-1] == 0:
        states = initial[None]
    else:
        solution = solve_ivp(
            velocity,
            (0.0, times[-1]),
            initial,
            method="LSODA",
            t_eval=times,
            jac=jacobian,
            rtol=_TOLERANCE,
            atol=_TOLERANCE * init_scale,
        )
        if not solution.success:
            raise ValueError(
                f"The flow could not be followed to the last of times, {times[-1]:g}: {solution.message}"
            )
        states = solution.y.T
    return times, states[:, :-1], states[:, -1]
