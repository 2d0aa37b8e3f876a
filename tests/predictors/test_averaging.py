import torch

from icl_core.predictors import Averaging


def test_weights_are_the_mean_of_label_times_input():
    xs, ys = torch.randn(3, 7, 4).double(), torch.randn(3, 7).double()
    weights = Averaging().weights(xs, ys)
    assert weights[:, 0].abs().max() == 0
    for k in range(1, 7):
        expected = (xs[:, :k] * ys[:, :k, None]).mean(1)
        torch.testing.assert_close(weights[:, k], expected, rtol=1e-13, atol=1e-14)


def test_error_on_standard_normal_prompts_is_d_plus_one_over_k():
    """(d + 1) / k for x ~ N(0, I), relative to |w|^2 = d, from the fourth moments of x."""
    dimension, k = 4, 10
    xs, task = torch.randn(40_000, k + 1, dimension).double(), torch.randn(40_000, dimension).double()
    ys = torch.einsum("bnd,bd->bn", xs, task)
    errors = (Averaging().predict(xs, ys)[:, k] - ys[:, k]).square() / dimension
    standard_error = errors.std() / len(errors) ** 0.5
    assert abs(errors.mean() - (dimension + 1) / k) < 4 * standard_error
