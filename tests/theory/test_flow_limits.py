import math

import numpy as np
import pytest

from icl_core.theory import (
    flow_limit,
    flow_limit_random,
    gradient_flow,
    gradient_flow_random,
    lsa_optimum,
    lsa_optimum_random,
    max_init_scale,
    max_init_scale_random,
    zhang_gamma,
)

DIAGONAL = np.diag([2.0, 1.0, 0.5, 0.1])


def random_setting(seed, d=4):
    """A rotated covariance, a training length and an admissible initialisation."""
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.standard_normal((d, d)))[0]
    S = rotation * rng.uniform(0.2, 2.0, d) @ rotation.T
    theta = rng.standard_normal((d, d))
    N = int(rng.integers(5, 60))
    S = (S + S.T) / 2
    return (
        S,
        N,
        rng.uniform(0.2, 0.95) * max_init_scale(S, N),
        theta @ theta.T / np.linalg.norm(theta @ theta.T),
    )


def test_known_limit():
    limit = flow_limit(DIAGONAL, 20)
    assert limit.u == pytest.approx(1.9737632496, abs=6e-11)
    expected = [0.2222133234, 0.4119076238, 0.7186473437, 1.7777065869]
    np.testing.assert_allclose(limit.U, np.diag(expected), atol=6e-11)
    gamma = zhang_gamma(DIAGONAL, 20)
    assert limit.u == pytest.approx(np.trace(np.linalg.inv(gamma @ gamma)) ** 0.25, rel=1e-14)


@pytest.mark.parametrize("seed", range(8))
def test_flow_reaches_the_limit_of_theorem_4_1(seed):
    S, N, init_scale, theta_theta = random_setting(seed)
    path = gradient_flow(S, N, [1e4], init_scale, theta_theta)
    limit = flow_limit(S, N)
    np.testing.assert_allclose(path.U[0], limit.U, atol=1e-8)
    assert path.u[0] == pytest.approx(limit.u, abs=1e-8)
    np.testing.assert_allclose(limit.u * limit.U, np.linalg.inv(zhang_gamma(S, N)), rtol=1e-11)


def test_flow_reaches_the_limit_with_noise_and_task_moment():
    S, N, init_scale, theta_theta = random_setting(100)
    T = random_setting(101)[0]
    path = gradient_flow(S, N, [1e4], init_scale, theta_theta, T, 0.5)
    limit = flow_limit(S, N, T, 0.5)
    np.testing.assert_allclose(limit.u * limit.U.T, lsa_optimum(S, T, 0.5, N), rtol=1e-12)
    np.testing.assert_allclose(path.U[0], limit.U, atol=1e-8)


def test_flow_reaches_the_limit_of_theorem_4_5():
    rng = np.random.default_rng(0)
    d, N = 4, 15
    spectra = rng.exponential(size=(200, d))
    covariances = np.array([np.diag(s) for s in spectra])
    theta_theta = np.eye(d) / math.sqrt(d)
    init_scale = 0.9 * max_init_scale_random(covariances, N, theta_theta)
    path = gradient_flow_random(covariances, N, [1e3], init_scale, theta_theta)
    limit = flow_limit_random(covariances, N)
    np.testing.assert_allclose(path.U[0], limit.U, atol=1e-8)
    assert path.u[0] == pytest.approx(limit.u, abs=1e-8)
    assert abs(path.balance[0]) < 1e-9
    # The paper's form: u U = E[Gamma S^2]^-1 E[S^2].
    gammas = np.array([zhang_gamma(S, N) for S in covariances])
    expected = np.linalg.solve(np.mean(gammas @ covariances**2, axis=0), np.mean(covariances**2, axis=0))
    np.testing.assert_allclose(limit.u * limit.U, expected, atol=1e-13)


def test_random_limit_of_full_covariances():
    covariances = np.array([random_setting(seed)[0] for seed in range(5)])
    T = random_setting(9)[0]
    limit = flow_limit_random(covariances, 12, T, 0.3)
    np.testing.assert_allclose(limit.u * limit.U.T, lsa_optimum_random(covariances, T, 0.3, 12), rtol=1e-12)
    path = gradient_flow_random(covariances, 12, [1e4], 0.1, np.eye(4) / 2, T, 0.3)
    np.testing.assert_allclose(path.U[0], limit.U, atol=1e-8)


def test_admissible_initialisation():
    bound = max_init_scale(DIAGONAL, 20)
    assert bound**2 * 2.28 * math.sqrt(4) == pytest.approx(2, rel=1e-14)
    # One covariance: ||S Theta||_F^2 / (||Gamma||_op ||S||_F^2) takes the place of 1/||Gamma||_op.
    theta_theta = np.eye(4) / 2
    ratio = np.trace(DIAGONAL @ theta_theta @ DIAGONAL) / np.trace(DIAGONAL @ DIAGONAL)
    assert max_init_scale_random(DIAGONAL[None], 20, theta_theta) == pytest.approx(bound * math.sqrt(ratio))


def test_no_initialisation_is_admissible_outside_the_span():
    covariances = np.diag([1.0, 0.0])[None]
    assert max_init_scale_random(covariances, 20, np.diag([0.0, 1.0])) == 0


def test_faulty_arguments_are_named():
    with pytest.raises(ValueError, match="S and T must not be zero"):
        flow_limit(np.zeros((2, 2)), 20)
    with pytest.raises(ValueError, match="covariances must not all be zero"):
        max_init_scale_random(np.zeros((1, 2, 2)), 20, np.eye(2))
