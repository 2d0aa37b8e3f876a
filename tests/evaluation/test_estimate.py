import numpy as np
import pytest

from icl_core.evaluation.estimate import Accumulator


def values(prompts: int = 640, entries: int = 3) -> np.ndarray:
    return np.random.default_rng(0).exponential(size=(prompts, entries)) * np.arange(1, entries + 1)


def test_chunks_do_not_matter() -> None:
    data = values()
    whole, parts = Accumulator(3), Accumulator(3)
    whole.add(data)
    for start in range(0, 640, 128):
        parts.add(data[start : start + 128])
    assert np.allclose(whole.estimate().resamples, parts.estimate().resamples, rtol=1e-12)
    assert np.allclose(whole.estimate().mean, data.mean(0), rtol=1e-12)


def test_intervals_cover_the_mean_as_often_as_they_say() -> None:
    covered = 0
    for trial in range(200):
        sample = Accumulator(1)
        sample.add(np.random.default_rng(trial).normal(size=(200, 1)))
        low, high = sample.estimate().interval()
        covered += bool(low[0] <= 0 <= high[0])
    assert 165 <= covered <= 195  # 90% of 200, within 3.5 standard errors


def test_the_interval_of_a_maximum_of_equals_does_not_lie_above_it() -> None:
    lower, upper = [], []
    for trial in range(200):
        sample = Accumulator(6)
        sample.add(np.random.default_rng(trial).normal(size=(200, 6)))
        low, high = sample.estimate().maximum().interval()
        lower.append(bool(low[0] <= 0))
        upper.append(bool(high[0] >= 0))
    assert np.mean(lower) > 0.6  # plain percentiles would have nearly all of the interval above 0
    assert np.mean(upper) > 0.9


def test_the_interval_of_a_clear_maximum_covers_it_as_often_as_it_says() -> None:
    covered = 0
    for trial in range(200):
        sample = Accumulator(3)
        sample.add(np.random.default_rng(trial).normal(size=(200, 3)) + np.array([0.0, 1.0, 0.0]))
        low, high = sample.estimate().maximum().interval()
        covered += bool(low[0] <= 1 <= high[0])
    assert 165 <= covered <= 195


def test_differences_are_paired() -> None:
    data = values()
    first, second = Accumulator(3), Accumulator(3)
    first.add(data + 0.5)
    second.add(data)
    low, high = (first.estimate() - second.estimate()).interval()
    assert np.allclose(low, 0.5)
    assert np.allclose(high, 0.5)


def test_averages_maxima_and_slices_act_within_each_resample() -> None:
    total = Accumulator(3)
    total.add(values())
    estimate = total.estimate()
    assert np.allclose(estimate.average().resamples[:, 0], estimate.resamples.mean(1))
    largest = estimate.mean.max()
    assert np.allclose(estimate.maximum().resamples[:, 0] - largest, largest - estimate.resamples.max(1))
    assert np.allclose(estimate[[2]].mean, estimate.mean[2:])
    assert np.allclose((estimate / 2).mean, estimate.mean / 2)


def test_few_prompts_never_count_an_empty_resample_as_no_error() -> None:
    pair = Accumulator(1)
    pair.add(np.array([[2.0], [3.0]]))
    low, high = pair.estimate().interval()
    assert low[0] >= 2
    assert high[0] <= 3


def test_prompts_after_a_broken_block_are_refused() -> None:
    total = Accumulator(3)
    total.add(values(100))
    with pytest.raises(ValueError, match="multiples of 64"):
        total.add(values(64))
