"""Prompts for training and for evaluation.

Dimensions: B prompts, N points of a prompt, D inputs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from icl_core.data.function_classes.mixture import MixtureSample, sample_mixture
from icl_core.data.randomness import AddressedRandomness, BatchRandomness, Randomness
from icl_core.specs import Experiment, Mixture, Pretraining


@dataclass(frozen=True)
class Prompts:
    """B prompts of N points. Query k is asked from the pairs before k; unless shifted it is point k."""

    xs: Tensor  # [B, N, D]
    ys: Tensor  # [B, N], labels of xs with their noise
    queries: Tensor  # [B, N, D]
    targets: Tensor  # [B, N], noise-free values at the queries
    family_index: Tensor  # [B], position of each prompt's family in the mixture

    def some(self, start: int, count: int) -> Prompts:
        """At most `count` of the prompts, from the one at `start`."""
        rows = slice(start, start + count)
        xs, ys, queries, targets = self.xs[rows], self.ys[rows], self.queries[rows], self.targets[rows]
        return Prompts(xs, ys, queries, targets, self.family_index[rows])


def sample_prompts(experiment: Experiment, start: int, count: int) -> Prompts:
    """Test prompts start .. start + count - 1 of an experiment, float64, each with context_length + 1 points.

    A prompt depends on the experiment's test seed and its own number alone: any split into slices gives the
    same prompts, and a longer context extends them. Covariates, functions and noise have streams of their
    own, so that a knob of one leaves the draws of the others in place.
    """
    pretraining, evaluation = experiment.pretraining, experiment.evaluation
    dimension, shift = pretraining.dimension, evaluation.shift
    points = experiment.context_length + 1
    randomness = AddressedRandomness.of(evaluation.seed, "test").from_prompt(start)

    S = experiment.covariates.second_moment(dimension)
    xs = experiment.covariates.covariates(randomness.child("covariates"), count, points, dimension)
    xs = shift.covariates(xs, S)
    queries = shift.queries(xs, S)

    tasks = randomness.child("functions")
    if evaluation.tasks == "seen":
        pool = task_pool(pretraining, experiment.mixture, torch.float64)
        functions, family_index = _from_pool(pool, tasks, count)
    else:
        mixture = shift.mixture(experiment.mixture)
        functions, family_index = sample_mixture(mixture, tasks, count, pretraining.covariates, dimension)
    functions = shift.functions(functions, pretraining)

    values = functions.evaluate(xs)
    noise_variance = shift.noise_variance(experiment.noise_variance, pretraining)
    ys = _with_noise(values, noise_variance, randomness)
    targets = values if queries is xs else functions.evaluate(queries)
    return Prompts(xs, ys, queries, targets, family_index)


def training_batch(
    pretraining: Pretraining,
    mixture: Mixture,
    step: int,
    inputs: int | None = None,
    context_length: int | None = None,
) -> Prompts:
    """The batch of a training step, float32, context_length + 1 points a prompt.

    It depends on the pretraining seed, the step and the batch size. `mixture`, the number of active `inputs`
    and the `context_length` (None: all) are the model's own or those of a stage of its curriculum. With a
    task pool every prompt draws its function from the pool of that mixture.
    """
    inputs, length = inputs or pretraining.dimension, context_length or pretraining.context_length
    if (inputs, length) == (pretraining.dimension, pretraining.context_length):
        return _training_batch(pretraining, mixture, step)
    narrow = _training_batch(_in_stage(pretraining, mixture, inputs, length), mixture, step)
    if inputs == pretraining.dimension:
        return narrow
    xs = functional.pad(narrow.xs, (0, pretraining.dimension - inputs))  # [B, N, inputs] -> [B, N, D]
    few = pretraining.covariates.leading(inputs).label_variance(inputs)
    grow = math.sqrt(pretraining.label_variance / few)
    return Prompts(xs, grow * narrow.ys, xs, grow * narrow.targets, narrow.family_index)


@lru_cache(maxsize=16)
def _in_stage(pretraining: Pretraining, mixture: Mixture, inputs: int, context_length: int) -> Pretraining:
    """A stage's mixture on so many inputs and pairs, without the curriculum and the first weights."""
    return replace(
        pretraining,
        mixture=mixture,
        covariates=pretraining.covariates.leading(inputs),
        dimension=inputs,
        context_length=context_length,
        recipe=replace(pretraining.recipe, curriculum=()),
        warm_start=None,
        warm_start_at="decay",
    )


def _training_batch(pretraining: Pretraining, mixture: Mixture, step: int) -> Prompts:
    prompts, points, dimension = (
        pretraining.recipe.batch,
        pretraining.context_length + 1,
        pretraining.dimension,
    )
    randomness = BatchRandomness.of(pretraining.seed, "train", step)
    xs = pretraining.covariates.covariates(randomness.child("covariates"), prompts, points, dimension)
    tasks = randomness.child("functions")
    if pretraining.task_pool is None:
        functions, family_index = sample_mixture(mixture, tasks, prompts, pretraining.covariates, dimension)
    else:
        functions, family_index = _from_pool(task_pool(pretraining, mixture, torch.float32), tasks, prompts)
    values = functions.evaluate(xs)
    ys = _with_noise(values, pretraining.noise_variance, randomness)
    return Prompts(xs, ys, xs, values, family_index)


@lru_cache(maxsize=4)
def task_pool(
    pretraining: Pretraining, mixture: Mixture, dtype: torch.dtype = torch.float64
) -> MixtureSample:
    """The functions of a pretraining's task pool, drawn from its seed; a larger pool extends a smaller one.

    Raises ValueError where the pretraining has no pool.
    """
    if pretraining.task_pool is None:
        raise ValueError("this pretraining draws a fresh task for every prompt: it has no task pool")
    randomness = replace(AddressedRandomness.of(pretraining.seed, "pool"), dtype=dtype)
    size, dimension = pretraining.task_pool, pretraining.dimension
    return sample_mixture(mixture, randomness, size, pretraining.covariates, dimension)


def _from_pool(pool: MixtureSample, randomness: Randomness, prompts: int) -> MixtureSample:
    """One function of the pool per prompt, all equally likely."""
    size = len(pool.family_index)
    uniforms = randomness.child("pool").prompt_uniforms(prompts).double()
    return pool.take((uniforms * size).long())


def _with_noise(values: Tensor, variance: float, randomness: Randomness) -> Tensor:
    """Labels [B, N]: the values plus Gaussian noise."""
    if variance == 0:
        return values
    return values + math.sqrt(variance) * randomness.child("noise").point_normals(*values.shape)
