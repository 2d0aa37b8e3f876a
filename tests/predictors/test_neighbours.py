import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsRegressor

from icl_core.predictors import Averaging, Neighbours
from icl_core.predictors.base import chunks
from icl_core.specs import SpecError


@pytest.mark.parametrize("k", [1, 3, 50])
def test_every_prefix_equals_scikit_learn(k):
    xs, ys = torch.randn(4, 12, 3).double(), torch.randn(4, 12).double()
    queries = torch.randn(4, 12, 3).double()
    predictions = Neighbours(k).predict_query(xs, ys, queries)
    assert predictions[:, 0].abs().max() == 0
    for b, seen in np.ndindex(4, 12):
        if seen:
            oracle = KNeighborsRegressor(n_neighbors=min(k, seen)).fit(xs[b, :seen], ys[b, :seen])
            expected = oracle.predict(queries[b, seen : seen + 1])[0]
            np.testing.assert_allclose(predictions[b, seen], expected, rtol=1e-12)


def test_a_repeated_input_is_its_own_nearest_neighbour():
    xs, ys = 1e4 + 1e-3 * torch.randn(2, 9, 5).double(), torch.randn(2, 9).double()
    queries = xs.roll(1, dims=1)  # entry k asks for pair k - 1
    torch.testing.assert_close(Neighbours(1).predict_query(xs, ys, queries)[:, 1:], ys[:, :-1])


def test_of_equally_distant_pairs_the_earlier_counts():
    xs, ys = torch.tensor([[[1.0], [-1.0], [0.0]]]), torch.tensor([[5.0, 7.0, 0.0]])
    assert Neighbours(1).predict(xs, ys)[0, 2] == 5.0


def test_with_enough_neighbours_it_is_the_mean_label():
    ys = torch.randn(3, 6).double()
    means = Averaging().predict(torch.ones(3, 6, 1).double(), ys)
    torch.testing.assert_close(Neighbours(10).predict(torch.randn(3, 6, 2).double(), ys), means)


def test_chunks_of_prompts_change_nothing(monkeypatch):
    xs, queries, ys = (torch.randn(7, 9, 2), torch.randn(7, 9, 2), torch.randn(7, 9))
    whole = Neighbours(3).predict_query(xs, ys, queries)
    monkeypatch.setattr("icl_core.predictors.base.CHUNK_ENTRIES", 2 * 9 * 9)
    sizes = [len(part) for part, _ in chunks(xs, ys)]
    assert sorted(sizes) == [1, 2, 2, 2]  # by the points, of which there are more than squared inputs
    assert torch.equal(Neighbours(3).predict_query(xs, ys, queries), whole)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_the_number_of_neighbours_must_be_whole_and_positive(k):
    with pytest.raises(SpecError, match="k ="):
        Neighbours(k)
