"""What claims compute from estimates: every function acts on the means and on each resample alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from icl_core.evaluation import Estimate
from icl_core.evaluation.estimate import RESAMPLES, combine

Array = NDArray[np.float64]


def absolute(estimate: Estimate) -> Estimate:
    return combine(np.abs, estimate)


def smaller(first: Estimate, second: Estimate) -> Estimate:
    """The smaller of two entries."""
    return combine(np.minimum, first, second)


def ratio(numerator: Estimate, denominator: Estimate) -> Estimate:
    return combine(np.divide, numerator, denominator)


def largest(estimates: Sequence[Estimate]) -> Estimate:
    """The largest of several estimates, entry by entry."""
    return combine(lambda *values: np.max(values, axis=0), *estimates)


def at(estimate: Estimate, k: int) -> Estimate:
    """The entry with k pairs, as an estimate of one entry."""
    return estimate[slice(k, k + 1)]


def over_seeds(each: Sequence[Estimate], address: str) -> Estimate:
    """The mean over models that differ in their training seed, resampled over seeds and prompts.

    `address` names the models: estimates of the same models share their resampled seeds, and stay paired.
    """
    if len(each) == 1:
        return each[0]
    key = int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "little")
    generator = np.random.Generator(np.random.Philox(key=key))
    count = len(each)
    weights = generator.multinomial(count, [1 / count] * count, size=RESAMPLES) / count  # [R, seeds]
    resamples = np.einsum("rs,srn->rn", weights, np.stack([estimate.resamples for estimate in each]))
    return Estimate(np.mean([estimate.mean for estimate in each], axis=0), resamples)
