"""Least squares and ridge averaged over contexts: closed forms and fits to sampled prompts agree."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from icl_core import theory
from icl_core.evaluation.averaged_baselines import min_norm_risks, ridge_risks

S = np.array([[1.5, 0.4, 0.0], [0.4, 1.0, 0.2], [0.0, 0.2, 0.5]])
T = np.array([[1.0, -0.2, 0.1], [-0.2, 0.7, 0.0], [0.1, 0.0, 1.3]])
Q = np.diag([1.0, 2.0, 0.5])


def close(average, expected, index=0):
    assert average.error[index] < 0.05 * expected
    assert abs(average.mean[index] - expected) < 4 * average.error[index]


@pytest.mark.parametrize("M", [5, 10])
def test_isotropic_min_norm_is_the_closed_form(M):
    d = 20
    average = min_norm_risks(np.eye(d), np.eye(d), np.eye(d), 0.25, np.array([M]))
    close(average, theory.min_norm_risk(d, np.eye(d), 0.25, M))


def test_almost_no_penalty_is_least_squares():
    average = ridge_risks(S, T, Q, 0.5, 1e-9, np.array([12, 40]))
    close(average, theory.ols_risk(S, 0.5, 12, Q), 0)
    close(average, theory.ols_risk(S, 0.5, 40, Q), 1)


def test_a_huge_penalty_predicts_zero():
    average = ridge_risks(S, T, Q, 0.5, 1e12, np.array([4]))
    assert average.mean[0] == pytest.approx(np.trace(Q @ T), rel=1e-6)


def sampled(predict_weights, M, noise_var, prompts=1500):
    """Mean risk over sampled prompts, the query integrated out, and its standard error."""
    rng = np.random.default_rng(1)
    root, task_root = np.linalg.cholesky(S), np.linalg.cholesky(T)
    risks = []
    for _ in range(prompts):
        X = rng.standard_normal((M, 3)) @ root.T
        w = task_root @ rng.standard_normal(3)
        y = X @ w + np.sqrt(noise_var) * rng.standard_normal(M)
        miss = predict_weights(X, y) - w
        risks.append(miss @ Q @ miss)
    return float(np.mean(risks)), float(np.std(risks) / np.sqrt(prompts))


@pytest.mark.parametrize("M", [2, 6])
def test_ridge_against_scikit_learn(M):
    ridge = Ridge(alpha=0.8, fit_intercept=False)
    mean, error = sampled(lambda X, y: ridge.fit(X, y).coef_, M, 0.5)
    average = ridge_risks(S, T, Q, 0.5, 0.8, np.array([M]))
    assert abs(average.mean[0] - mean) < 4 * np.hypot(error, average.error[0])


def test_anisotropic_min_norm_against_fits():
    mean, error = sampled(lambda X, y: np.linalg.lstsq(X, y, rcond=None)[0], 2, 0.0)
    average = min_norm_risks(S, T, Q, 0.0, np.array([2]))
    assert abs(average.mean[0] - mean) < 4 * np.hypot(error, average.error[0])


def test_draws_are_the_same_for_every_noise():
    quiet = ridge_risks(S, T, Q, 0.5, 0.8, np.array([4, 9]))
    alone = ridge_risks(S, T, Q, 0.5, 0.8, np.array([9]))
    assert quiet.mean[1] == alone.mean[0]


@pytest.mark.parametrize("M", [1, 2, 3, 6])
def test_noise_that_vanishes_ends_in_its_limit(M):
    """With the penalty that the noise calls for: at no size is there a jump, and a singular S has it too."""
    for covariance in (S, np.diag([2.0, 1.0, 0.0])):
        limit = min_norm_risks(covariance, T, Q, 0.0, np.array([M])).mean[0]
        lengths, sizes = np.array([M]), 10.0 ** np.arange(-30, -8)
        noisy = [ridge_risks(covariance, T, Q, size, size, lengths).mean[0] for size in sizes]
        np.testing.assert_allclose(noisy, limit, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(noisy[:16], limit, rtol=1e-6, atol=1e-8)


def test_the_isotropic_half_with_almost_no_noise():
    """Half of the inputs seen, so half of the error left: .5, where rounding once made .477 of it."""
    identity = np.eye(8)
    for variance in (1e-18, 1e-16, 1e-14, 1e-12):
        risk = ridge_risks(identity, identity, identity, variance, variance, np.array([4]))
        assert risk.mean[0] / 8 == pytest.approx(0.5, abs=1e-6)
