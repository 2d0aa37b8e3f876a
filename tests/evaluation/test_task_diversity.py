"""The sweep over pool sizes: against the discrete MMSE, ridge and linear attention, one size at a time."""

import numpy as np
import pytest
import torch

from icl_core.data.function_classes import Dense, Quadratic
from icl_core.data.prompts import sample_prompts, task_pool
from icl_core.evaluation.closed_forms import ClosedForm, trained_attention
from icl_core.evaluation.curves import learning_curves
from icl_core.evaluation.suite import ridge
from icl_core.evaluation.task_diversity import pool_means, pool_sweep, pool_weights, with_pool
from icl_core.models import LinearAttention
from icl_core.predictors import DiscreteMMSE
from icl_core.predictors import LinearAttention as AttentionPredictor
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

PRETRAINING = Pretraining(dimension=4, context_length=6, label_noise=0.5, model=LinearAttention())
NOISY = Experiment(PRETRAINING, Evaluation(context_length=6, prompts=192))
SIZES = (1, 4, 64)


@pytest.mark.parametrize("noise", [0.5, 1e-3])
@pytest.mark.parametrize("size", [1, 5, 3000])
def test_the_pools_mean_is_the_discrete_mmse(size: int, noise: float) -> None:
    prompts = sample_prompts(NOISY, 0, 40)
    tasks = pool_weights(PRETRAINING, size)
    variance = noise**2 * PRETRAINING.label_variance
    expected = DiscreteMMSE(tasks, variance).predict_query(prompts.xs, prompts.ys, prompts.queries)
    for k in range(7):
        (found,) = pool_means(prompts, k, tasks, (size,), variance).T
        np.testing.assert_allclose(found, expected[:, k], rtol=1e-7, atol=1e-9)


def test_smaller_pools_are_the_beginning_of_larger_ones() -> None:
    tasks = pool_weights(PRETRAINING, 64)
    for size in SIZES:
        spec = with_pool(NOISY, size, "seen").pretraining
        weights = task_pool(spec, spec.mixture).functions.weights
        assert weights is not None
        assert torch.equal(weights, tasks[:size])


@pytest.mark.parametrize("k", [0, 3, 6])
@pytest.mark.parametrize("tasks", ["new", "seen"])
def test_every_size_is_what_learning_curves_say(k: int, tasks: str) -> None:
    swept = pool_sweep(NOISY, k, SIZES)
    for position, size in enumerate(SIZES):
        tested = with_pool(NOISY, size, tasks)
        ideal = DiscreteMMSE(pool_weights(PRETRAINING, size), PRETRAINING.noise_variance)
        expected = learning_curves(tested, {"dmmse": ideal, "ridge": ridge(tested)}).curves
        for name, curve in expected.items():
            found = swept.estimates[tasks][name]
            np.testing.assert_allclose(found.mean[position], curve.mean[k], rtol=1e-9)
            np.testing.assert_allclose(found.low[position], curve.low[k], rtol=1e-9)
            np.testing.assert_allclose(found.high[position], curve.high[k], rtol=1e-9)


def test_linear_attention_is_exact_on_new_and_on_seen_tasks() -> None:
    swept = pool_sweep(NOISY, 5, SIZES)
    for position, size in enumerate(SIZES):
        new = with_pool(NOISY, size, "new")
        assert swept.exact["new"]["lsa"][position] == pytest.approx(
            ClosedForm.of(new).lines["lsa"][5], rel=1e-10
        )
        matrix = trained_attention(new.pretraining)
        assert matrix is not None
        many = Experiment(new.pretraining, Evaluation(context_length=6, prompts=8000, tasks="seen"))
        curve = learning_curves(many, {"lsa": AttentionPredictor(torch.from_numpy(matrix))}).curves["lsa"]
        error = 3 * (curve.high[5] - curve.low[5]) / 3.29  # three standard errors
        assert swept.exact["seen"]["lsa"][position] == pytest.approx(curve.mean[5], abs=error)


def test_large_pools_tend_to_unlimited_tasks() -> None:
    swept = pool_sweep(NOISY, 6, (4, 16_384))
    assert swept.exact["new"]["lsa"][1] == pytest.approx(swept.unlimited, rel=1e-3)
    fresh = with_pool(NOISY, None, "new")
    assert swept.unlimited == pytest.approx(ClosedForm.of(fresh).lines["lsa"][6], rel=1e-12)
    gap = swept.estimates["new"]["dmmse"].mean - swept.estimates["new"]["ridge"].mean
    assert gap[0] > 0.3
    assert abs(gap[1]) < 0.05
    assert swept.estimates["seen"]["dmmse"].mean[0] < 0.05


def test_the_limit_is_drawn_where_it_is_known() -> None:
    assert set(pool_sweep(NOISY, 6, (4,)).exact["new"]) == {"lsa", "lsa_limit"}
    assert set(pool_sweep(NOISY, 5, (4,)).exact["new"]) == {"lsa"}


def test_the_limit_is_near_for_many_inputs() -> None:
    wide = Pretraining(dimension=64, context_length=128, label_noise=0.25, model=LinearAttention())
    swept = pool_sweep(Experiment(wide, Evaluation(context_length=128, prompts=2)), 128, (64, 256))
    for tasks in ("new", "seen"):
        exact = swept.exact[tasks]
        np.testing.assert_allclose(exact["lsa"], exact["lsa_limit"], atol=0.02)


def test_functions_without_weights_are_refused() -> None:
    mixture = Mixture.of((Dense(), 0.5), (Quadratic(), 0.5))
    with pytest.raises(ValueError, match="linear functions"):
        pool_weights(Pretraining(mixture=mixture), 4)
