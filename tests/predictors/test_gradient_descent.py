import pytest
import torch

from icl_core.predictors import Averaging, GradientDescent, LeastSquares
from icl_core.specs import SpecError


@pytest.mark.parametrize("steps", [1, 7])
def test_every_prefix_equals_an_explicit_loop_over_autograd_steps(steps):
    xs, ys = torch.randn(3, 8, 4).double(), torch.randn(3, 8).double()
    weights = GradientDescent(steps, lr=0.2).weights(xs, ys)
    assert weights[:, 0].abs().max() == 0
    for b in range(3):
        for k in range(1, 8):
            w = torch.zeros(4, dtype=torch.float64, requires_grad=True)
            for _ in range(steps):
                loss = (ys[b, :k] - xs[b, :k] @ w).square().sum() / (2 * k)
                (gradient,) = torch.autograd.grad(loss, w)
                w = (w - 0.2 * gradient).detach().requires_grad_()
            torch.testing.assert_close(weights[b, k], w.detach(), rtol=1e-12, atol=1e-13)


def test_one_unit_step_is_the_averaging_estimator():
    xs, ys = torch.randn(5, 9, 3).double(), torch.randn(5, 9).double()
    torch.testing.assert_close(GradientDescent(1, lr=1.0).weights(xs, ys), Averaging().weights(xs, ys))


def test_many_steps_reach_minimum_norm_least_squares():
    xs, ys = torch.randn(4, 6, 12).double(), torch.randn(4, 6).double()
    limit = LeastSquares().weights(xs, ys)
    torch.testing.assert_close(GradientDescent(5000, lr=0.1).weights(xs, ys), limit, rtol=0, atol=1e-8)


@pytest.mark.parametrize(("field", "steps", "lr"), [("steps", 0, 0.1), ("steps", 2.5, 0.1), ("lr", 3, 0.0)])
def test_settings_that_make_no_sense_are_named(field, steps, lr):
    with pytest.raises(SpecError) as caught:
        GradientDescent(steps, lr)
    assert caught.value.field == field
