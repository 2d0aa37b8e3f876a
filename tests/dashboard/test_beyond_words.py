"""The sentences of 'Beyond the mixture' say its numbers."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.beyond.view import Scene, start, sweep_of, with_scene
from dashboard.beyond.words import at, details, reading, title
from icl_core.evaluation.family_sweep import FamilySweep, SweepCurve
from icl_core.specs import Experiment

FIRST = start({}).experiment
HALF = with_scene(FIRST, Scene("alpha", 0.5))
FAST = with_scene(FIRST, Scene("frequency", 3.0))


def curve(sweep: FamilySweep, values: dict[float, float], rest: float) -> SweepCurve:
    """A curve with these errors at k = 12, `rest` elsewhere, and another error at every other k."""
    mean = np.full((len(sweep.values), 25), 99.0)
    mean[:, 12] = [values.get(value, rest) for value in sweep.values]
    return SweepCurve(mean, mean, mean)


def curves(experiment: Experiment) -> dict[str, SweepCurve]:
    sweep = sweep_of(experiment)
    if sweep.parameter == "alpha":
        model = curve(sweep, {0.0: 0.04, 0.5: 0.12, 1.0: 0.02}, rest=7.0)
        return {"transformer": model, "bayes": curve(sweep, {}, 0.25), "bayes_test": curve(sweep, {}, 1e-5)}
    model = curve(sweep, {3.0: 0.8}, rest=0.01)
    return {"transformer": model, "wide": curve(sweep, {}, 0.05), "bayes": curve(sweep, {}, 1.5)}


def test_between_values_the_drawn_line_is_read() -> None:
    sweep = sweep_of(FAST)
    rising = SweepCurve(*(np.tile(np.array(sweep.values)[:, None], 25) for _ in range(3)))
    assert at(rising, sweep, 1.1, 3) == pytest.approx(1.1)
    between = with_scene(FIRST, Scene("alpha", 0.55))
    assert "two measured ones" in details(between, curves(between), 12)
    assert "two measured ones" not in details(HALF, curves(HALF), 12)


def test_the_combination_is_read_aloud() -> None:
    assert reading(HALF, curves(HALF), 12).count(". ") == 1  # two sentences; the rest unfolds
    said = f"{reading(HALF, curves(HALF), 12)} {details(HALF, curves(HALF), 12)}"
    for number in ("12 examples", "**0.12 [", "0.030", "0.25", "below 0.0005", "0.50"):
        assert number in said, number
    assert title(HALF, curves(HALF), 12).endswith("error 0.12, on the two alone 0.030 on average")


def test_the_frequency_is_read_aloud() -> None:
    said = f"{reading(FAST, curves(FAST), 12)} {details(FAST, curves(FAST), 12)}"
    for number in ("frequency 3", "0.5 to 2", "outside", "**0.80 [", "0.010", "0.050", "1.50", "1.00"):
        assert number in said, number
    assert title(FAST, curves(FAST), 12).endswith("error 0.80, over the range 0.010 on average")


def test_without_the_model_nothing_is_said_of_it() -> None:
    others = {name: each for name, each in curves(HALF).items() if name != "transformer"}
    assert "transformer" not in reading(HALF, others, 12) + details(HALF, others, 12)
    assert "error" not in title(HALF, others, 12)


def test_pictures_of_home_are_told_by_their_error() -> None:
    lines = with_scene(FIRST, Scene("alpha", 1.0))
    assert title(lines, curves(lines), 12) == "Lines alone, as in pretraining: error 0.020"
    same = replace(lines, evaluation=replace(lines.evaluation, seed=3))
    assert title(same, curves(same), 12) == title(lines, curves(lines), 12)
