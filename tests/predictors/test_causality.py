"""Entry k may use the pairs before k and its own query, and nothing else: for every predictor."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from icl_core.data.families import DenseWeights, SparseWeights
from icl_core.data.function_classes import Sparse
from icl_core.evaluation.suite import suite
from icl_core.methods import methods
from icl_core.models.transformer import Transformer
from icl_core.predictors import (
    Averaging,
    BayesMixture,
    DiscreteMMSE,
    GradientDescent,
    Lasso,
    LeastSquares,
    LinearAttention,
    Neighbours,
    Network,
    Ridge,
    SmoothInterpolator,
    Zero,
)
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

DIMENSION = 4
POINTS = 11


def random_network(layout):
    """A transformer with every parameter away from its start, at which blocks are the identity."""
    generator = torch.Generator().manual_seed(7)
    network = Transformer(layers=2, heads=2, width=16, layout=layout).build(DIMENSION, POINTS, scale=1.0)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3, generator=generator)
    return Network(network)


TASKS = torch.eye(DIMENSION).repeat(2, 1) * torch.tensor([1.0, -1.0]).repeat_interleave(DIMENSION)[:, None]
SOLVERS = {
    "least squares": LeastSquares(),
    "ridge": Ridge(0.5),
    "lasso": Lasso(0.05),
    "gradient descent": GradientDescent(steps=3, lr=0.1),
    "averaging": Averaging(),
    "neighbours": Neighbours(3),
    "smooth interpolator": SmoothInterpolator(),
    "zero": Zero(),
    "linear attention": LinearAttention(torch.eye(DIMENSION) + 0.1),
    "Bayes mixture": BayesMixture([DenseWeights(1.0), SparseWeights(2, 2.0)], [0.5, 0.5], noise_var=0.1),
    "task pool": DiscreteMMSE(TASKS, noise_var=0.5),  # a pool of mean 0
}
NOISY = Pretraining(dimension=DIMENSION, context_length=POINTS - 1, label_noise=0.5, task_pool=5)
REGISTERED = suite(Experiment(NOISY, Evaluation(function_class=Sparse(2))), None)
"""Every method that a page can draw, as it is built for an experiment."""
NETWORKS = {layout: random_network(layout) for layout in ("paired", "interleaved")}
every_solver = pytest.mark.parametrize("predictor", SOLVERS.values(), ids=SOLVERS.keys())
EVERY = SOLVERS | {f"registered {name}": built for name, built in REGISTERED.items()} | NETWORKS
every_predictor = pytest.mark.parametrize("predictor", EVERY.values(), ids=EVERY.keys())


def assert_same(actual, expected, predictor):
    """Equal up to the rounding of the precision that the predictor works in."""
    tolerance = 1e-4 if isinstance(predictor, Network) else 1e-9
    torch.testing.assert_close(actual, expected, rtol=tolerance, atol=tolerance)


def prompts(seed, count=3, points=POINTS, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    xs = torch.randn(count, points, DIMENSION, generator=generator, dtype=dtype)
    return xs, torch.randn(count, points, generator=generator, dtype=dtype)


def test_every_method_with_a_predictor_is_among_them():
    """Those without are models: a network and linear attention, which are listed by hand.

    So is the smooth interpolator: it is a method of one input alone.
    """
    built = {method.name for method in methods() if method.build is not None} - {"smooth"}
    assert set(REGISTERED) == built | {"lsa"}


@every_predictor
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(0, POINTS - 1), scale=st.sampled_from([0.01, 1.0, 30.0]))
def test_later_pairs_change_nothing_before_them(predictor, seed, k, scale):
    xs, ys = prompts(seed)
    other_xs, other_ys = prompts(seed + 1)
    changed_xs, changed_ys = xs.clone(), ys.clone()
    changed_xs[:, k + 1 :] = scale * other_xs[:, k + 1 :]
    changed_ys[:, k:] = scale * other_ys[:, k:]  # the label at k too: it is what entry k is asked for
    before, after = predictor.predict(xs, ys), predictor.predict(changed_xs, changed_ys)
    assert_same(after[:, : k + 1], before[:, : k + 1], predictor)


@every_predictor
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(0, POINTS - 1))
def test_a_query_replaces_the_input_at_its_own_entry_alone(predictor, seed, k):
    xs, ys = prompts(seed)
    queries = prompts(seed + 1)[0]
    moved = xs.clone()
    moved[:, k] = queries[:, k]
    answers = predictor.predict_query(xs, ys, queries)
    assert_same(answers[:, k], predictor.predict(moved, ys)[:, k], predictor)


@every_predictor
def test_predict_asks_for_the_inputs_themselves(predictor):
    xs, ys = prompts(0)
    assert_same(predictor.predict(xs, ys), predictor.predict_query(xs, ys, xs.clone()), predictor)


@every_solver
def test_nothing_is_known_before_the_first_pair(predictor):
    assert predictor.predict(*prompts(1))[:, 0].abs().max() == 0


@every_predictor
@pytest.mark.parametrize("points", [1, 2])
def test_the_shortest_prompts_work(predictor, points):
    assert predictor.predict(*prompts(2, points=points)).shape == (3, points)


@every_solver
def test_single_precision_comes_back_and_is_solved_in_double(predictor):
    xs, ys = prompts(3, dtype=torch.float32)
    predictions = predictor.predict(xs, ys)
    assert predictions.dtype == torch.float32
    exact = predictor.predict(xs.double(), ys.double())
    torch.testing.assert_close(predictions, exact.float(), rtol=1e-5, atol=1e-5)


@every_predictor
def test_no_prompts_have_no_answers(predictor):
    xs, ys = (tensor[:0] for tensor in prompts(6))
    assert predictor.predict(xs, ys).shape == predictor.predict_query(xs, ys, xs.clone()).shape == (0, POINTS)
    assert predictor.predict_at(xs, ys, xs, 3).shape == (0,)


@every_predictor
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_double(predictor, dtype):
    xs, ys = prompts(6, dtype=dtype)
    predictions = predictor.predict(xs, ys)
    assert predictions.dtype == dtype
    torch.testing.assert_close(predictions, predictor.predict(xs.double(), ys.double()).to(dtype))


def spoilt(xs, ys, fault):
    match fault:
        case "not finite":
            xs = xs.where(torch.arange(POINTS)[:, None] != 7, torch.nan)
        case "infinite":
            ys = ys.where(torch.arange(POINTS) != 7, torch.inf)
        case "whole":
            xs = (3 * xs).long()
        case "whole labels":
            ys = (3 * ys).long()
        case "gradients":
            xs = xs.clone().requires_grad_()
        case "no points":
            xs, ys = xs[:, :0], ys[:, :0]
        case "one prompt":
            xs, ys = xs[0], ys[0]
        case "labels":
            ys = ys[:, 1:]
    return xs, ys


@every_predictor
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("not finite", "not finite: leave such prompts out"),
        ("infinite", "not finite: leave such prompts out"),
        ("whole", "xs holds torch.int64: pass floating-point"),
        ("whole labels", "ys holds torch.int64: pass floating-point"),
        ("gradients", "asks for gradients"),
        ("no points", "xs has shape"),
        ("one prompt", "xs has shape"),
        ("labels", "ys has shape"),
    ],
)
def test_faulty_prompts_are_refused_in_one_sentence(predictor, fault, sentence):
    xs, ys = spoilt(*prompts(7), fault)
    with pytest.raises(ValueError, match=sentence):
        predictor.predict(xs, ys)
    with pytest.raises(ValueError, match=sentence):
        predictor.predict_query(xs, ys, xs.clone())


@pytest.mark.parametrize("name", ["linear attention", "task pool", *NETWORKS])
def test_prompts_of_another_width_are_refused(name):
    xs, ys = prompts(8)
    wide, predictor = torch.cat([xs, xs], -1), EVERY[name]
    with pytest.raises(ValueError, match="inputs"):
        predictor.predict(wide, ys)
    with pytest.raises(ValueError, match="inputs"):
        predictor.predict_at(wide, ys, wide, 3)


@pytest.mark.parametrize("make", [Neighbours, lambda count: GradientDescent(count, lr=0.1)])
def test_counts_are_whole(make):
    xs, ys = prompts(9)
    assert torch.equal(make(3.0).predict(xs, ys), make(3).predict(xs, ys))
    for count in (0, 2.5, True, float("nan"), float("inf")):
        with pytest.raises(SpecError, match="a whole number of at least 1"):
            make(count)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ("zero", "registered zero")])
def test_the_first_label_matters_from_then_on(name):
    """A predictor that ignored its prompt would pass all tests above."""
    predictor = EVERY[name]
    xs, ys = prompts(5)
    before = predictor.predict(xs, ys)
    ys[:, 0] += 1
    assert (predictor.predict(xs, ys) - before)[:, 1:].abs().max() > 1e-3


@every_predictor
def test_prompts_do_not_mix_however_many_there_are(predictor):
    xs, ys = prompts(4, count=7)
    alone = torch.cat([predictor.predict(xs[b : b + 1], ys[b : b + 1]) for b in range(7)])
    assert_same(predictor.predict(xs, ys), alone, predictor)
