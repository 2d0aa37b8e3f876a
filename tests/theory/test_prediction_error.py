import math

import numpy as np
import pytest

from icl_core.theory import (
    LabelMoments,
    corollary_4_3,
    linear_label_moments,
    lsa_risk,
    theorem_4_2,
    zhang_gamma,
)

DIAGONAL = np.diag([2.0, 1.0, 0.5, 0.1])
WEIGHTS = np.array([1.0, -1.0, 2.0, 0.5])


def test_fixed_weights(monte_carlo, lsa_errors):
    error = theorem_4_2(linear_label_moments(WEIGHTS, DIAGONAL), DIAGONAL, 20, 15)
    assert error == pytest.approx(1.1476480450, abs=6e-11)
    prompts = monte_carlo.prompts(100_000, 15, DIAGONAL, WEIGHTS)
    monte_carlo.assert_mean(lsa_errors(np.linalg.inv(zhang_gamma(DIAGONAL, 20)), prompts), error)


@pytest.mark.parametrize("N", [20, math.inf])
@pytest.mark.parametrize("M", [15, math.inf])
def test_linear_labels_agree_with_the_risk(N, M):
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    S = rotation @ DIAGONAL @ rotation.T
    S = (S + S.T) / 2
    A = np.linalg.inv(zhang_gamma(S, N))
    risk = lsa_risk(A, S, np.outer(WEIGHTS, WEIGHTS), 0.4, M)
    # The theorem's error is against noisy labels.
    error = theorem_4_2(linear_label_moments(WEIGHTS, S, 0.4), S, N, M)
    assert error == pytest.approx(risk + 0.4, rel=1e-13)


def test_nonlinear_labels(monte_carlo):
    """y = (v.x)^2 + x_1: E[x y] = S e_1, and E[y^2 x x^T] by Isserlis' theorem."""
    S = np.array([[1.0, 0.3, 0.0], [0.3, 0.8, -0.1], [0.0, -0.1, 0.5]])
    v = np.array([0.5, -0.7, 0.2])
    Sv, Se = S @ v, S[:, 0]
    variance = v @ Sv
    fourth = 3 * variance**2 * S + 12 * variance * np.outer(Sv, Sv)  # E[(v.x)^4 x x^T]
    second = S[0, 0] * S + 2 * np.outer(Se, Se)  # E[x_1^2 x x^T]
    labels = LabelMoments(np.array([1.0, 0, 0]), fourth + second - np.outer(Se, Se), float(3 * variance**2))
    error = theorem_4_2(labels, S, 10, 12)

    B, M = 200_000, 12
    X = monte_carlo.gaussians(S, B, M + 1)
    y = (X @ v) ** 2 + X[..., 0]
    h = np.einsum("bmd,bm->bd", X[:, :M], y[:, :M]) / M
    prediction = np.sum(X[:, M] @ np.linalg.inv(zhang_gamma(S, 10)) * h, axis=1)
    monte_carlo.assert_mean((prediction - y[:, M]) ** 2, error)


def test_corollary_bounds_the_mean_error():
    bound = corollary_4_3(DIAGONAL, 20, 20)
    assert bound == pytest.approx(3.861, abs=1e-12)
    mean = np.mean(
        [theorem_4_2(linear_label_moments(2 * axis, DIAGONAL), DIAGONAL, 20, 20) for axis in np.eye(4)]
    )
    assert mean == pytest.approx(0.6429082566, abs=6e-11)
    assert mean < bound
    assert corollary_4_3(DIAGONAL, math.inf, math.inf) == 0


def test_singular_covariance_is_refused():
    with pytest.raises(ValueError, match="S must be positive definite"):
        theorem_4_2(linear_label_moments([1.0, 0.0], np.eye(2)), np.diag([1.0, 0.0]), 20, 20)
    with pytest.raises(ValueError, match="S must be positive definite"):
        corollary_4_3(np.diag([1.0, 0.0]), 20, 20)
