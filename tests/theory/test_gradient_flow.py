import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from icl_core.theory import (
    flow_half_time,
    flow_limit,
    flow_logistic,
    gradient_flow,
    gradient_flow_random,
    lsa_risk,
    max_init_scale,
)


def positive_matrices(count, d, seed=0):
    roots = np.random.default_rng(seed).standard_normal((count, d, d + 2))
    return roots @ roots.swapaxes(1, 2) / d


def unit_norm(matrix):
    return matrix / np.linalg.norm(matrix)


def numerical_flow(risk, init_scale, theta_theta, times):
    """The flow by definition: half the risk, quadratic along each axis, differentiated numerically."""
    d = len(theta_theta)

    def loss(state):
        return risk(state[-1] * state[:-1].reshape(d, d).T) / 2

    def velocity(_, state):
        step = 1e-3
        axes = step * np.eye(len(state))
        difference = [loss(state + axis) - loss(state - axis) for axis in axes]
        return -np.array(difference) / (2 * step)

    start = init_scale * np.append(theta_theta.ravel(), 1.0)
    states = solve_ivp(velocity, (0, times[-1]), start, "DOP853", t_eval=times, rtol=1e-9, atol=1e-10).y.T
    return states[:, :-1].reshape(-1, d, d), states[:, -1]


def test_known_trajectory():
    S, theta_theta = np.diag([2.0, 0.5]), np.eye(2) / math.sqrt(2)
    path = gradient_flow(S, 10, [0.0, 1.0, 500.0], 0.1, theta_theta)
    np.testing.assert_allclose(path.U[0], 0.1 * theta_theta, rtol=1e-14)
    at_one = (path.u[1], path.U[1, 0, 0], path.U[1, 1, 1], lsa_risk(path.A[1], S, np.eye(2), 0.0, 10))
    assert at_one == pytest.approx((0.6471956806, 0.6243676848, 0.1703738335, 0.8148087683), abs=1e-9)
    at_end = (path.u[2], path.U[2, 0, 0], path.U[2, 1, 1], lsa_risk(path.A[2], S, np.eye(2), 0.0, 10))
    assert at_end == pytest.approx((1.1467133144, 0.3559418559, 1.0900719337, 0.5548469388), abs=1e-9)


def test_agrees_with_the_logistic_solution():
    d, N, times = 5, 20, np.linspace(0, 4, 50)
    for eigenvalue, noise_var in ((1.0, 0.0), (1.7, 0.6)):
        path = gradient_flow(
            eigenvalue * np.eye(d), N, times, 0.1, np.eye(d) / math.sqrt(d), noise_var=noise_var
        )
        exact = flow_logistic(times, d, N, 0.1, eigenvalue, noise_var)
        np.testing.assert_allclose(path.A, exact[:, None, None] * np.eye(d), atol=2e-10)


def test_logistic_solution():
    values = flow_logistic([1, 2, math.inf], 5, 20, 0.1)
    assert values == pytest.approx([0.2604582913, 0.7524414092, 0.7692307692], abs=6e-11)
    half_time = flow_half_time(5, 20, 0.1)
    assert half_time == pytest.approx(1.1497177606, abs=6e-11)
    assert flow_logistic(half_time, 5, 20, 0.1) == pytest.approx(values[2] / 2, rel=1e-14)
    assert flow_half_time(5, 20, 10.0) == 0
    with pytest.raises(ValueError, match="times must be at least 0"):
        flow_logistic([-1.0], 5, 20, 0.1)


def test_follows_the_numerical_gradient_for_any_moments():
    S, T, Q = positive_matrices(3, 3)
    theta_theta = unit_norm(positive_matrices(1, 3, seed=9)[0])
    times = np.array([0.2, 1.0, 3.0])
    path = gradient_flow(S, 6, times, 0.2, theta_theta, T, 0.3, Q)
    U, u = numerical_flow(lambda A: lsa_risk(A, S, T, 0.3, 6, Q), 0.2, theta_theta, times)
    np.testing.assert_allclose(path.U, U, atol=1e-6)
    np.testing.assert_allclose(path.u, u, atol=1e-6)


def test_random_flow_follows_the_numerical_gradient(mean_risk):
    covariances, T = positive_matrices(4, 3), positive_matrices(1, 3, seed=8)[0]
    theta_theta = unit_norm(positive_matrices(1, 3, seed=9)[0])
    times = np.array([0.2, 1.0])
    path = gradient_flow_random(covariances, 6, times, 0.2, theta_theta, T, 0.3)
    U, u = numerical_flow(lambda A: mean_risk(A, covariances, T, 0.3, 6), 0.2, theta_theta, times)
    np.testing.assert_allclose(path.U, U, atol=1e-6)
    np.testing.assert_allclose(path.u, u, atol=1e-6)


def test_random_flow_with_one_covariance_is_the_fixed_flow():
    S, T = positive_matrices(2, 4)
    theta_theta = unit_norm(positive_matrices(1, 4, seed=9)[0])
    times = np.linspace(0, 5, 20)
    fixed = gradient_flow(S, 9, times, 0.2, theta_theta, T, 0.3)
    random = gradient_flow_random(np.stack([S, S]), 9, times, 0.2, theta_theta, T, 0.3)
    np.testing.assert_allclose(random.U, fixed.U, atol=1e-9)
    np.testing.assert_allclose(random.u, fixed.u, atol=1e-9)


@pytest.mark.parametrize("spectrum", [np.ones(20), np.arange(1, 21) ** -1.0, 12.5 * np.arange(1, 21) ** -2.0])
def test_balance_is_conserved_and_risk_falls_at_d_20(spectrum):
    rotation = np.linalg.qr(np.random.default_rng(2).standard_normal((20, 20)))[0]
    S = rotation * spectrum @ rotation.T
    S = (S + S.T) / 2
    theta_theta = unit_norm(positive_matrices(1, 20)[0])
    times = np.append(0, np.geomspace(0.01, 1e5, 60))
    path = gradient_flow(S, 40, times, 0.5 * max_init_scale(S, 40), theta_theta)
    assert np.abs(path.balance).max() < 1e-9
    risks = np.array([lsa_risk(A, S, np.eye(20), 0.0, 40) for A in path.A])
    assert np.all(np.diff(risks) < 1e-11)
    limit = flow_limit(S, 40)
    np.testing.assert_allclose(path.U[-1], limit.U, atol=1e-8)
    assert path.u[-1] == pytest.approx(limit.u, abs=1e-8)


def test_a_single_time_at_the_start():
    path = gradient_flow(np.eye(2), 10, [0.0], 0.3, np.eye(2))
    np.testing.assert_allclose(path.U, [0.3 * np.eye(2)])
    assert path.u == pytest.approx([0.3])
    assert path.balance == pytest.approx([0.09])


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"times": [1.0, 1.0]}, "times must increase"),
        ({"times": [-1.0, 1.0]}, "times must increase"),
        ({"times": []}, "times must have shape"),
        ({"times": [0.0, math.inf]}, "times must hold finite"),
        ({"init_scale": 0.0}, "init_scale"),
        ({"theta_theta": np.zeros((2, 2))}, "theta_theta must not be zero"),
        ({"theta_theta": np.eye(3)}, "theta_theta must have shape"),
        ({"N": 0}, "N must be"),
        ({"noise_var": -1.0}, "noise_var"),
    ],
)
def test_faulty_arguments_are_named(changed, named):
    arguments = {"N": 10, "times": [0.0, 1.0], "init_scale": 0.1, "theta_theta": np.eye(2)}
    with pytest.raises(ValueError, match=named):
        gradient_flow(np.eye(2), **(arguments | changed))
