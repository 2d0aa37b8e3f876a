import numpy as np
import pytest
import torch

from icl_core.predictors import LeastSquares


def pseudo_inverse_weights(xs, ys, relative_tolerance):
    solution = np.zeros(xs.shape)
    for b, k in np.ndindex(*ys.shape):
        if k:
            solution[b, k] = np.linalg.pinv(xs[b, :k], rcond=relative_tolerance) @ ys[b, :k]
    return solution


@pytest.mark.parametrize("dimension", [1, 3, 8])
def test_every_prefix_equals_the_pseudo_inverse(dimension):
    xs, ys = torch.randn(6, 19, dimension).double(), torch.randn(6, 19).double()
    expected = pseudo_inverse_weights(xs.numpy(), ys.numpy(), 1e-14)
    np.testing.assert_allclose(LeastSquares().weights(xs, ys), expected, rtol=1e-8, atol=1e-9)


def test_noise_free_labels_are_interpolated_then_recovered():
    xs, task = torch.randn(5, 12, 6).double(), torch.randn(5, 6).double()
    ys = torch.einsum("bnd,bd->bn", xs, task)
    weights = LeastSquares().weights(xs, ys)
    for k in range(1, 12):
        seen = torch.einsum("bnd,bd->bn", xs[:, :k], weights[:, k])
        torch.testing.assert_close(seen, ys[:, :k], rtol=0, atol=1e-8)
    torch.testing.assert_close(weights[:, 7:], task[:, None].expand(-1, 5, -1), rtol=0, atol=1e-7)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_inputs_in_a_subspace_leave_the_other_directions_at_zero(dtype):
    basis = torch.linalg.qr(torch.randn(8, 8).double()).Q
    xs = (torch.randn(4, 20, 3).double() @ basis[:3]).to(dtype)
    ys = torch.randn(4, 20).to(dtype)
    weights = LeastSquares().weights(xs, ys)
    outside = weights @ basis[3:].T
    assert outside.abs().max() < 1e4 * torch.finfo(dtype).eps
    expected = pseudo_inverse_weights(xs.double().numpy(), ys.double().numpy(), 1e3 * torch.finfo(dtype).eps)
    np.testing.assert_allclose(weights, expected, atol=1e4 * torch.finfo(dtype).eps, rtol=1e-6)


def test_repeated_and_zero_inputs_are_harmless():
    xs = torch.randn(2, 10, 4).double()
    xs[:, 1::2] = xs[:, ::2]
    xs[:, :, 2] = 0
    ys = torch.randn(2, 10).double()
    expected = pseudo_inverse_weights(xs.numpy(), ys.numpy(), 1e-13)
    np.testing.assert_allclose(LeastSquares().weights(xs, ys), expected, rtol=1e-9, atol=1e-10)


def test_prompts_of_zeros_have_weights_of_zero():
    assert LeastSquares().weights(torch.zeros(2, 5, 3), torch.ones(2, 5)).abs().max() == 0


@pytest.mark.parametrize("smallest", [1e-2, 1e-5, 1e-9])
def test_badly_conditioned_inputs_fall_back_on_a_decomposition(smallest):
    """Inputs whose scales span up to nine decades: the predictions that the data determine stay exact."""
    scales = torch.logspace(0, np.log10(smallest), 6).double()
    xs, task = scales * torch.randn(4, 15, 6).double(), torch.randn(4, 6).double() / scales
    ys = torch.einsum("bnd,bd->bn", xs, task)
    predictions = LeastSquares().predict(xs, ys)
    torch.testing.assert_close(predictions[:, 7:], ys[:, 7:], rtol=1e-6, atol=1e-6)
    expected = pseudo_inverse_weights(xs.numpy(), ys.numpy(), 1e-14)
    np.testing.assert_allclose(LeastSquares().weights(xs, ys) * scales, expected * scales.numpy(), atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_at_as_many_pairs_as_inputs(dtype):
    """The cut-off for unseen directions is not that of half precision, which is .5 for 64 inputs."""
    xs, task = torch.randn(4, 67, 64).to(dtype), torch.randn(4, 64)
    ys = torch.einsum("bnd,bd->bn", xs.double(), task.double()).to(dtype)
    weights = LeastSquares().weights(xs, ys)
    torch.testing.assert_close(weights, LeastSquares().weights(xs.double(), ys.double()))
    for k in (63, 64, 65):
        oracle = np.linalg.lstsq(xs[0, :k].double().numpy(), ys[0, :k].double().numpy(), rcond=None)[0]
        np.testing.assert_allclose(weights[0, k], oracle, rtol=1e-6, atol=1e-8)
