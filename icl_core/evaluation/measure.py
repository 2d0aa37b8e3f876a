"""The one loop of every measurement: prompts, chunk by chunk, to means with intervals.

Memory does not grow with the number of prompts. Everything that is measured of one seed sees the same prompts
and the same resamples (common random numbers), so that differences of estimates are paired ones.
Dimensions: B prompts of a chunk, M pairs of a prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from icl_core.data.prompts import Prompts, sample_prompts
from icl_core.evaluation.estimate import BLOCK, Accumulator, Estimate
from icl_core.predictors import Predictor
from icl_core.specs import Experiment

CHUNK = 8 * BLOCK  # prompts evaluated together

Array = NDArray[np.float64]
Name = TypeVar("Name", bound=Hashable)


def measure(
    experiment: Experiment, values: Mapping[Name, Callable[[Prompts], Array]]
) -> dict[Name, Estimate]:
    """Means over the experiment's prompts of each of the values [B, entries], with 90% bootstrap intervals.

    Zhang et al. and Yadlowsky et al. give no intervals: these are ours, a Poisson bootstrap over prompts of
    1,000 resamples.
    """
    return measure_jointly(
        [experiment], lambda prompts: {name: value(prompts) for name, value in values.items()}
    )


def measure_jointly(
    experiments: Sequence[Experiment], values: Callable[..., Mapping[Name, Array]]
) -> dict[Name, Estimate]:
    """`measure` for values that share work: all those of a chunk come from one call.

    `values` is given the prompts of every experiment, as many of each, all from the same start.
    """
    return averaged(zip(*map(prompt_chunks, experiments), strict=True), values)


def averaged(
    chunks: Iterable[tuple[Prompts, ...]], values: Callable[..., Mapping[Name, Array]]
) -> dict[Name, Estimate]:
    """`measure_jointly` on these chunks of prompts; each but the last holds whole blocks of 64."""
    totals: dict[Name, Accumulator] = {}
    for prompts in chunks:
        for name, each in values(*prompts).items():
            totals.setdefault(name, Accumulator(each.shape[1])).add(each)
    return {name: total.estimate() for name, total in totals.items()}


def measured_errors(experiment: Experiment, predictors: Mapping[Name, Predictor]) -> dict[Name, Estimate]:
    """Normalised error of each predictor with k = 0..M pairs."""
    v = experiment.pretraining.label_variance
    return measure_jointly(
        [experiment],
        lambda prompts: {name: squared_errors(each, prompts) / v for name, each in predictors.items()},
    )


def prompt_chunks(experiment: Experiment) -> Iterator[Prompts]:
    """The experiment's test prompts in order, at most 512 at a time."""
    total = experiment.evaluation.prompts
    for start in range(0, total, CHUNK):
        yield sample_prompts(experiment, start, min(CHUNK, total - start))


def cut(prompts: Prompts) -> Iterator[Prompts]:
    """Given prompts in order, at most 512 at a time."""
    for start in range(0, len(prompts.xs), CHUNK):
        yield prompts.some(start, CHUNK)


def squared_errors(predictor: Predictor, prompts: Prompts) -> Array:
    """(prediction - f(query))^2, float64 [B, M + 1]."""
    predictions = predictor.predict_query(prompts.xs, prompts.ys, prompts.queries)
    return (predictions - prompts.targets).square().numpy()
