from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from icl_core.data.covariance import Eigenvalues, Identity, Matrix, PowerLaw, RandomDiagonal, Uniform
from icl_core.data.function_classes import Dense, FixedSparse, ReluNetwork, Sinusoid, Sparse
from icl_core.data.prompts import Prompts, sample_prompts, task_pool, training_batch
from icl_core.data.shifts import QueryOrthogonal
from icl_core.evaluation.measure import prompt_chunks
from icl_core.specs import Covariance, Evaluation, Experiment, Mixture, Pretraining, Recipe, Stage

MIXED = Pretraining(
    dimension=4,
    context_length=6,
    covariates=RandomDiagonal(),
    mixture=Mixture.of((Dense(), 0.5), (Sparse(1), 0.3), (ReluNetwork(5), 0.2)),
    label_noise=0.5,
)
LINES = Pretraining(
    dimension=1, context_length=8, covariates=Uniform(3.0), mixture=Mixture.of(Dense(), Sinusoid())
)
POOLED = Pretraining(dimension=4, context_length=6, mixture=Mixture.of(Dense(), FixedSparse(2)), task_pool=5)
NAMES = ("xs", "ys", "queries", "targets")


def same(one: Prompts, other: Prompts) -> bool:
    return all(torch.equal(getattr(one, name), getattr(other, name)) for name in (*NAMES, "family_index"))


def weights_of(prompts: Prompts) -> torch.Tensor:
    """The weights behind noise-free linear prompts [B, D], by least squares."""
    return torch.linalg.lstsq(prompts.xs, prompts.targets.unsqueeze(-1)).solution.squeeze(-1)


def nearest_task(weights: torch.Tensor, pool: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Distance [B] to the nearest task of a pool [K, D], and its position [B]."""
    nearest = torch.cdist(weights, pool, compute_mode="donot_use_mm_for_euclid_dist").min(1)
    return nearest.values, nearest.indices


# -------------------------------------------------------------------------------- evaluation


@pytest.mark.parametrize("pretraining", [MIXED, LINES], ids=["mixed", "lines"])
def test_shapes_and_types(pretraining: Pretraining) -> None:
    prompts = sample_prompts(Experiment(pretraining, Evaluation(context_length=9)), 0, 7)
    D = pretraining.dimension
    assert prompts.xs.shape == prompts.queries.shape == (7, 10, D)
    assert prompts.ys.shape == prompts.targets.shape == (7, 10)
    assert prompts.family_index.shape == (7,)
    assert {getattr(prompts, name).dtype for name in NAMES} == {torch.float64}


@settings(max_examples=40)
@given(
    start=st.integers(0, 150),
    count=st.integers(1, 100),
    context_length=st.integers(1, 12),
    pretraining=st.sampled_from([MIXED, LINES]),
)
def test_any_slice_and_any_prefix_is_part_of_the_same_draw(
    start: int, count: int, context_length: int, pretraining: Pretraining
) -> None:
    whole = sample_prompts(Experiment(pretraining, Evaluation(context_length=12)), 0, 256)
    part = sample_prompts(Experiment(pretraining, Evaluation(context_length=context_length)), start, count)
    for name in NAMES:
        expected = getattr(whole, name)[start : start + count, : context_length + 1]
        assert torch.equal(getattr(part, name), expected), name
    assert torch.equal(part.family_index, whole.family_index[start : start + count])


@pytest.mark.parametrize(
    ("pretraining", "evaluation"),
    [
        (MIXED, Evaluation()),
        (LINES, Evaluation(label_noise=0.5)),
        (POOLED, Evaluation(tasks="seen")),
        (POOLED, Evaluation(shift=QueryOrthogonal(0.5), label_noise=0.2)),
    ],
    ids=["mixed", "lines", "seen tasks", "shifted queries"],
)
def test_doubling_the_prompts_keeps_the_first_half(pretraining: Pretraining, evaluation: Evaluation) -> None:
    few = next(prompt_chunks(Experiment(pretraining, replace(evaluation, prompts=100))))
    many = next(prompt_chunks(Experiment(pretraining, replace(evaluation, prompts=200))))
    assert len(few.xs) == 100
    assert len(many.xs) == 200
    for name in (*NAMES, "family_index"):
        assert torch.equal(getattr(few, name), getattr(many, name)[:100]), name


def test_targets_are_noise_free_and_labels_are_not() -> None:
    prompts = sample_prompts(Experiment(MIXED, Evaluation(context_length=9)), 0, 4000)
    noise = (prompts.ys - prompts.targets).flatten()
    expected = 0.5**2 * 4
    assert abs(float(noise.square().mean()) - expected) < 5 * expected * (2 / noise.numel()) ** 0.5
    assert abs(float((noise * prompts.targets.flatten()).mean())) < 0.1
    quiet = sample_prompts(Experiment(MIXED, Evaluation(context_length=9, label_noise=0.0)), 0, 50)
    assert torch.equal(quiet.ys, quiet.targets)
    assert torch.equal(quiet.targets, prompts.targets[:50])


def test_the_evaluation_decides_what_is_tested() -> None:
    own = sample_prompts(Experiment(MIXED), 0, 40)
    assert torch.equal(own.queries, own.xs)
    other = sample_prompts(
        Experiment(MIXED, Evaluation(function_class=Dense(), covariates=Identity())), 0, 40
    )
    assert int(other.family_index.max()) == 0
    assert not torch.equal(other.xs, own.xs)
    dense = own.family_index == 0
    kept = sample_prompts(Experiment(MIXED, Evaluation(function_class=Dense())), 0, 40)
    assert torch.equal(kept.targets[dense], own.targets[dense])


def test_a_knob_leaves_the_draws_of_the_others_in_place() -> None:
    plain = sample_prompts(Experiment(Pretraining(dimension=4)), 0, 30)
    noisy = sample_prompts(Experiment(Pretraining(dimension=4), Evaluation(label_noise=0.5)), 0, 30)
    noisier = sample_prompts(Experiment(Pretraining(dimension=4), Evaluation(label_noise=1.0)), 0, 30)
    assert torch.equal(noisy.targets, plain.targets)
    torch.testing.assert_close(noisier.ys - plain.ys, 2 * (noisy.ys - plain.ys))
    skewed = sample_prompts(Experiment(Pretraining(dimension=4), Evaluation(covariates=PowerLaw(1.0))), 0, 30)
    torch.testing.assert_close(weights_of(skewed), weights_of(plain))


def test_seeds_draw_different_prompts_and_the_training_seed_does_not_matter() -> None:
    plain = sample_prompts(Experiment(MIXED), 0, 10)
    assert not torch.equal(plain.xs, sample_prompts(Experiment(MIXED, Evaluation(seed=1)), 0, 10).xs)
    assert same(plain, sample_prompts(Experiment(replace(MIXED, seed=1)), 0, 10))


def test_test_functions_keep_the_scale_of_pretraining() -> None:
    """Weights follow the pretraining covariates, so a test covariance moves the output variance."""
    wide = Evaluation(covariates=Uniform(6.0), function_class=Dense())
    prompts = sample_prompts(Experiment(LINES, wide), 0, 20_000)
    squares = prompts.targets[:, 0].square()
    assert abs(float(squares.mean()) - 4) < 5 * float(squares.std()) / 20_000**0.5


# -------------------------------------------------------------------------------- training


@pytest.mark.parametrize("pretraining", [MIXED, LINES, POOLED], ids=["mixed", "lines", "pooled"])
def test_batches_are_addressed_by_seed_and_step(pretraining: Pretraining) -> None:
    batch = training_batch(pretraining, pretraining.mixture, 17)
    points = pretraining.context_length + 1
    assert batch.xs.shape == (pretraining.recipe.batch, points, pretraining.dimension)
    assert batch.ys.shape == (pretraining.recipe.batch, points)
    assert {getattr(batch, name).dtype for name in NAMES} == {torch.float32}
    assert torch.equal(batch.queries, batch.xs)
    assert same(batch, training_batch(pretraining, pretraining.mixture, 17))
    for other in (
        training_batch(pretraining, pretraining.mixture, 18),
        training_batch(replace(pretraining, seed=1), pretraining.mixture, 17),
    ):
        assert not torch.equal(batch.xs, other.xs)
        assert not torch.equal(batch.ys, other.ys)


def test_batches_have_the_distribution_of_the_test_prompts() -> None:
    large = replace(MIXED, recipe=Recipe(batch=20_000), label_noise=0.5)
    batch = training_batch(large, large.mixture, 0)
    shares = torch.bincount(batch.family_index).double() / 20_000
    assert float((shares - torch.tensor([0.5, 0.3, 0.2])).abs().max()) < 0.02
    assert abs(float(batch.xs[:, 0].double().square().mean()) - 1) < 0.05
    squares = batch.targets[:, 0].double().square()
    assert abs(float(squares.mean()) - 4) < 5 * float(squares.std()) / 20_000**0.5
    noise = (batch.ys - batch.targets).double().square()
    assert abs(float(noise.mean()) - 1) < 0.02


def test_a_curriculum_stage_trains_on_its_own_mixture() -> None:
    batch = training_batch(MIXED, Mixture.of(Sparse(1)), 3)
    assert int(batch.family_index.max()) == 0
    assert torch.equal(batch.xs, training_batch(MIXED, MIXED.mixture, 3).xs)


def test_a_curriculum_stage_with_fewer_inputs_keeps_the_labels_variance_and_idles_the_rest() -> None:
    pretraining = Pretraining(dimension=8, context_length=6, recipe=Recipe(batch=20_000))
    batch = training_batch(pretraining, Mixture.of(Sparse(1)), 0, inputs=3)
    assert batch.xs.shape == (20_000, 7, 8)
    assert (batch.xs[..., 3:] == 0).all()
    assert (batch.xs[..., :3].var((0, 1)) - 1).abs().max() < 0.03
    assert batch.targets.square().mean() == pytest.approx(8, rel=0.1)
    assert same(
        training_batch(pretraining, pretraining.mixture, 3),
        training_batch(pretraining, pretraining.mixture, 3, inputs=8),
    )


def test_training_and_test_prompts_are_independent() -> None:
    plain = Pretraining(dimension=4, context_length=8, recipe=Recipe(batch=4000))
    batch = training_batch(plain, plain.mixture, 0)
    test = sample_prompts(Experiment(plain, Evaluation(context_length=8)), 0, 4000)
    for one, other in ((batch.xs, test.xs), (batch.ys, test.ys)):
        product = (one.double() * other).flatten()
        assert abs(float(product.mean())) < 6 * float(product.std()) / 4000**0.5
    seen = {tuple(point) for point in batch.xs.flatten(0, 1).tolist()}
    assert not seen & {tuple(point) for point in test.xs.float().flatten(0, 1).tolist()}


# -------------------------------------------------------------------------------- task pools


def test_training_with_a_pool_sees_its_tasks_alone() -> None:
    pool = task_pool(POOLED, POOLED.mixture).functions.weights
    assert pool is not None
    large = replace(POOLED, recipe=Recipe(batch=2000))
    batch = training_batch(large, large.mixture, 4)
    distance, position = nearest_task(weights_of(batch).double(), pool)
    assert float(distance.max()) < 1e-3
    counts = torch.bincount(position, minlength=5)
    assert int(counts.min()) > 300  # of 400 each
    families = task_pool(POOLED, POOLED.mixture).family_index
    assert torch.equal(batch.family_index, families[position])


def test_seen_tasks_are_the_pools_and_new_ones_are_not() -> None:
    pool = task_pool(POOLED, POOLED.mixture).functions.weights
    assert pool is not None
    seen = sample_prompts(Experiment(POOLED, Evaluation(tasks="seen")), 0, 200)
    distance, position = nearest_task(weights_of(seen), pool)
    assert float(distance.max()) < 1e-9
    assert len(position.unique()) == 5
    new = sample_prompts(Experiment(POOLED), 0, 200)
    assert float(nearest_task(weights_of(new), pool)[0].min()) > 1e-3
    assert torch.equal(seen.xs, new.xs)


def test_seen_prompts_are_addressed() -> None:
    whole = sample_prompts(Experiment(POOLED, Evaluation(tasks="seen", context_length=12)), 0, 200)
    part = sample_prompts(Experiment(POOLED, Evaluation(tasks="seen", context_length=3)), 90, 40)
    assert torch.equal(part.targets, whole.targets[90:130, :4])


def test_pools_are_nested_and_have_their_own_seed() -> None:
    small = task_pool(POOLED, POOLED.mixture).functions.weights
    large = task_pool(replace(POOLED, task_pool=300), POOLED.mixture).functions.weights
    other = task_pool(replace(POOLED, seed=1), POOLED.mixture).functions.weights
    assert small is not None
    assert large is not None
    assert other is not None
    assert torch.equal(large[:5], small)
    assert not torch.equal(other, small)


def test_a_pretraining_without_a_pool_has_none() -> None:
    with pytest.raises(ValueError, match="no task pool"):
        task_pool(MIXED, MIXED.mixture)


@pytest.mark.slow
def test_the_largest_pool_is_drawn_evenly() -> None:
    huge = Pretraining(dimension=2, task_pool=2**20, recipe=Recipe(batch=4096))
    pool = task_pool(huge, huge.mixture).functions.weights
    assert pool is not None
    assert pool.shape == (2**20, 2)
    assert abs(float(pool.square().mean()) - 1) < 0.01
    batch = training_batch(huge, huge.mixture, 0)
    assert len(weights_of(batch).mul(1e4).round().unique(dim=0)) > 4000


@pytest.mark.parametrize(
    "own", [Eigenvalues((0.5, 1.0, 4.0)), Matrix(((2.0, 1.0, 0.5), (1.0, 2.0, 0.5), (0.5, 0.5, 1.0)))]
)
def test_a_curriculum_over_inputs_keeps_ones_own_covariance(own: Covariance) -> None:
    """Its first inputs, as they are; labels keep the model's variance, and the last mixture need not fit."""
    stage = Stage(steps=1, mixture=Mixture.of(Dense()), inputs=2)
    pretraining = Pretraining(
        dimension=3,
        context_length=40,
        covariates=own,
        mixture=Mixture.of(Sparse(3)),
        recipe=Recipe(steps=2, batch=500, curriculum=(stage,)),
    )
    batch = training_batch(pretraining, stage.mixture, 0, inputs=2)
    xs = batch.xs.double()
    found = torch.einsum("bni,bnj->ij", xs, xs) / (xs.shape[0] * xs.shape[1])
    expected = torch.zeros(3, 3, dtype=torch.float64)
    expected[:2, :2] = own.second_moment(3)[:2, :2]
    torch.testing.assert_close(found, expected, atol=0.1, rtol=0.05)
    assert float(batch.targets.square().mean()) == pytest.approx(pretraining.label_variance, rel=0.1)
