"""The Bayes learner as a function of x, and for many labels at once: the same numbers as query by query."""

import pytest
import torch

from icl_core.data.families import DenseWeights, Sinusoids, SumOf
from icl_core.evaluation.ideal_functions import ideal_functions
from icl_core.predictors import BayesMixture

LINE, WAVES = DenseWeights(1 / 3), Sinusoids.on_range(0.5, 2.0, 40, 1.0)
LEARNERS = {
    "mixture": BayesMixture((LINE, WAVES), (0.3, 0.7), 1e-6),
    "noisy": BayesMixture((LINE, WAVES), (0.5, 0.5), 0.01),
    "sum": BayesMixture((SumOf(LINE, WAVES, 0.4),), (1.0,), 1e-6),
}


@pytest.fixture
def labels() -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs [B, N, 1] and four sets of labels [A, B, N], of which only one is of the learners' families."""
    xs = 6 * torch.rand(5, 9, 1, dtype=torch.float64) - 3
    ys = torch.stack([(factor * xs[..., 0]).sin() + 0.3 * xs[..., 0] for factor in (0.7, 1.3, 1.9, 3.0)])
    return xs, ys


@pytest.mark.parametrize("name", LEARNERS)
def test_the_function_on_a_grid_is_the_answer_to_each_query(
    name: str, labels: tuple[torch.Tensor, torch.Tensor]
) -> None:
    learner, xs, ys = LEARNERS[name], labels[0][0], labels[1][1, 0]
    grid = torch.linspace(-4, 4, 7, dtype=torch.float64)
    found = ideal_functions(learner, xs, ys, grid[:, None])
    many = (xs.expand(7, 9, 1), ys.expand(7, 9))
    queries = grid[:, None, None].expand(7, 9, 1)
    assert torch.allclose(
        found.values[:-1], learner.predict_query(*many, queries).mT, rtol=1e-9, atol=1e-9
    )  # entry k has seen k pairs, so the last row, with all nine, is one more than a prompt of nine answers
    assert torch.allclose(found.posterior[:-1], learner.posterior(xs[None], ys[None])[0], atol=1e-9)
    longer = torch.cat([many[0], torch.zeros(7, 1, 1)], 1), torch.cat([many[1], torch.zeros(7, 1)], 1)
    last = learner.predict_query(*longer, grid[:, None, None].expand(7, 10, 1))[:, -1]
    assert torch.allclose(found.values[-1], last, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", LEARNERS)
def test_labels_that_share_inputs_are_answered_as_each_alone(
    name: str, labels: tuple[torch.Tensor, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    xs, ys = labels
    monkeypatch.setattr("icl_core.predictors.bayes.CHUNK_ENTRIES", 700)  # several chunks
    shared = LEARNERS[name].predict_each(xs, ys, xs)
    for number, label in enumerate(ys):
        assert torch.allclose(shared[number], LEARNERS[name].predict(xs, label), rtol=1e-9, atol=1e-9)


def test_float32_labels_give_float32_predictions() -> None:
    xs = torch.rand(2, 4, 1)
    assert LEARNERS["noisy"].predict_each(xs, xs[None, ..., 0], xs).dtype == torch.float32
