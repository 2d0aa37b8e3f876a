"""Means over prompts with bootstrap intervals, in chunks so that memory does not grow with prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEVEL = 0.9
BLOCK = 64  # prompts whose resampling weights are drawn together


@dataclass(frozen=True)
class Estimate:
    """Means over prompts [N] and the same means over resampled prompts [R, N].

    The resampling weights belong to the prompts, so the difference of two estimates from the same prompts
    is the paired one.
    """

    mean: NDArray[np.float64]
    resamples: NDArray[np.float64]

    def interval(self, level: float = LEVEL) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bootstrap percentile interval (low [N], high [N])."""
        low, high = np.quantile(self.resamples, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.mean - other.mean, self.resamples - other.resamples)

    def __truediv__(self, divisor: float) -> Estimate:
        return Estimate(self.mean / divisor, self.resamples / divisor)

    def __getitem__(self, entries: slice | list[int]) -> Estimate:
        return Estimate(self.mean[entries], self.resamples[:, entries])

    def average(self) -> Estimate:
        """The mean over entries, as an estimate of one entry."""
        return Estimate(self.mean.mean(keepdims=True), self.resamples.mean(1, keepdims=True))

    def maximum(self) -> Estimate:
        """The maximum over entries, as an estimate of one entry.

        A maximum of noisy entries lies above that of the true ones, and in every resample above it once more:
        so its resamples are mirrored at the estimate, which makes its interval the basic bootstrap's.
        """
        largest = self.mean.max(keepdims=True)
        return Estimate(largest, 2 * largest - self.resamples.max(1, keepdims=True))


def combine(function: Callable[..., NDArray[np.float64]], *estimates: Estimate) -> Estimate:
    """The function, which acts entry by entry, of estimates from the same prompts: of the means and of every
    resample."""
    mean = function(*(estimate.mean for estimate in estimates))
    return Estimate(mean, function(*(estimate.resamples for estimate in estimates)))


class Accumulator:
    """Collects values [B, N] of consecutive prompts, beginning with prompt 0, into an Estimate.

    Resampling is the Poisson bootstrap: prompt b has weight Poisson(1) in each resample, addressed by b, so
    that chunks can be added one by one and every predictor sees the same resamples.
    """

    def __init__(self, entries: int) -> None:
        self.count = 0
        self.total = np.zeros(entries)
        self.resampled = np.zeros((RESAMPLES, entries))
        self.weight = np.zeros(RESAMPLES)

    def add(self, values: NDArray[np.float64]) -> None:
        """Adds the next prompts' values [B, N]; every chunk but the last holds whole blocks of 64.

        Raises ValueError for prompts after a chunk that did not.
        """
        if self.count % BLOCK:
            raise ValueError(
                f"{self.count} prompts were added before: chunks must hold multiples of {BLOCK}."
            )
        weights = np.concatenate(
            [_weights((self.count + start) // BLOCK) for start in range(0, len(values), BLOCK)], axis=1
        )[:, : len(values)]
        self.total += values.sum(0)
        self.resampled += weights @ values
        self.weight += weights.sum(1)
        self.count += len(values)

    def estimate(self) -> Estimate:
        drawn = self.weight > 0  # a resample of few prompts may hold none
        return Estimate(self.total / self.count, self.resampled[drawn] / self.weight[drawn, None])


@lru_cache(maxsize=128)
def _weights(block: int) -> NDArray[np.float64]:
    """Poisson(1) weights [R, 64] of one block of prompts."""
    generator = np.random.Generator(np.random.Philox(key=[0x1C1, block]))
    return generator.poisson(1.0, (RESAMPLES, BLOCK)).astype(np.float64)
