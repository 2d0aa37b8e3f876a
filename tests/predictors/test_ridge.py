import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge as SklearnRidge

from icl_core.predictors import LeastSquares, Ridge
from icl_core.specs import SpecError


@pytest.mark.parametrize("penalty", [1e-3, 0.25, 40.0])
def test_every_prefix_equals_scikit_learn(penalty):
    xs, ys = torch.randn(4, 13, 5).double(), torch.randn(4, 13).double()
    weights = Ridge(penalty).weights(xs, ys)
    for b, k in np.ndindex(4, 13):
        if k:
            oracle = SklearnRidge(alpha=penalty, fit_intercept=False, solver="svd")
            oracle.fit(xs[b, :k].numpy(), ys[b, :k].numpy())
            np.testing.assert_allclose(weights[b, k], oracle.coef_, rtol=1e-9, atol=1e-12)


def test_the_gradient_of_the_objective_vanishes():
    xs, ys = torch.randn(3, 9, 4).double(), torch.randn(3, 9).double()
    weights = Ridge(0.7).weights(xs, ys)
    for k in range(1, 9):
        x, y, w = xs[:, :k], ys[:, :k], weights[:, k, :, None]
        gradient = x.mT @ (y[..., None] - x @ w) - 0.7 * w
        assert gradient.abs().max() < 1e-12


def test_a_tiny_penalty_approaches_minimum_norm_least_squares():
    xs, task = torch.randn(8, 12, 20).double(), torch.randn(8, 20).double()
    ys = torch.einsum("bnd,bd->bn", xs, task)
    difference = Ridge(1e-9).weights(xs, ys) - LeastSquares().weights(xs, ys)
    assert difference.abs().max() < 1e-6


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("penalty", [1e-30, 1e-18, 1e-12, 1e-9, 1e-7, 1e-5])
def test_a_penalty_below_rounding_is_exact(penalty, size):
    """Against the same penalty in the dual form and extended by singular values, inputs of any size."""
    xs, ys = size * torch.randn(3, 12, 5).double(), torch.randn(3, 12).double()
    weights = Ridge(penalty).weights(xs, ys)
    for b, k in np.ndindex(3, 12):
        if k:
            left, values, right = np.linalg.svd(xs[b, :k].numpy(), full_matrices=False)
            shrunk = 1 / (values + penalty / values)
            expected = right.T @ (shrunk * (left.T @ ys[b, :k].numpy()))
            np.testing.assert_allclose(weights[b, k], expected, rtol=1e-9, atol=1e-11 / size)
    at = Ridge(penalty).predict_at(xs, ys, xs, 7)
    torch.testing.assert_close(at, Ridge(penalty).predict(xs, ys)[:, 7], rtol=1e-8, atol=1e-10)


@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from([torch.float32, torch.float64]))
def test_the_limit_of_no_penalty_is_least_squares(seed, dimensions, dtype):
    """Also where the inputs span a part of the space only, up to the rounding of their type."""
    torch.manual_seed(seed)
    xs = torch.randn(4, 11, dimensions, dtype=dtype) @ torch.randn(dimensions, 6, dtype=dtype)
    ys = torch.randn(4, 11, dtype=dtype)
    limit = LeastSquares().weights(xs, ys)
    small = Ridge(1e-28).weights(xs, ys)
    torch.testing.assert_close(small, limit, rtol=1e-6, atol=1e-6 * float(limit.abs().max()))


def test_dependent_inputs_of_any_size_have_a_solution():
    weights = Ridge(1e-12).weights(torch.ones(1, 4, 3).double() * 1e6, torch.ones(1, 4).double())
    torch.testing.assert_close(weights[0, 1:], torch.full((3, 3), 1e-6 / 3).double())


@pytest.mark.parametrize("penalty", [0.0, -1.0, float("nan"), float("inf")])
def test_a_penalty_must_be_positive(penalty):
    with pytest.raises(SpecError, match="penalty"):
        Ridge(penalty)
