import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Lasso as SklearnLasso
from sklearn.linear_model import lars_path

from icl_core.predictors import Lasso, LeastSquares, lasso_path
from icl_core.predictors.lasso import certify
from icl_core.predictors.lasso_active_set import solve_active_set
from icl_core.specs import SpecError

ALPHAS = (1.0, 0.1, 0.01, 1e-3, 1e-4)


def draw(prompts, points, dimension, nonzeros, noise=0.0):
    """Standard normal inputs and a linear function with `nonzeros` standard normal weights."""
    xs = torch.randn(prompts, points, dimension).double()
    task = torch.randn(prompts, dimension).double()
    order = torch.rand(prompts, dimension).argsort(-1)
    task[order >= nonzeros] = 0
    return xs, torch.einsum("bnd,bd->bn", xs, task) + noise * torch.randn(prompts, points).double()


def degenerate(kind):
    """Inputs that make ties, dependent inputs or rank deficiency."""
    xs, ys = draw(6, 14, 6, nonzeros=3, noise=0.3)
    match kind:
        case "duplicated inputs":
            xs[..., 1::2] = xs[..., ::2]
        case "opposite inputs":
            xs[..., 1::2] = -xs[..., ::2]
        case "zero input":
            xs[..., 2] = 0
        case "zero labels":
            ys = torch.zeros_like(ys)
        case "repeated pairs":
            xs[:, 1::2], ys[:, 1::2] = xs[:, ::2], ys[:, ::2]
        case "signs":
            xs = xs.sign()
            ys = xs[..., :3].sum(-1)
        case "subspace":
            xs = xs[..., :2] @ torch.randn(2, 6).double()
        case "sum of inputs":
            xs[..., 5] = xs[..., 0] + xs[..., 1]
    return xs, ys


KINDS = (
    "duplicated inputs",
    "opposite inputs",
    "zero input",
    "zero labels",
    "repeated pairs",
    "signs",
    "subspace",
    "sum of inputs",
)


def objective(x, y, w, alpha):
    return ((y - x @ w) ** 2).sum() / (2 * len(y)) + alpha * np.abs(w).sum()


def every_prefix(xs, ys, weights):
    for b, k in np.ndindex(*ys.shape):
        if k:
            yield xs[b, :k].numpy(), ys[b, :k].numpy(), weights[b, k].numpy()


def assert_optimal(xs, ys, weights, alpha):
    """Optimality conditions and duality gap of every prefix, recomputed from their definitions."""
    assert weights[:, 0].abs().max() == 0
    for x, y, w in every_prefix(xs, ys, weights):
        residuals = y - x @ w
        correlations = x.T @ residuals / len(y)
        on = w != 0
        assert np.all(np.abs(correlations - alpha * np.sign(w))[on] <= 1e-8 * alpha)
        assert np.all(np.abs(correlations[~on]) <= alpha * (1 + 1e-8))
        # The dual: max over |X^T u| / k <= alpha of (|y|^2 - |y - u|^2) / 2k.
        u = residuals * min(1.0, alpha / max(np.abs(correlations).max(), 1e-300))
        dual = (y @ y - (y - u) @ (y - u)) / (2 * len(y))
        primal = objective(x, y, w, alpha)
        assert primal - dual <= 1e-9 * primal + 1e-14 * (
            y @ y
        )  # the second: rounding of primal - dual itself


@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize("nonzeros", [2, 8])
def test_every_prefix_and_alpha_is_optimal(nonzeros, noise):
    xs, ys = draw(4, 19, 8, nonzeros, noise)
    for alpha in ALPHAS:
        assert_optimal(xs, ys, Lasso(alpha).weights(xs, ys), alpha)


@pytest.mark.parametrize("kind", KINDS)
def test_degenerate_problems_are_optimal(kind):
    xs, ys = degenerate(kind)
    for alpha in (1.0, 0.05, 1e-3):
        assert_optimal(xs, ys, Lasso(alpha).weights(xs, ys), alpha)


@pytest.mark.parametrize("alpha", [0.3, 0.01])
@pytest.mark.parametrize(("dimension", "nonzeros", "noise"), [(1, 1, 0.5), (6, 2, 0.0), (6, 6, 0.5)])
def test_predictions_and_objectives_equal_coordinate_descent(dimension, nonzeros, noise, alpha):
    xs, ys = draw(3, 13, dimension, nonzeros, noise)
    queries = np.random.default_rng(0).standard_normal((20, dimension))
    for x, y, w in every_prefix(xs, ys, Lasso(alpha).weights(xs, ys)):
        oracle = SklearnLasso(alpha=alpha, fit_intercept=False, tol=1e-14, max_iter=1_000_000).fit(x, y)
        ours, theirs = objective(x, y, w, alpha), objective(x, y, oracle.coef_, alpha)
        assert math.isclose(ours, theirs, rel_tol=1e-8)
        np.testing.assert_allclose(queries @ w, queries @ oracle.coef_, atol=1e-6)


def test_the_whole_path_equals_least_angle_regression():
    xs, ys = draw(3, 14, 6, nonzeros=3, noise=0.2)
    path = lasso_path(xs, ys, lowest=1e-3)
    for alpha in (2.0, 0.7, 0.2, 0.05, 1e-3):
        for x, y, w in every_prefix(xs, ys, path.weights(alpha)):
            knots, _, coefficients = lars_path(x, y, method="lasso", alpha_min=5e-4)
            expected = [np.interp(alpha, knots[::-1], row[::-1]) for row in coefficients]
            np.testing.assert_allclose(w, expected, atol=1e-7)


def test_a_path_gives_what_separate_solves_give():
    xs, ys = draw(4, 12, 5, nonzeros=2, noise=0.1)
    path = lasso_path(xs, ys, lowest=1e-4)
    for alpha in ALPHAS:
        solution = path.solve(alpha)
        torch.testing.assert_close(solution.weights, Lasso(alpha).weights(xs, ys), rtol=1e-9, atol=1e-10)
        assert solution.certified.all()
        assert solution.kkt.max() <= 1e-8
        assert solution.gap.max() <= 1e-9


def test_one_input_is_soft_thresholding():
    xs, ys = draw(5, 9, 1, nonzeros=1, noise=1.0)
    weights = Lasso(0.2).weights(xs, ys)
    for x, y, w in every_prefix(xs, ys, weights):
        correlation, square = (x[:, 0] * y).mean(), (x[:, 0] ** 2).mean()
        expected = np.sign(correlation) * max(abs(correlation) - 0.2, 0) / square
        np.testing.assert_allclose(w[0], expected, rtol=1e-10, atol=1e-12)


def test_weights_are_exactly_zero_from_the_largest_correlation_on():
    xs, ys = draw(4, 10, 6, nonzeros=6)
    for x, y, _ in every_prefix(xs, ys, xs):
        prompt = (torch.tensor(np.vstack([x, x[:1]]))[None], torch.tensor(np.append(y, 0.0))[None])
        largest = np.abs(x.T @ y).max() / len(y)
        assert Lasso(largest).weights(*prompt)[0, -1].abs().max() == 0
        assert Lasso(1.5 * largest).weights(*prompt)[0, -1].abs().max() == 0
        assert Lasso(0.999 * largest).weights(*prompt)[0, -1].abs().max() > 0


def test_labels_and_alpha_scale_together():
    xs, ys = draw(3, 12, 5, nonzeros=2, noise=0.2)
    weights = Lasso(0.1).weights(xs, ys)
    for factor in (1e-3, 7.0, 1e3):
        scaled = Lasso(0.1 * factor).weights(xs, factor * ys)
        torch.testing.assert_close(scaled, factor * weights, rtol=1e-9, atol=1e-10 * factor)
        shrunk = Lasso(0.1 * factor).weights(factor * xs, ys)
        torch.testing.assert_close(shrunk, weights / factor, rtol=1e-8, atol=1e-10 / factor)


def test_a_small_alpha_approaches_least_squares():
    xs, ys = draw(4, 16, 5, nonzeros=5, noise=0.5)
    difference = Lasso(1e-5).weights(xs, ys) - LeastSquares().weights(xs, ys)
    assert difference[:, 9:].abs().max() < 1e-3


def test_a_sparse_function_is_recovered_below_d_pairs():
    xs, ys = draw(64, 17, 20, nonzeros=2)
    errors = (Lasso(1e-4).predict(xs, ys) - ys)[:, 16].square()
    assert errors.median() < 1e-4 * ys.square().mean()


@pytest.mark.parametrize("kind", KINDS)
def test_the_active_set_method_alone_is_optimal(kind):
    """The fallback, cold started, on everything that it may be asked to finish."""
    xs, ys = degenerate(kind)
    weights = torch.zeros_like(xs)
    for b, k in np.ndindex(*ys.shape):
        if k:
            start = np.zeros(xs.shape[-1])
            solution = solve_active_set(xs[b, :k].numpy(), ys[b, :k].numpy(), k * 0.02, start)
            weights[b, k] = torch.from_numpy(solution)
    assert_optimal(xs, ys, weights, alpha=0.02)


def test_two_inputs_that_differ_by_little_are_told_apart():
    xs = torch.tensor([[[1, 0, 1], [1, 3, 1.000005], [0, 0, 0]]]).double()
    xs[0, 1, 2] = 1.000005
    ys = torch.tensor([[3, 1, 0]]).double()
    # By hand: with input 3 out, w1 + w2 x = y less alpha; and its correlation falls short of the penalty.
    np.testing.assert_allclose(Lasso(0.1).weights(xs, ys)[0, 2], [82 / 30, -5 / 9, 0], atol=1e-12)
    for alpha in ALPHAS:
        assert_optimal(xs, ys, Lasso(alpha).weights(xs, ys), alpha)


@given(
    st.sampled_from(["pairs", "one hot", "subspace", "common factor"]),
    st.floats(2, 15),
    st.integers(2, 8),
    st.sampled_from(ALPHAS),
    st.integers(0, 2**31),
)
@settings(max_examples=25)
def test_nearly_dependent_inputs_are_optimal(kind, digits, dimension, alpha, seed):
    """Apart by 10^-digits of their size: at no distance does a cut-off lie above what is promised."""
    torch.manual_seed(seed)
    xs, ys = draw(2, 12, dimension, nonzeros=2, noise=0.3)
    apart = 10**-digits * xs
    match kind:
        case "pairs":
            xs[..., 1::2] = xs[..., 0 : dimension // 2 * 2 : 2] + apart[..., 1::2]
        case "one hot":
            xs = torch.eye(dimension).double()[torch.randint(dimension, xs.shape[:2])] + apart
        case "subspace":
            xs = torch.randn(2, 12, 1).double() @ torch.randn(2, 1, dimension).double() + apart
        case "common factor":
            xs = xs[..., :1] + apart
    assert_optimal(xs, ys, Lasso(alpha).weights(xs, ys), alpha)


def test_problems_that_the_path_misses_are_finished(monkeypatch):
    monkeypatch.setattr("icl_core.predictors.lasso_homotopy.STEPS_PER_INPUT", 0)  # no path gets anywhere
    xs, ys = draw(2, 8, 4, nonzeros=2, noise=0.2)
    assert_optimal(xs, ys, Lasso(0.01).weights(xs, ys), alpha=0.01)


def test_what_cannot_be_certified_is_refused(monkeypatch):
    xs, ys = draw(2, 8, 4, nonzeros=2, noise=0.2)
    monkeypatch.setattr(
        "icl_core.predictors.lasso.solve_active_set", lambda xs, ys, penalty, start: start * 0
    )
    monkeypatch.setattr("icl_core.predictors.lasso_homotopy.STEPS_PER_INPUT", 0)
    with pytest.raises(ValueError, match="reaches no certificate"):
        Lasso(0.01).weights(xs, ys)
    with pytest.raises(ValueError, match="use a larger one"):
        Lasso(1e-16).weights(xs, ys)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_the_certificate_sees_a_small_error(size):
    xs, ys = draw(3, 10, 4, nonzeros=4, noise=0.2)
    exact = Lasso(0.01).weights(xs, ys)
    assert certify(xs, ys, exact, 0.01).certified.all()
    wrong = certify(xs, ys, exact * (1 + size), 0.01)
    assert (wrong.kkt[:, 1:].amax() > 1e-8) & ~wrong.certified.all()
    by_hand = [objective(x, y, w, 0.01) for x, y, w in every_prefix(xs, ys, exact * (1 + size))]
    least = [objective(x, y, w, 0.01) for x, y, w in every_prefix(xs, ys, exact)]
    excess = (np.array(by_hand) - np.array(least)) / np.array(by_hand)
    assert np.all(excess <= wrong.gap[:, 1:].reshape(-1).numpy() + 1e-14)  # the gap bounds the excess


def test_many_prompts_are_cut_into_chunks_that_agree(monkeypatch):
    xs, ys = draw(9, 10, 5, nonzeros=2)
    whole = Lasso(0.01).solve(xs, ys)
    monkeypatch.setattr("icl_core.predictors.base.CHUNK_ENTRIES", 500)
    cut = Lasso(0.01).solve(xs, ys)
    torch.testing.assert_close(cut.weights, whole.weights, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, -1.0, math.nan, math.inf])
def test_alpha_must_be_positive(alpha):
    with pytest.raises(SpecError, match="alpha"):
        Lasso(alpha)


def test_what_a_path_cannot_answer_is_refused():
    xs, ys = draw(1, 4, 2, nonzeros=1)
    with pytest.raises(SpecError, match="lowest alpha"):
        lasso_path(xs, ys, lowest=0.1).weights(0.05)
    ys[0, 2] = math.nan
    with pytest.raises(ValueError, match="not finite"):
        Lasso(0.1).predict(xs, ys)
