import math

import numpy as np
import pytest

from icl_core.theory import (
    best_step,
    best_step_risks,
    context_second_moment,
    lsa_optimum,
    lsa_reoptimised_risks,
    lsa_risk,
    lsa_risk_parts,
    zhang_gamma,
)

DIAGONAL = np.diag([2.0, 1.0, 0.5, 0.1])
EYE4 = np.eye(4)
S2 = np.array([[2.0, 0.5], [0.5, 1.0]])
T2 = np.array([[1.0, -0.3], [-0.3, 0.5]])
Q2 = np.array([[1.0, 0.2], [0.2, 3.0]])
A2 = np.array([[0.4, 0.1], [-0.2, 0.7]])
TRAINED = np.linalg.inv(zhang_gamma(DIAGONAL, 20))


def test_gamma_of_the_paper():
    np.testing.assert_allclose(zhang_gamma(DIAGONAL, 20), np.diag([2.28, 1.23, 0.705, 0.285]), rtol=1e-14)
    np.testing.assert_array_equal(zhang_gamma(S2, math.inf), S2)


@pytest.mark.parametrize(
    ("M", "expected"),
    [(5, 2.1230080050), (20, 0.6429082566), (80, 0.2728833195), (math.inf, 0.1495416738)],
)
def test_risk_of_the_trained_layer(monte_carlo, lsa_errors, M, expected):
    assert lsa_risk(TRAINED, DIAGONAL, EYE4, 0.0, M) == pytest.approx(expected, abs=6e-11)
    if math.isfinite(M):
        prompts = monte_carlo.prompts(100_000, M, DIAGONAL, monte_carlo.gaussians(EYE4, 100_000))
        monte_carlo.assert_mean(lsa_errors(TRAINED, prompts), expected)


@pytest.mark.parametrize(("M", "expected"), [(40, 420 / 61), (100, 4.1762966944)])
def test_isotropic_risk_at_training_length_40(monte_carlo, lsa_errors, M, expected):
    eye = np.eye(20)
    A = lsa_optimum(eye, eye, 0.0, 40)
    assert lsa_risk(A, eye, eye, 0.0, M) == pytest.approx(expected, abs=6e-11)
    prompts = monte_carlo.prompts(8_000, M, eye, monte_carlo.gaussians(eye, 8_000))
    monte_carlo.assert_mean(lsa_errors(A, prompts), expected)


def test_isotropic_optimum_with_noise_is_the_best_step(monte_carlo, lsa_errors):
    eye = np.eye(20)
    A = lsa_optimum(eye, eye, 0.25, 40)
    np.testing.assert_allclose(A, 0.6530612245 * eye, atol=6e-11)
    assert best_step(eye, eye, 0.25, 40) == pytest.approx(0.6530612245, abs=6e-11)
    assert lsa_risk(A, eye, eye, 0.25, 40) == pytest.approx(6.9387755102, abs=6e-11)
    prompts = monte_carlo.prompts(15_000, 40, eye, monte_carlo.gaussians(eye, 15_000), 0.25)
    monte_carlo.assert_mean(lsa_errors(A, prompts), 6.9387755102)


def test_risk_and_its_parts_for_any_matrix(monte_carlo, lsa_errors):
    parts = lsa_risk_parts(A2, S2, T2, 0.3, 6, Q2)
    assert parts == pytest.approx((0.2796, 0.8104666667, 0.0838), abs=6e-11)
    assert lsa_risk(A2, S2, T2, 0.3, 6, Q2) == pytest.approx(1.1738666667, abs=6e-11)
    prompts = monte_carlo.prompts(200_000, 6, S2, monte_carlo.gaussians(T2, 200_000), 0.3, Q2)
    monte_carlo.assert_mean(lsa_errors(A2, prompts), 1.1738666667)
    noiseless = prompts._replace(y=np.einsum("bmd,d->bm", prompts.X, [1.0, -2.0]))
    noiseless = noiseless._replace(targets=prompts.queries @ [1.0, -2.0])
    weights = np.array([1.0, -2.0])
    monte_carlo.assert_mean(
        lsa_errors(A2, noiseless), lsa_risk(A2, S2, np.outer(weights, weights), 0.0, 6, Q2)
    )


@pytest.mark.parametrize("M", [1, 6, math.inf])
def test_parts_sum_to_the_quadratic_form(M):
    G = context_second_moment(S2, T2, 0.3, M)
    expected = np.trace(Q2 @ A2 @ G @ A2.T) - 2 * np.trace(Q2 @ A2 @ S2 @ T2) + np.trace(Q2 @ T2)
    assert sum(lsa_risk_parts(A2, S2, T2, 0.3, M, Q2)) == pytest.approx(expected, rel=1e-13)


def test_no_pairs_predict_zero():
    assert lsa_risk(A2, S2, T2, 0.3, 0, Q2) == pytest.approx(np.trace(Q2 @ T2), rel=1e-15)


def test_optimum_of_the_2x2_case(monte_carlo, lsa_errors):
    A = lsa_optimum(S2, T2, 0.3, 6)
    expected = [[0.4032162188, -0.1640646998], [-0.1640646998, 0.5248568658]]
    np.testing.assert_allclose(A, expected, atol=6e-11)
    risk = lsa_risk(A, S2, T2, 0.3, 6, Q2)
    assert risk == pytest.approx(1.0229146200, abs=6e-11)
    assert risk == pytest.approx(np.trace(Q2 @ (T2 - A @ S2 @ T2)), rel=1e-13)
    prompts = monte_carlo.prompts(200_000, 6, S2, monte_carlo.gaussians(T2, 200_000), 0.3, Q2)
    monte_carlo.assert_mean(lsa_errors(A, prompts), 1.0229146200)


@pytest.mark.parametrize("N", [1, 6, math.inf])
def test_optimum_has_zero_gradient_and_beats_perturbations(N):
    rng = np.random.default_rng(3)
    root = rng.standard_normal((3, 5, 7))
    S, T, Q = root @ root.swapaxes(1, 2) / 7
    A = lsa_optimum(S, T, 0.3, N)
    gradient = Q @ (A @ context_second_moment(S, T, 0.3, N) - T @ S)
    assert np.abs(gradient).max() < 1e-12
    least = lsa_risk(A, S, T, 0.3, N, Q)
    for direction in rng.standard_normal((20, 5, 5)):
        assert lsa_risk(A + 1e-3 * direction, S, T, 0.3, N, Q) > least


def test_optimum_of_an_infinite_context_with_singular_task_moment():
    w = np.array([1.0, -2.0, 0.5])
    S = np.diag([2.0, 1.0, 0.3])
    A = lsa_optimum(S, np.outer(w, w), 0.0, math.inf)
    assert lsa_risk(A, S, np.outer(w, w), 0.0, math.inf) == pytest.approx(0, abs=1e-14)
    np.testing.assert_allclose(A, lsa_optimum(S, np.outer(w, w), 0.0, 1e9), rtol=1e-6)


def test_inverse_optimum_is_gamma_without_noise():
    np.testing.assert_allclose(
        lsa_optimum(DIAGONAL, EYE4, 0.0, 20) @ zhang_gamma(DIAGONAL, 20), EYE4, atol=1e-14
    )


@pytest.mark.parametrize(
    ("context", "query", "noise_var", "expected"),
    [
        (4 * DIAGONAL, 4 * DIAGONAL, 0.0, 93.2392051384),
        (DIAGONAL, EYE4, 0.0, 0.9028314344),
        (DIAGONAL, DIAGONAL, 1.0, 0.4476388992),
    ],
    ids=["covariate", "query", "noise"],
)
def test_shifts_of_the_trained_layer(monte_carlo, lsa_errors, context, query, noise_var, expected):
    assert lsa_risk(TRAINED, context, EYE4, noise_var, 40, query) == pytest.approx(expected, abs=6e-11)
    prompts = monte_carlo.prompts(
        100_000, 40, context, monte_carlo.gaussians(EYE4, 100_000), noise_var, query
    )
    monte_carlo.assert_mean(lsa_errors(TRAINED, prompts), expected)


def test_covariate_shift_with_an_infinite_context():
    risk = lsa_risk(TRAINED, 4 * DIAGONAL, EYE4, 0.0, math.inf)
    assert risk == pytest.approx(77.4514744890, abs=6e-11)
    shifted, gamma = np.diag(4 * DIAGONAL), np.diag(zhang_gamma(DIAGONAL, 20))
    assert risk == pytest.approx(np.sum(shifted * (1 - shifted / gamma) ** 2), rel=1e-14)


SKEW = np.arange(1, 21) ** -2.0


@pytest.mark.parametrize(
    ("eigenvalues", "divisor", "expected"),
    [
        (np.repeat([2.0, 0.0], 10), 1, 11.4001612470),
        (20 * SKEW / SKEW.sum(), 1, 715.7686089451),
        (np.full(20, 4.0), 80, 6.2459016393),
        (np.full(20, 0.25), 5, 0.7131147541),
    ],
    ids=["half subspace", "skew", "scale 4", "scale 1/4"],
)
def test_shifts_of_the_isotropic_layer(monte_carlo, lsa_errors, eigenvalues, divisor, expected):
    S, eye = np.diag(eigenvalues), np.eye(20)
    A = 40 / 61 * eye
    assert lsa_risk(A, S, eye, 0.0, 40) / divisor == pytest.approx(expected, abs=6e-11)
    prompts = monte_carlo.prompts(20_000, 40, S, monte_carlo.gaussians(eye, 20_000))
    monte_carlo.assert_mean(lsa_errors(A, prompts) / divisor, expected)


def test_best_step_is_the_minimum_over_scalars():
    eta = best_step(S2, T2, 0.3, 6, Q2)
    risks = [lsa_risk(factor * eta * np.eye(2), S2, T2, 0.3, 6, Q2) for factor in (0.999, 1.0, 1.001)]
    assert risks[1] < min(risks[0], risks[2])
    assert risks[0] == pytest.approx(risks[2], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((A2, [2.0, 1.0], T2, 0.0, 6), "S must have shape"),
        ((A2, np.ones((2, 3)), T2, 0.0, 6), "S must be square"),
        ((A2, [[1.0, 0.2], [0.0, 1.0]], T2, 0.0, 6), "S must be symmetric"),
        ((A2, -S2, T2, 0.0, 6), "S must be positive semi-definite"),
        ((np.eye(3), S2, T2, 0.0, 6), "A must have shape"),
        ((A2, S2, np.eye(3), 0.0, 6), "T must have shape"),
        ((A2, S2, [[math.nan, 0], [0, 1]], 0.0, 6), "T must hold finite"),
        ((A2, S2, T2, -0.1, 6), "noise_var"),
        ((A2, S2, T2, 0.0, 2.5), "M must be a whole number"),
        ((A2, S2, T2, 0.0, -1), "M must be a whole number"),
        ((A2, S2, T2, 0.0, math.nan), "M must be a whole number"),
    ],
)
def test_faulty_arguments_are_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        lsa_risk(*arguments)


def test_training_length_is_at_least_one():
    with pytest.raises(ValueError, match="N must be a whole number of at least 1"):
        lsa_optimum(S2, T2, 0.0, 0)


def test_best_step_needs_an_overlapping_query():
    with pytest.raises(ValueError, match="Q must overlap"):
        best_step(np.diag([1.0, 0.0]), np.eye(2), 0.0, 4, np.diag([0.0, 1.0]))


def test_risks_at_many_lengths_are_those_of_the_optimum_at_each():
    lengths = [1, 2, 6, 40, math.inf]
    best = [lsa_risk(lsa_optimum(S2, T2, 0.3, M), S2, T2, 0.3, M, Q2) for M in lengths]
    np.testing.assert_array_equal(lsa_reoptimised_risks(S2, T2, 0.3, lengths, Q2), best)
    step = [lsa_risk(best_step(S2, T2, 0.3, M, Q2) * np.eye(2), S2, T2, 0.3, M, Q2) for M in lengths]
    np.testing.assert_allclose(best_step_risks(S2, T2, 0.3, lengths, Q2), step, rtol=1e-12)
    assert lsa_reoptimised_risks(S2, T2, 0.3, [0], Q2) == pytest.approx(np.trace(Q2 @ T2))
    with pytest.raises(ValueError, match="lengths must be a whole number"):
        lsa_reoptimised_risks(S2, T2, 0.3, [1.5])
