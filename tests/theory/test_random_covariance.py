import math

import numpy as np
import pytest

from icl_core.theory import (
    SpectrumMoments,
    lsa_optimum,
    lsa_optimum_iid,
    lsa_optimum_random,
    lsa_risk_iid,
)

EXPONENTIAL = SpectrumMoments(1, 2, 6)
T2 = np.array([[1.0, -0.3], [-0.3, 0.5]])
PAIR = np.array([[[2.0, 0.5], [0.5, 1.0]], [[1.0, 0.0], [0.0, 3.0]]])


def random_covariances(K, d, seed=0):
    roots = np.random.default_rng(seed).standard_normal((K, d, d + 2))
    return roots @ roots.swapaxes(1, 2) / d


@pytest.mark.parametrize(("N", "expected"), [(40, 0.2758620690), (70, 0.2978723404), (100, 0.3076923077)])
def test_optimum_for_exponential_eigenvalues(N, expected):
    assert lsa_optimum_iid(EXPONENTIAL, 20, 0.0, N) == pytest.approx(expected, abs=6e-11)


@pytest.mark.parametrize(("N", "expected"), [(40, 0.4482758621), (70, 0.4042553191), (100, 0.3846153846)])
def test_risk_for_exponential_eigenvalues(N, expected):
    a = lsa_optimum_iid(EXPONENTIAL, 20, 0.0, N)
    assert lsa_risk_iid(a, EXPONENTIAL, 20, 0.0, N) / 20 == pytest.approx(expected, abs=6e-11)


def test_risk_for_exponential_eigenvalues_at_scale_4():
    a = lsa_optimum_iid(EXPONENTIAL, 20, 0.0, 40)
    risk = lsa_risk_iid(a, EXPONENTIAL, 20, 0.0, 100, scale=4)
    assert risk / 20 == pytest.approx(18.0023781213, abs=6e-11)


@pytest.mark.parametrize(("scale", "expected"), [(1, 1 / 3), (4, 76 / 3), (9, 387)])
def test_error_that_no_amount_of_data_removes(scale, expected):
    a = lsa_optimum_iid(EXPONENTIAL, 20, 0.0, math.inf)
    assert a == pytest.approx(1 / 3, rel=1e-15)
    assert lsa_risk_iid(a, EXPONENTIAL, 20, 0.0, math.inf, scale) / 20 == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("d", "N", "M", "scale", "noise_var"),
    [(5, 30, 30, 1.0, 0.0), (5, 30, 10, 1.0, 0.5), (20, 40, 40, 1.0, 0.0), (20, 40, 100, 4.0, 0.0)],
)
def test_iid_risk_against_sampling(monte_carlo, d, N, M, scale, noise_var):
    B = 300_000 // d
    a = lsa_optimum_iid(EXPONENTIAL, d, noise_var, N)
    roots = np.sqrt(scale * monte_carlo.rng.exponential(size=(B, d)))
    weights = monte_carlo.gaussians(np.eye(d), B)
    X = monte_carlo.gaussians(np.eye(d), B, M) * roots[:, None, :]
    y = np.einsum("bmd,bd->bm", X, weights)
    y += np.sqrt(noise_var) * monte_carlo.rng.standard_normal((B, M))
    h = np.einsum("bmd,bm->bd", X, y) / M
    queries = monte_carlo.gaussians(np.eye(d), B) * roots
    errors = np.sum(queries * (a * h - weights), axis=1) ** 2
    monte_carlo.assert_mean(errors, lsa_risk_iid(a, EXPONENTIAL, d, noise_var, M, scale), 0.05)


def test_optimum_for_two_covariances(monte_carlo, lsa_errors, mean_risk):
    A = lsa_optimum_random(PAIR, T2, 0.3, 6)
    expected = [[0.4063459085, -0.0798911054], [-0.0804275344, 0.2214449931]]
    np.testing.assert_allclose(A, expected, atol=6e-11)
    errors = np.concatenate(
        [
            lsa_errors(A, monte_carlo.prompts(100_000, 6, S, monte_carlo.gaussians(T2, 100_000), 0.3))
            for S in PAIR
        ]
    )
    monte_carlo.assert_mean(errors, mean_risk(A, PAIR, T2, 0.3, 6))


@pytest.mark.parametrize("N", [4, math.inf])
def test_random_optimum_has_zero_gradient_and_beats_perturbations(N, mean_risk):
    rng = np.random.default_rng(5)
    covariances, T = random_covariances(7, 3), random_covariances(1, 3, seed=1)[0]
    A = lsa_optimum_random(covariances, T, 0.3, N)
    least = mean_risk(A, covariances, T, 0.3, N)
    assert least == pytest.approx(
        np.mean([np.trace(S @ T) - np.trace(A.T @ S @ T @ S) for S in covariances]), rel=1e-12
    )
    for direction in rng.standard_normal((20, 3, 3)):
        above = mean_risk(A + 1e-3 * direction, covariances, T, 0.3, N)
        below = mean_risk(A - 1e-3 * direction, covariances, T, 0.3, N)
        assert min(above, below) > least
        assert above == pytest.approx(below, abs=1e-12)  # zero gradient of a quadratic


def test_one_covariance_is_the_fixed_case():
    S, T = random_covariances(2, 20)
    np.testing.assert_allclose(lsa_optimum_random(S[None], T, 0.3, 30), lsa_optimum(S, T, 0.3, 30), rtol=1e-6)


def test_singular_covariances_reach_the_least_risk():
    """Rank-one covariances in a shared plane: A is free outside it, and the optimum stays in it."""
    covariances = np.array([np.diag([1.0, 0.0, 0.0]), np.diag([0.0, 2.0, 0.0])])
    A = lsa_optimum_random(covariances, np.eye(3), 0.0, 10)
    np.testing.assert_allclose(A, np.diag([1 / 1.2, 1 / 2.4, 0.0]), atol=1e-13)


def test_iid_formula_is_the_limit_of_many_covariances():
    covariances = np.array([np.diag(s) for s in np.random.default_rng(0).exponential(size=(100_000, 3))])
    A = lsa_optimum_random(covariances, np.eye(3), 0.2, 15)
    np.testing.assert_allclose(A, lsa_optimum_iid(EXPONENTIAL, 3, 0.2, 15) * np.eye(3), atol=6e-3)


def test_faulty_arguments_are_named():
    with pytest.raises(ValueError, match="covariances must have shape"):
        lsa_optimum_random(T2, T2, 0.0, 6)
    with pytest.raises(ValueError, match="covariances must be square"):
        lsa_optimum_random(np.ones((3, 2, 1)), T2, 0.0, 6)
    with pytest.raises(ValueError, match="moments must be three positive"):
        lsa_optimum_iid(SpectrumMoments(1, 0, 6), 20, 0.0, 40)
    with pytest.raises(ValueError, match="scale must be"):
        lsa_risk_iid(0.3, EXPONENTIAL, 20, 0.0, 40, scale=0)
