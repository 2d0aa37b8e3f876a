"""Entry k may use the pairs before k and its own query, and nothing else: for every predictor."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from icl_core.predictors import (
    Averaging,
    GradientDescent,
    Lasso,
    LeastSquares,
    LinearAttention,
    Neighbours,
    Ridge,
    Zero,
)

DIMENSION = 4
PREDICTORS = {
    "least squares": LeastSquares(),
    "ridge": Ridge(0.5),
    "lasso": Lasso(0.05),
    "gradient descent": GradientDescent(steps=3, lr=0.1),
    "averaging": Averaging(),
    "neighbours": Neighbours(3),
    "zero": Zero(),
    "linear attention": LinearAttention(torch.eye(DIMENSION) + 0.1),
}
every_predictor = pytest.mark.parametrize("predictor", PREDICTORS.values(), ids=PREDICTORS.keys())


def prompts(seed, count=3, points=11, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    xs = torch.randn(count, points, DIMENSION, generator=generator, dtype=dtype)
    return xs, torch.randn(count, points, generator=generator, dtype=dtype)


@every_predictor
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(0, 10), scale=st.sampled_from([0.01, 1.0, 30.0]))
def test_later_pairs_change_nothing_before_them(predictor, seed, k, scale):
    xs, ys = prompts(seed)
    other_xs, other_ys = prompts(seed + 1)
    changed_xs, changed_ys = xs.clone(), ys.clone()
    changed_xs[:, k + 1 :] = scale * other_xs[:, k + 1 :]
    changed_ys[:, k:] = scale * other_ys[:, k:]  # the label at k too: it is what entry k is asked for
    before, after = predictor.predict(xs, ys), predictor.predict(changed_xs, changed_ys)
    torch.testing.assert_close(after[:, : k + 1], before[:, : k + 1], rtol=1e-9, atol=1e-10)


@every_predictor
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(0, 10))
def test_a_query_replaces_the_input_at_its_own_entry_alone(predictor, seed, k):
    xs, ys = prompts(seed)
    queries = prompts(seed + 1)[0]
    moved = xs.clone()
    moved[:, k] = queries[:, k]
    answers = predictor.predict_query(xs, ys, queries)
    torch.testing.assert_close(answers[:, k], predictor.predict(moved, ys)[:, k], rtol=1e-9, atol=1e-10)


@every_predictor
def test_predict_asks_for_the_inputs_themselves(predictor):
    xs, ys = prompts(0)
    torch.testing.assert_close(predictor.predict(xs, ys), predictor.predict_query(xs, ys, xs))


@every_predictor
def test_nothing_is_known_before_the_first_pair(predictor):
    assert predictor.predict(*prompts(1))[:, 0].abs().max() == 0


@every_predictor
@pytest.mark.parametrize("points", [1, 2])
def test_the_shortest_prompts_work(predictor, points):
    assert predictor.predict(*prompts(2, points=points)).shape == (3, points)


@every_predictor
def test_single_precision_comes_back_and_is_solved_in_double(predictor):
    xs, ys = prompts(3, dtype=torch.float32)
    predictions = predictor.predict(xs, ys)
    assert predictions.dtype == torch.float32
    exact = predictor.predict(xs.double(), ys.double())
    torch.testing.assert_close(predictions, exact.float(), rtol=1e-5, atol=1e-5)


@every_predictor
def test_prompts_do_not_mix_however_many_there_are(predictor):
    xs, ys = prompts(4, count=7)
    alone = torch.cat([predictor.predict(xs[b : b + 1], ys[b : b + 1]) for b in range(7)])
    torch.testing.assert_close(predictor.predict(xs, ys), alone, rtol=1e-9, atol=1e-10)
