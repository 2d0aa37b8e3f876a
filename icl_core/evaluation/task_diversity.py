"""Pretraining on a pool of few or many tasks: errors on its tasks and on new ones, by the pool's size.

The two ideals are those of Raventos, Paul, Chen and Ganguli (arXiv 2306.15063): the discrete MMSE knows the
pool, ridge the distribution that the pool was drawn from.
Dimensions: B prompts, N points, D inputs, T tasks of a pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from icl_core import theory
from icl_core.data.prompts import Prompts, task_pool
from icl_core.evaluation.curves import Curve, prompt_chunks
from icl_core.evaluation.estimate import Accumulator
from icl_core.evaluation.suite import NUGGET
from icl_core.evaluation.suite import ridge as ridge_of
from icl_core.specs import Evaluation, Experiment, Pretraining

Array = NDArray[np.float64]

SIZES = tuple(2**power for power in range(15))
CHUNK_ENTRIES = 1 << 21  # float64 entries of the prompts-by-tasks table held at once


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
    new, seen = [], []
    for size in sizes:
        new.append(_errors(with_pool(experiment, size, "new"), k, tasks[:size]))
        seen.append(_errors(with_pool(experiment, size, "seen"), k, tasks[:size]))
    estimates = {name: _along(found) for name, found in (("new", new), ("seen", seen))}
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


def pool_mean(prompts: Prompts, k: int, tasks: Tensor, noise_variance: float) -> Tensor:
    """Prediction [B] of the discrete MMSE over `tasks` [T, D] at query k, from the k pairs before it.

    sum_t softmax_t(-|y - X w_t|^2 / (2 noise_variance)) w_t . x, the square expanded in X^T X and X^T y: the
    cost does not grow with k.
    """
    xs, ys, queries = prompts.xs[:, :k], prompts.ys[:, :k], prompts.queries[:, k]
    gram, cross = xs.mT @ xs, (xs * ys[..., None]).sum(1)  # [B, D, D], [B, D]
    squares = (tasks[:, :, None] * tasks[:, None, :]).flatten(1)  # [T, D * D]
    values = tasks @ queries.mT  # [T, B]
    chunk = max(1, CHUNK_ENTRIES // len(tasks))
    parts = []
    for start in range(0, len(xs), chunk):
        rows = slice(start, start + chunk)
        fit = gram[rows].flatten(1) @ squares.mT - 2 * cross[rows] @ tasks.mT  # [B, T], less y.y
        parts.append((torch.softmax(fit / (-2 * noise_variance), dim=-1) * values.mT[rows]).sum(-1))
    return torch.cat(parts)


def _errors(experiment: Experiment, k: int, tasks: Tensor) -> dict[str, Curve]:
    """Errors at k pairs of the two ideals, as curves of one entry."""
    pretraining = experiment.pretraining
    v = pretraining.label_variance
    noise_variance = max(pretraining.noise_variance, NUGGET * v)
    ridge = ridge_of(experiment)
    sums = {"dmmse": Accumulator(1), "ridge": Accumulator(1)}
    for prompts in prompt_chunks(experiment):
        target = prompts.targets[:, k]
        asked = (part[:, : k + 1] for part in (prompts.xs, prompts.ys, prompts.queries))
        said = {
            "dmmse": pool_mean(prompts, k, tasks, noise_variance),
            "ridge": ridge.predict_query(*asked)[:, k],
        }
        for name, predictions in said.items():
            sums[name].add(((predictions - target).square() / v)[:, None].numpy())
    estimates = {name: total.estimate() for name, total in sums.items()}
    return {name: Curve(estimate.mean, *estimate.interval()) for name, estimate in estimates.items()}


def _along(found: list[dict[str, Curve]]) -> dict[str, Curve]:
    """Curves of one entry each, joined into one curve a name."""
    joined = {}
    for name in found[0]:
        curves = [each[name] for each in found]
        mean, low, high = np.array([(curve.mean[0], curve.low[0], curve.high[0]) for curve in curves]).T
        joined[name] = Curve(mean, low, high)
    return joined


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
