import pytest
import torch

from icl_core.predictors import LinearAttention
from icl_core.specs import SpecError


def test_every_entry_equals_the_formula():
    matrix, xs, ys = torch.randn(4, 4).double(), torch.randn(3, 7, 4).double(), torch.randn(3, 7).double()
    predictions = LinearAttention(matrix).predict(xs, ys)
    assert predictions[:, 0].abs().max() == 0
    for b in range(3):
        for k in range(1, 7):
            correlation = sum(ys[b, i] * xs[b, i] for i in range(k)) / k
            torch.testing.assert_close(predictions[b, k], xs[b, k] @ matrix @ correlation)


def test_it_equals_softmax_free_attention_over_the_tokens():
    """The layer E + W_PV E (E^T W_KQ E) / k on the tokens (x_i, y_i) and the query (x, 0), read off at the
    query's label, with the blocks that survive training."""
    dimension, k, u = 3, 6, 1.7
    key_query = torch.randn(dimension, dimension).double()
    xs, ys = torch.randn(k + 1, dimension).double(), torch.randn(k + 1).double()
    tokens = torch.cat([xs.T, torch.cat([ys[:k], ys.new_zeros(1)])[None]])  # [D + 1, k + 1]
    attention, value = torch.zeros(2, dimension + 1, dimension + 1).double()
    attention[:dimension, :dimension], value[-1, -1] = key_query, u
    layer = tokens + value @ tokens @ (tokens.T @ attention @ tokens) / k
    predictions = LinearAttention(u * key_query.T).predict(xs[None], ys[None])
    torch.testing.assert_close(predictions[0, k], layer[-1, -1])


def test_a_matrix_that_does_not_fit_is_named():
    with pytest.raises(SpecError, match="square"):
        LinearAttention(torch.zeros(2, 3))
    with pytest.raises(SpecError, match="5 inputs"):
        LinearAttention(torch.eye(4)).predict(torch.zeros(1, 2, 5), torch.zeros(1, 2))
