import numpy as np
import pytest
import torch
from scipy.special import softmax

from icl_core.predictors import discrete_mmse
from icl_core.predictors.discrete_mmse import DiscreteMMSE
from icl_core.specs import SpecError


def draw(prompts: int, points: int, dimension: int, tasks: int, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    pool = torch.randn(tasks, dimension, dtype=torch.float64, generator=generator)
    xs = torch.randn(prompts, points, dimension, dtype=torch.float64, generator=generator)
    chosen = pool[torch.randint(tasks, (prompts,), generator=generator)]
    noise = torch.randn(prompts, points, dtype=torch.float64, generator=generator)
    return pool, xs, torch.einsum("bnd,bd->bn", xs, chosen) + 0.5 * noise, chosen


def test_known_answer():
    """Two pairs and three tasks; computed by an independent script."""
    pool = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 0.5))
    xs = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0], [0.0, 0.0, 0.0]], dtype=torch.float64)[None]
    ys = torch.tensor([[1.0, 0.2, 0.0]], dtype=torch.float64)
    estimate = DiscreteMMSE(torch.tensor(pool), noise_var=0.5).weights(xs, ys)[0, 2]
    assert estimate.tolist() == pytest.approx([0.6812309242, 0.3187690758, 0.2270769747], abs=5e-11)


def test_brute_force_at_every_prefix():
    pool, xs, ys, _ = draw(prompts=3, points=9, dimension=4, tasks=11)
    estimate = DiscreteMMSE(pool, 0.25).weights(xs, ys)
    for b in range(3):
        for k in range(9):
            squared = ((ys[b, :k, None] - xs[b, :k] @ pool.T) ** 2).sum(0).numpy()
            expected = softmax(-squared / (2 * 0.25)) @ pool.numpy()
            np.testing.assert_allclose(estimate[b, k].numpy(), expected, atol=1e-12)


def test_without_pairs_it_predicts_with_the_mean_of_the_pool():
    pool, xs, ys, _ = draw(prompts=5, points=3, dimension=4, tasks=7)
    torch.testing.assert_close(DiscreteMMSE(pool, 0.25).predict(xs, ys)[:, 0], xs[:, 0] @ pool.mean(0))


def test_finds_the_task_of_the_pool():
    pool, xs, ys, chosen = draw(prompts=20, points=60, dimension=8, tasks=64)
    estimate = DiscreteMMSE(pool, 0.25).weights(xs, ys)
    torch.testing.assert_close(estimate[:, -1], chosen, atol=1e-6, rtol=0)


def test_large_pool_of_gaussian_tasks_approaches_ridge():
    """The pool's empirical prior tends to N(0, I), whose posterior mean is ridge with penalty noise_var."""
    pool, xs, ys, _ = draw(prompts=50, points=4, dimension=2, tasks=2**14)
    predictions = DiscreteMMSE(pool, 0.25).predict(xs, ys)[:, 3]
    seen, labels = xs[:, :3], ys[:, :3, None]
    ridge = torch.linalg.solve(seen.mT @ seen + 0.25 * torch.eye(2, dtype=torch.float64), seen.mT @ labels)[
        ..., 0
    ]
    difference = predictions - (ridge * xs[:, 3]).sum(-1)
    assert difference.square().mean().sqrt() < 0.05


def test_later_pairs_do_not_matter():
    pool, xs, ys, _ = draw(prompts=4, points=8, dimension=3, tasks=9)
    predictor = DiscreteMMSE(pool, 0.25)
    before = predictor.predict(xs, ys)
    xs[:, 6:] += 5.0
    ys[:, 5:] -= 7.0
    torch.testing.assert_close(predictor.predict(xs, ys)[:, :6], before[:, :6], atol=0, rtol=0)


def test_queries_at_the_points_give_the_predictions():
    pool, xs, ys, _ = draw(prompts=4, points=8, dimension=3, tasks=9)
    predictor = DiscreteMMSE(pool, 0.25)
    torch.testing.assert_close(predictor.predict_query(xs, ys, xs), predictor.predict(xs, ys), atol=0, rtol=0)
    shifted = predictor.predict_query(xs, ys, xs + 1.0) - predictor.predict(xs, ys)
    torch.testing.assert_close(shifted, predictor.weights(xs, ys).sum(-1))


def test_far_tasks_have_no_share():
    pool = torch.tensor([[1.0], [1e6]], dtype=torch.float64)
    xs = torch.ones(1, 3, 1, dtype=torch.float64)
    assert DiscreteMMSE(pool, 1e-6).weights(xs, xs[..., 0])[0, 1:, 0].tolist() == [1.0, 1.0]


def test_a_prompt_of_one_point_has_no_pairs():
    pool, xs, ys, _ = draw(prompts=2, points=1, dimension=4, tasks=7)
    torch.testing.assert_close(DiscreteMMSE(pool, 0.25).weights(xs, ys)[:, 0], pool.mean(0).expand(2, -1))


def test_chunks_of_prompts_change_nothing(monkeypatch):
    pool, xs, ys, _ = draw(prompts=7, points=8, dimension=3, tasks=9)
    whole = DiscreteMMSE(pool, 0.25).predict(xs, ys)
    monkeypatch.setattr(discrete_mmse, "CHUNK_ENTRIES", 2 * 8 * 9)
    torch.testing.assert_close(DiscreteMMSE(pool, 0.25).predict(xs, ys), whole, atol=1e-13, rtol=0)


@pytest.mark.parametrize("entries", [8 * 4, 8, 1])
def test_parts_of_the_pool_change_nothing(monkeypatch, entries):
    pool, xs, ys, _ = draw(prompts=5, points=8, dimension=3, tasks=9)
    ys[0] *= 1e3  # scores far apart: the largest changes from part to part
    whole = DiscreteMMSE(pool, 0.25).weights(xs, ys)
    monkeypatch.setattr(discrete_mmse, "CHUNK_ENTRIES", entries)
    torch.testing.assert_close(DiscreteMMSE(pool, 0.25).weights(xs, ys), whole, atol=1e-12, rtol=0)


def test_tables_stay_within_the_limit_however_large_the_pool(monkeypatch):
    sizes = []

    running_sum = discrete_mmse._running_sum

    def recorded(terms):
        sizes.append(terms.numel())
        return running_sum(terms)

    monkeypatch.setattr(discrete_mmse, "CHUNK_ENTRIES", 500)
    monkeypatch.setattr(discrete_mmse, "_running_sum", recorded)
    for tasks in (3, 60, 1000):
        pool, xs, ys, _ = draw(prompts=5, points=8, dimension=3, tasks=tasks)
        DiscreteMMSE(pool, 0.25).weights(xs, ys)
    assert max(sizes) <= 500
    assert sum(sizes) == 5 * 7 * (3 + 60 + 1000)  # the last of 8 points is in no table


def test_dtype_out_is_dtype_in():
    pool, xs, ys, _ = draw(prompts=2, points=4, dimension=3, tasks=5)
    single = DiscreteMMSE(pool, 0.25).predict(xs.float(), ys.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(
        single.double(), DiscreteMMSE(pool, 0.25).predict(xs, ys), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("tasks", "noise_var", "field"),
    [
        (torch.zeros(0, 3), 0.25, "tasks"),
        (torch.zeros(3), 0.25, "tasks"),
        (torch.zeros(2, 3), 0.0, "noise_var"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tasks, noise_var, field):
    with pytest.raises(SpecError) as error:
        DiscreteMMSE(tasks, noise_var)
    assert error.value.field == field


def test_pool_of_another_dimension_is_refused():
    with pytest.raises(SpecError, match="tasks"):
        DiscreteMMSE(torch.zeros(2, 3), 0.25).predict(torch.zeros(1, 2, 4), torch.zeros(1, 2))
