"""Bayes-optimal prediction under a finite pool of tasks.

Dimensions: B prompts, N points, D inputs, T tasks of the pool.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.prompts import task_pool
from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import LinearPredictor, check_shapes
from icl_core.predictors.bayes import NUGGET
from icl_core.specs import Experiment, SpecError

CHUNK_ENTRIES = 1 << 18  # float64 entries of the prompts-by-points-by-tasks table: they stay in the cache
LEAST_SCORE = -700.0  # of a task, below the best: its share is 1e-304 and not 0, for which exp takes long


@dataclass(frozen=True, eq=False)
class DiscreteMMSE(LinearPredictor):
    """Posterior mean when w is uniform over the pool `tasks` [T, D] and y = w.x + N(0, noise_var).

    w-hat = sum_t softmax_t(-|y - X w_t|^2 / (2 noise_var)) w_t, the dMMSE of Raventos et al. 2306.15063,
    section 2. Before the first pair it is the mean of the pool, so entry 0 of a prediction is not 0.
    """

    tasks: Tensor
    noise_var: float

    def __post_init__(self) -> None:
        tasks = torch.as_tensor(self.tasks, dtype=torch.float64)
        if tasks.ndim != 2 or not len(tasks):
            raise SpecError(
                "tasks", tuple(tasks.shape), "a pool of shape [tasks, inputs] with at least one task"
            )
        if not 0 < self.noise_var < math.inf:
            raise SpecError("noise_var", self.noise_var, "a positive finite number")
        object.__setattr__(self, "tasks", tasks)

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Posterior mean of the task [B, N, D], float64, entry k given the pairs before k."""
        check_shapes(xs, ys)
        if xs.shape[-1] != self.tasks.shape[-1]:
            raise SpecError(
                "tasks",
                tuple(self.tasks.shape),
                "tasks of {count} inputs, like the prompts",
                count=xs.shape[-1],
            )
        points = max(1, xs.shape[1] - 1)  # the last pair is seen by none of them
        pools = self.tasks.split(max(1, CHUNK_ENTRIES // points))
        chunk = max(1, CHUNK_ENTRIES // (points * len(pools[0])))
        pairs = zip(xs[:, :-1].double().split(chunk), ys[:, :-1].double().split(chunk), strict=True)
        learned = [self._chunk_weights(x, y, pools) for x, y in pairs]
        first = self.tasks.mean(0).expand(len(xs), xs.shape[1], -1)[:, :1]
        return torch.cat([first, torch.cat(learned)], 1)

    def _chunk_weights(self, xs: Tensor, ys: Tensor, pools: Sequence[Tensor]) -> Tensor:
        """Posterior means [B, N, D], entry k given the pairs up to k, itself among them.

        The softmax over all tasks, a part of the pool at a time (Milakov & Gimelshein 1805.02867). Sums are
        kept relative to the largest score so far, `peak`, and rescaled whenever it grows. The largest tables
        are changed in place: to allocate and fill one more takes as long as to compute it.
        """
        scale = (2 * self.noise_var) ** -0.5
        inputs, labels = scale * xs, scale * ys[..., None]
        peak = xs.new_full(labels.shape, -math.inf)  # [B, N, 1]
        total, weighted = torch.zeros_like(peak), torch.zeros_like(xs)
        for tasks in pools:
            squared = (inputs @ tasks.mT).sub_(labels).square_()  # [B, N, tasks of this part]
            scores = _running_sum(squared).neg_()
            new_peak = torch.maximum(peak, scores.amax(-1, keepdim=True))
            rescale = (peak - new_peak).exp_()
            shares = scores.sub_(new_peak).clamp_(min=LEAST_SCORE).exp_()
            total = rescale * total + shares.sum(-1, keepdim=True)
            weighted = rescale * weighted + shares @ tasks
            peak = new_peak
        return weighted / total


def _running_sum(terms: Tensor) -> Tensor:
    """The cumulative sum along dimension 1, in place and by rows: a fifth of the time of torch.cumsum."""
    for k in range(1, terms.shape[1]):
        terms[:, k] += terms[:, k - 1]
    return terms


def of_the_pool(experiment: Experiment) -> DiscreteMMSE | None:
    """The learner that knows the pretraining's task pool; None where there is none of linear functions."""
    pretraining = experiment.pretraining
    if pretraining.task_pool is None:
        return None
    weights = task_pool(pretraining, pretraining.mixture).functions.weights
    return (
        None
        if weights is None
        else DiscreteMMSE(weights, max(pretraining.noise_variance, NUGGET * pretraining.label_variance))
    )


register(Method("dmmse", of_the_pool, place=62, look=Look("purple", "6px,3px,1px,3px", 2.25)))
