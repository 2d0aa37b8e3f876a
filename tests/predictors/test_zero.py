import pytest
import torch

from icl_core.predictors import Zero


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_predicts_zero_in_the_dtype_given(dtype):
    predictions = Zero().predict(torch.randn(3, 5, 2).to(dtype), torch.randn(3, 5).to(dtype))
    assert predictions.dtype == dtype
    assert predictions.shape == (3, 5)
    assert predictions.abs().max() == 0


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="xs has shape"):
        Zero().predict(torch.zeros(5, 2), torch.zeros(5))
    with pytest.raises(ValueError, match="ys has shape"):
        Zero().predict(torch.zeros(3, 5, 2), torch.zeros(3, 4))
    with pytest.raises(ValueError, match="queries has shape"):
        Zero().predict_query(torch.zeros(3, 5, 2), torch.zeros(3, 5), torch.zeros(3, 5, 3))
