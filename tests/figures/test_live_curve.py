import numpy as np

from icl_core.data.function_classes import Dense, Sparse
from icl_core.figures.live_curve import HEADROOM, TRAIL, live_curve_figure
from icl_core.figures.training_curve import TrainingCurve, TrainingLabels
from icl_core.specs import Mixture

MIXTURE = Mixture.of((Dense(), 0.5), (Sparse(), 0.5))
LABELS = TrainingLabels(
    families={"dense": "dense linear", "sparse": "sparse linear"},
    context_length="k",
    error="error",
    steps="steps",
    learning_curve="",
    at="",
    play="",
    pause="",
    prefix="",
)


def training(checkpoints: int) -> TrainingCurve:
    errors = np.linspace(1, 0, checkpoints)[:, None, None] * np.ones((checkpoints, 2, 9))
    errors[:, 1] += 0.1
    return TrainingCurve(
        tuple(range(10, 10 * checkpoints + 1, 10)), MIXTURE, errors, {"OLS": np.linspace(1, 0, 9)}
    )


def test_the_last_checkpoint_is_bold_and_the_ones_before_it_fade() -> None:
    figure = live_curve_figure(training(12), LABELS)
    curves = [trace for trace in figure.data if trace.meta["role"] == "curve"]
    assert [(trace.name, trace.meta["step"]) for trace in curves] == [
        ("dense linear", 120),
        ("sparse linear", 120),
    ]
    np.testing.assert_allclose(curves[0].y, np.zeros(9), atol=1e-5)
    np.testing.assert_allclose(curves[1].y, np.full(9, 0.1), atol=1e-5)
    trail = [
        trace for trace in figure.data if trace.meta["role"] == "trail" and trace.meta["family"] == "dense"
    ]
    assert [trace.meta["step"] for trace in trail] == list(range(120 - 10 * TRAIL, 120, 10))
    opacity = [float(trace.line.color.rstrip(")").split(",")[-1]) for trace in trail]
    assert opacity == sorted(opacity)
    assert all(not trace.showlegend for trace in trail)
    (reference,) = (trace for trace in figure.data if trace.meta["role"] == "reference")
    np.testing.assert_allclose(reference.y, np.linspace(1, 0, 9))


def test_axes_stay_where_they_are_while_it_grows() -> None:
    early, late = live_curve_figure(training(1), LABELS), live_curve_figure(training(40), LABELS)
    assert early.layout.yaxis.range == late.layout.yaxis.range == (0, HEADROOM)
    assert early.layout.xaxis.range == late.layout.xaxis.range
