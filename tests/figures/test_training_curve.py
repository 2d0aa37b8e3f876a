"""A replayed training shows the card's numbers, frame by frame."""

from typing import Any

import numpy as np
import pytest

from icl_core.data.function_classes import Dense, Sparse
from icl_core.figures.training_curve import TrainingCurve, TrainingLabels, training_curve_figure
from icl_core.specs import Mixture

MIXTURE = Mixture.of((Dense(), 0.5), (Sparse(), 0.5))
LABELS = TrainingLabels(
    families={"dense": "dense", "sparse": "sparse"},
    context_length="k",
    error="error",
    steps="steps",
    learning_curve="learning curve",
    at="k = {k}",
    play="play",
    pause="pause",
    prefix="step ",
)


def training(checkpoints: int) -> TrainingCurve:
    errors = np.random.default_rng(0).uniform(0.01, 1, (checkpoints, 2, 5))
    steps = tuple(range(10, 10 * checkpoints + 1, 10))
    return TrainingCurve(steps, MIXTURE, errors, {"OLS": np.linspace(1, 0, 5)})


@pytest.mark.parametrize("compact", [False, True])
def test_frames_are_the_checkpoints(compact: bool) -> None:
    shown = training(40)
    figure: Any = training_curve_figure(shown, LABELS, read_out=2, compact=compact)
    assert len(figure.frames) == 40
    for index, frame in enumerate(figure.frames):
        assert len(frame.data) == len(figure.data)
        for family in range(2):
            np.testing.assert_allclose(frame.data[family].y, shown.errors[index, family], atol=1e-5)
            mark = frame.data[2 + family]
            assert (mark.x[0], mark.y[0]) == (shown.steps[index], shown.errors[index, family, 2])


def test_at_rest_it_shows_the_last_checkpoint() -> None:
    shown = training(7)
    figure: Any = training_curve_figure(shown, LABELS, read_out=3)
    curves = [trace for trace in figure.data if trace.meta["role"] == "curve"]
    np.testing.assert_allclose([curve.y for curve in curves], shown.errors[-1], atol=1e-5)
    progress = [trace for trace in figure.data if trace.meta["role"] == "progress"]
    np.testing.assert_allclose(np.array([line.y for line in progress]).T, shown.errors[:, :, 3], atol=1e-6)
    (reference,) = [trace for trace in figure.data if trace.meta["role"] == "reference"]
    assert (reference.name, list(reference.y)) == ("OLS", [1, 0.75, 0.5, 0.25, 0])


def test_long_histories_are_thinned_and_keep_their_end() -> None:
    thin = training(200).thinned()
    assert len(thin.steps) <= 60
    assert (thin.steps[0], thin.steps[-1]) == (10, 2000)
    np.testing.assert_array_equal(thin.errors[-1], training(200).errors[-1])


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3, 2, 5\)"):
        TrainingCurve((1, 2), MIXTURE, np.zeros((3, 2, 5)), {})
