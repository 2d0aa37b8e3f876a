import numpy as np
import pytest

from icl_core.claims import Measurement
from icl_core.claims.estimates import absolute, at, largest, over_seeds, ratio, smaller
from icl_core.evaluation import Estimate
from icl_core.evaluation.estimate import Accumulator


def estimate(values: np.ndarray) -> Estimate:
    total = Accumulator(values.shape[1])
    total.add(values)
    return total.estimate()


@pytest.fixture
def pair() -> tuple[Estimate, Estimate]:
    rng = np.random.default_rng(0)
    return estimate(rng.normal(1, 1, (640, 3))), estimate(rng.normal([0.5, 1, 2], 1, (640, 3)))


def test_every_operation_acts_on_means_and_resamples(pair: tuple[Estimate, Estimate]) -> None:
    first, second = pair
    for found, expected in (
        (absolute(first - second), lambda a, b: np.abs(a - b)),
        (smaller(first, second), np.minimum),
        (ratio(first, second), np.divide),
        (largest([first, second]), np.maximum),
    ):
        np.testing.assert_allclose(found.mean, expected(first.mean, second.mean))
        np.testing.assert_allclose(found.resamples, expected(first.resamples, second.resamples))


def test_a_measurement_is_one_entry(pair: tuple[Estimate, Estimate]) -> None:
    measured = Measurement.of(at(pair[0], 1))
    assert measured.low < measured.value < measured.high
    with pytest.raises(ValueError, match="3"):
        Measurement.of(pair[0])


def test_seeds_widen_the_interval_and_stay_paired(pair: tuple[Estimate, Estimate]) -> None:
    first, second = pair
    shifted = Estimate(first.mean + 1, first.resamples + 1)
    joint = over_seeds([first, shifted], "models")
    np.testing.assert_allclose(joint.mean, first.mean + 0.5)
    low, high = joint.interval()
    assert np.all(low < first.mean + 0.1)  # both seeds drawn from one model
    assert np.all(high > first.mean + 0.9)
    same = over_seeds([first, shifted], "models") - over_seeds(
        [second, Estimate(second.mean + 1, second.resamples + 1)], "models"
    )
    np.testing.assert_allclose(same.resamples, (first - second).resamples)
    assert over_seeds([first], "models") is first
