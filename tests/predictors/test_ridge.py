import numpy as np
import pytest
import torch
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


def test_a_penalty_below_rounding_is_refused():
    xs = torch.ones(1, 4, 3).double() * 1e6
    with pytest.raises(ValueError, match="use LeastSquares"):
        Ridge(1e-12).weights(xs, torch.ones(1, 4).double())


@pytest.mark.parametrize("penalty", [0.0, -1.0, float("nan"), float("inf")])
def test_a_penalty_must_be_positive(penalty):
    with pytest.raises(SpecError, match="penalty"):
        Ridge(penalty)
