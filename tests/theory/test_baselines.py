import math

import numpy as np
import pytest

from icl_core.theory import least_squares_risks, min_norm_risk, ols_risk, ridge_asymptotic

S2 = np.array([[2.0, 0.5], [0.5, 1.0]])
T2 = np.array([[1.0, -0.3], [-0.3, 0.5]])
Q2 = np.array([[1.0, 0.2], [0.2, 3.0]])


def test_least_squares_in_20_dimensions(monte_carlo, ols_errors):
    eye = np.eye(20)
    assert ols_risk(eye, 0.25, 40) == pytest.approx(0.2631578947, abs=6e-11)
    prompts = monte_carlo.prompts(4_000, 40, eye, monte_carlo.gaussians(eye, 4_000), 0.25)
    monte_carlo.assert_mean(ols_errors(prompts), 0.2631578947)


def test_least_squares_of_the_2x2_case(monte_carlo, ols_errors):
    assert ols_risk(S2, 0.3, 6, Q2) == pytest.approx(0.3885714286, abs=6e-11)
    prompts = monte_carlo.prompts(50_000, 6, S2, monte_carlo.gaussians(T2, 50_000), 0.3, Q2)
    monte_carlo.assert_mean(ols_errors(prompts), 0.3885714286)


def test_least_squares_at_the_edge():
    assert ols_risk(S2, 0.0, 2) == 0
    assert ols_risk(S2, 0.3, 2) == math.inf
    assert ols_risk(S2, 0.3, 3) == math.inf
    assert ols_risk(S2, 0.3, 4) == pytest.approx(0.6)
    assert ols_risk(S2, 0.3, math.inf) == 0
    with pytest.raises(ValueError, match="M must be at least the rank 2"):
        ols_risk(S2, 0.3, 1)


def test_least_squares_in_a_subspace(monte_carlo, ols_errors):
    S = np.diag([2.0, 1.0, 0.0])
    expected = ols_risk(S, 0.3, 7)
    assert expected == pytest.approx(0.3 * 2 / 4)
    prompts = monte_carlo.prompts(50_000, 7, S, np.array([1.0, -1.0, 3.0]), 0.3)
    monte_carlo.assert_mean(ols_errors(prompts), expected)
    with pytest.raises(ValueError, match="Q must lie in the span of S"):
        ols_risk(S, 0.3, 7, np.eye(3))


def test_least_squares_with_a_covariance_of_large_condition():
    assert ols_risk([[1, 2], [2, 4.0000001]], 0.25, 10) == pytest.approx(0.0714285714, abs=6e-11)
    for distance in 10.0 ** -np.arange(2, 13):  # the risk for Q = S knows the rank alone
        S = np.array([[1, 1], [1, 1 + distance]])
        assert ols_risk(S, 0.25, 10, S) == pytest.approx(0.25 * 2 / 7, rel=1e-12)
        assert ols_risk(S, 0.25, 10, 4 * S) == pytest.approx(0.25 * 8 / 7, rel=1e-15 / distance)


@pytest.mark.parametrize(("noise_var", "expected"), [(0.0, 10.0), (0.25, 10.2777777778)])
def test_minimum_norm_in_20_dimensions(monte_carlo, ols_errors, noise_var, expected):
    eye = np.eye(20)
    assert min_norm_risk(20, eye, noise_var, 10) == pytest.approx(expected, abs=6e-11)
    prompts = monte_carlo.prompts(6_000, 10, eye, monte_carlo.gaussians(eye, 6_000), noise_var)
    monte_carlo.assert_mean(ols_errors(prompts), expected)


def test_minimum_norm_with_any_moments(monte_carlo, ols_errors):
    T, Q = np.diag([1.0, 2.0, 3.0]), np.diag([3.0, 1.0, 0.5])
    expected = min_norm_risk(3, T, 0.5, 1, scale=2.0, Q=Q)
    assert expected == pytest.approx(5.2083333333, abs=6e-11)
    prompts = monte_carlo.prompts(100_000, 1, 2 * np.eye(3), monte_carlo.gaussians(T, 100_000), 0.5, Q)
    monte_carlo.assert_mean(ols_errors(prompts), expected)


def test_minimum_norm_with_full_matrices(monte_carlo, ols_errors):
    rng = np.random.default_rng(4)
    T, Q = (root @ root.T / 6 for root in rng.standard_normal((2, 6, 6)))
    prompts = monte_carlo.prompts(30_000, 3, 2 * np.eye(6), monte_carlo.gaussians(T, 30_000), 0.5, Q)
    monte_carlo.assert_mean(ols_errors(prompts), min_norm_risk(6, T, 0.5, 3, scale=2.0, Q=Q))


def test_minimum_norm_at_every_length():
    eye = np.eye(6)
    assert [min_norm_risk(6, eye, 0.0, M) for M in range(9)] == pytest.approx([6, 5, 4, 3, 2, 1, 0, 0, 0])
    noisy = [min_norm_risk(6, eye, 0.5, M) for M in range(10)]
    assert [M for M in range(10) if math.isinf(noisy[M])] == [5, 6, 7]
    assert noisy[8] == ols_risk(eye, 0.5, 8)
    assert min_norm_risk(1, [[2.0]], 0.5, 0, scale=3.0) == 6


@pytest.mark.parametrize(("M", "expected"), [(40, 0.2439741537), (20, 2.1145591084), (10, 10.2383594882)])
def test_ridge_limit(M, expected):
    assert ridge_asymptotic(20, 0.25, M) == pytest.approx(expected, abs=6e-11)


@pytest.mark.parametrize("M", [240, 480, 960])
def test_ridge_limit_against_a_large_design(M):
    """E_X tr[(X^T X/noise_var + I/weight_var)^-1] concentrates: one design of d = 480 is enough."""
    d, noise_var, weight_var = 480, 60.0, 2.0
    X = np.random.default_rng(0).standard_normal((M, d))
    risk = np.sum(1 / (np.linalg.eigvalsh(X.T @ X) / noise_var + 1 / weight_var))
    assert ridge_asymptotic(d, noise_var, M, weight_var) == pytest.approx(risk, rel=0.01)


def test_ridge_limit_is_off_at_20_dimensions():
    """The printed gap of 8 per cent at M = d, from the exact trace over designs."""
    X = np.random.default_rng(0).standard_normal((1_000, 20, 20))
    exact = np.mean(np.sum(1 / (np.linalg.eigvalsh(X.swapaxes(1, 2) @ X) / 0.25 + 1), axis=1))
    assert exact == pytest.approx(2.286885, rel=0.02)
    assert 0.05 < 1 - ridge_asymptotic(20, 0.25, 20) / exact < 0.10


def test_ridge_limit_without_noise_or_data():
    assert [ridge_asymptotic(20, 0.0, M, 3.0) for M in (0, 5, 20, 30)] == pytest.approx(
        [60, 45, 0, 0], abs=1e-12
    )
    assert ridge_asymptotic(20, 0.25, math.inf) == 0
    assert ridge_asymptotic(20, 0.25, 10**9) == pytest.approx(ols_risk(np.eye(20), 0.25, 10**9), rel=1e-6)


def test_faulty_arguments_are_named():
    with pytest.raises(ValueError, match="d must be a whole number"):
        min_norm_risk(0, np.eye(1), 0.0, 3)
    with pytest.raises(ValueError, match="scale must be"):
        min_norm_risk(2, T2, 0.0, 1, scale=-1.0)
    with pytest.raises(ValueError, match="weight_var must be"):
        ridge_asymptotic(20, 0.25, 10, weight_var=0.0)


@pytest.mark.parametrize("noise_var", [0.0, 0.3])
def test_least_squares_at_many_lengths(noise_var):
    lengths = [0, 1, 2, 3, 4, 5, 9]
    T, Q = np.diag([1.0, 2.0, 3.0]), np.diag([3.0, 1.0, 0.5])
    isotropic = [min_norm_risk(3, T, noise_var, M, 2.0, Q) for M in lengths]
    np.testing.assert_allclose(
        least_squares_risks(2 * np.eye(3), T, noise_var, lengths, Q), isotropic, rtol=1e-12
    )
    found = least_squares_risks(S2, T2, noise_var, lengths, Q2)
    assert np.isnan(found[:2]).all()
    np.testing.assert_allclose(found[2:], [ols_risk(S2, noise_var, M, Q2) for M in lengths[2:]], rtol=1e-12)
    assert np.isnan(least_squares_risks(np.diag([1.0, 0.0]), T2, noise_var, lengths)).all()
