"""Bayes-optimal prediction under a finite pool of tasks.

Dimensions: B prompts, N points, D inputs, T tasks of the pool.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.predictors.base import LinearPredictor, check_shapes, prefix_sum
from icl_core.specs import SpecError

CHUNK_ENTRIES = 1 << 18  # float64 entries of the prompts-by-points-by-tasks table: they stay in the cache


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
                "tasks", tuple(self.tasks.shape), f"tasks of {xs.shape[-1]} inputs, like the prompts"
            )
        points = max(1, xs.shape[1])
        pools = self.tasks.split(max(1, CHUNK_ENTRIES // points))
        chunk = max(1, CHUNK_ENTRIES // (points * len(pools[0])))
        pairs = zip(xs.double().split(chunk), ys.double().split(chunk), strict=True)
        return torch.cat([self._chunk_weights(x, y, pools) for x, y in pairs])

    def _chunk_weights(self, xs: Tensor, ys: Tensor, pools: Sequence[Tensor]) -> Tensor:
        """The softmax over all tasks, a part of the pool at a time (Milakov & Gimelshein 1805.02867).

        Sums are kept relative to the largest score so far, `peak`, and rescaled whenever it grows.
        """
        peak = xs.new_full((*ys.shape, 1), -math.inf)  # [B, N, 1]
        total, weighted = torch.zeros_like(peak), torch.zeros_like(xs)
        for tasks in pools:
            squared = (ys[..., None] - xs @ tasks.mT).square()  # [B, N, tasks of this part]
            scores = prefix_sum(squared) / (-2 * self.noise_var)
            new_peak = torch.maximum(peak, scores.amax(-1, keepdim=True))
            rescale, shares = (peak - new_peak).exp(), (scores - new_peak).exp()
            total = rescale * total + shares.sum(-1, keepdim=True)
            weighted = rescale * weighted + shares @ tasks
            peak = new_peak
        return weighted / total
