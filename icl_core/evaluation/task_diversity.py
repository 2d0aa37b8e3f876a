"""Pretraining on a pool of few or many tasks: errors on its tasks and on new ones, by the pool's size.

The two ideals are those of Raventos, Paul, Chen and Ganguli (arXiv 2306.15063): the discrete MMSE knows the
pool, ridge the distribution that the pool was drawn from.
Dimensions: B prompts, N points, D inputs, T tasks of a pool.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from icl_core import theory
from icl_core.data.prompts import Prompts, task_pool
from icl_core.evaluation.curves import Curve
from icl_core.evaluation.measure import measure_jointly
from icl_core.evaluation.suite import NUGGET
from icl_core.evaluation.suite import ridge as ridge_of
from icl_core.predictors.discrete_mmse import LEAST_SCORE
from icl_core.specs import Evaluation, Experiment, Pretraining

Array = NDArray[np.float64]

SIZES = tuple(2**power for power in range(15))
CHUNK_ENTRIES = 1 << 18  # float64 entries of the prompts-by-tasks table: small enough to stay in the cache


@dataclass(frozen=True)
class PoolSweep:
    """Normalised errors with k pairs against `sizes` of the pool, on 'new' and on 'seen' tasks.

    `estimates[tasks][name]` are 'dmmse' and 'ridge' on prompts, `exact[tasks][name]` linear attention trained
    on the pool: 'lsa' for this very pool, 'lsa_limit' for large dimension (only at k = K, where it is known).
    `unlimited` is the exact error of 'lsa' trained with a fresh task for every prompt.
    """

    sizes: tuple[int, ...]
    k: int
    estimates: Mapping[str, Mapping[str, Curve]]
    exact: Mapping[str, Mapping[str, Array]]
    unlimited: float


def with_pool(experiment: Experiment, size: int | None, tasks: str) -> Experiment:
    """The experiment with a pool of another size, tested on 'new' tasks or on 'seen' ones of that pool."""
    asked = experiment.evaluation
    evaluation = Evaluation(
        context_length=experiment.context_length,
        prompts=asked.prompts,
        seed=asked.seed,
    )
    pretraining = replace(experiment.pretraining, task_pool=size)
    return Experiment(pretraining, replace(evaluation, tasks=tasks))


def pool_sweep(experiment: Experiment, k: int, sizes: tuple[int, ...] = SIZES) -> PoolSweep:
    """The sweep at k pairs, every size on the same inputs and noise; new tasks are the same for all sizes.

    A smaller pool is the beginning of a larger one. Raises ValueError for functions that have no weights.
    """
    tasks = pool_weights(experiment.pretraining, max(sizes))
    estimates = {name: _errors(experiment, k, tasks, sizes, name) for name in ("new", "seen")}
    exact: dict[str, dict[str, Array]] = {"new": {}, "seen": {}}
    for name, risks in _linear_attention(experiment.pretraining, k, tasks, sizes).items():
        exact["new"][name], exact["seen"][name] = risks.T
    return PoolSweep(sizes, k, estimates, exact, _unlimited_attention(experiment.pretraining, k))


def pool_weights(pretraining: Pretraining, size: int) -> Tensor:
    """The tasks of the pretraining's pool [T, D], were it of this size."""
    weights = task_pool(replace(pretraining, task_pool=size), pretraining.mixture).functions.weights
    if weights is None:
        raise ValueError("A pool of tasks is compared by its weights: choose linear functions.")
    return weights


def pool_means(
    prompts: Prompts, k: int, tasks: Tensor, sizes: tuple[int, ...], noise_variance: float
) -> Tensor:
    """Predictions [B, sizes] of the discrete MMSE at query k from the pairs before it, for every size.

    A pool holds tasks[:size] of `tasks` [T, D]; sizes ascend. sum_t softmax_t(-|y - X w_t|^2 / (2
    noise_variance)) w_t . x, the square expanded in X^T X and X^T y: the cost does not grow with k. Sums are
    kept relative to the best fit so far: it does not grow with the number of sizes.
    """
    xs, ys, queries = prompts.xs[:, :k], prompts.ys[:, :k], prompts.queries[:, k]
    weights = tasks[: sizes[-1]].mT.contiguous()  # [D, T]
    first, second = torch.triu_indices(len(weights), len(weights))
    squares = weights[first] * weights[second]
    squares[first != second] *= 2
    terms = torch.cat([squares, -2 * weights]).div_(-2 * noise_variance)  # [D (D + 3) / 2, T]
    gram, cross = xs.mT @ xs, (xs * ys[..., None]).sum(1)  # [B, D, D], [B, D]
    moments = torch.cat([gram[:, first, second], cross], 1).mT.contiguous()  # [D (D + 3) / 2, B]
    peak = moments.new_full((1, len(xs)), -math.inf)
    total, weighted = torch.zeros_like(peak), torch.zeros_like(queries.mT)  # [1, B], [D, B]
    block, found = max(1, CHUNK_ENTRIES // len(xs)), []
    for start, end in pairwise(sorted({0, *range(block, sizes[-1], block), *sizes})):
        scores = terms[:, start:end].mT @ moments  # [tasks of this part, B]
        new_peak = torch.maximum(peak, scores.amax(0, keepdim=True))
        rescale, shares = (peak - new_peak).exp(), scores.sub_(new_peak).clamp_(min=LEAST_SCORE).exp_()
        total = rescale * total + shares.sum(0, keepdim=True)
        weighted = rescale * weighted + weights[:, start:end] @ shares
        peak = new_peak
        if end in sizes:
            found.append((weighted * queries.mT).sum(0) / total[0])
    return torch.stack(found, -1)


def _errors(
    experiment: Experiment, k: int, tasks: Tensor, sizes: tuple[int, ...], tested: str
) -> dict[str, Curve]:
    """Errors at k pairs of the two ideals on 'new' or 'seen' tasks, against the sizes."""
    pretraining = experiment.pretraining
    v = pretraining.label_variance
    noise_variance = max(pretraining.noise_variance, NUGGET * v)
    ridge = ridge_of(experiment)
    # New tasks are the same for every pool; those of a pool are others for each.
    groups = [sizes] if tested == "new" else [(size,) for size in sizes]

    def measured(prompts: Prompts, pools: tuple[int, ...]) -> dict[str, Tensor]:
        """Errors [B, pools] over v."""
        said = {
            "dmmse": pool_means(prompts, k, tasks, pools, noise_variance),
            "ridge": ridge.predict_at(prompts.xs, prompts.ys, prompts.queries, k)[:, None],
        }
        target = prompts.targets[:, k, None]
        return {name: (predictions - target).square() / v for name, predictions in said.items()}

    def errors(*chunks: Prompts) -> dict[str, Array]:
        found = [measured(prompts, pools) for prompts, pools in zip(chunks, groups, strict=True)]
        columns = {name: torch.cat([each[name] for each in found], 1) for name in ("dmmse", "ridge")}
        return {name: each.expand(-1, len(sizes)).numpy() for name, each in columns.items()}

    tests = [with_pool(experiment, pools[-1], tested) for pools in groups]
    return {name: Curve.of(estimate) for name, estimate in measure_jointly(tests, errors).items()}


def _linear_attention(
    pretraining: Pretraining, k: int, tasks: Tensor, sizes: tuple[int, ...]
) -> dict[str, Array]:
    """Exact risks over v, on new and on seen tasks [sizes, 2], of linear attention trained at length K."""
    S = pretraining.covariates.second_moment(pretraining.dimension).numpy()
    v, noise, K, d = (
        pretraining.label_variance,
        pretraining.noise_variance,
        pretraining.context_length,
        len(S),
    )
    scale = v / float(np.trace(S))  # variance of a weight
    pools = [tasks[:size].numpy() for size in sizes]
    this = [
        theory.pool_risks(theory.pool_optimum(pool, S, noise, K), pool, S, noise, k, scale * np.eye(d))
        for pool in pools
    ]
    found = {"lsa": np.array(this) / v}
    if k == K and np.array_equal(S, np.eye(d)):
        limits = [theory.pool_limit(size / d, K / d, noise / d) for size in sizes]
        found["lsa_limit"] = np.array(limits)  # risks per dimension, and v is the dimension
    return found


def _unlimited_attention(pretraining: Pretraining, k: int) -> float:
    S = pretraining.covariates.second_moment(pretraining.dimension).numpy()
    v, noise = pretraining.label_variance, pretraining.noise_variance
    T = v / float(np.trace(S)) * np.eye(len(S))
    A = theory.lsa_optimum(S, T, noise, pretraining.context_length)
    risk = theory.lsa_risk(A, S, T, noise, k)
    return float(risk) / v
