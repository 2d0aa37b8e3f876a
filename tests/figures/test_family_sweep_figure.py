"""Errors along a line of test functions: drawn numbers, shade, marks."""

import numpy as np
import plotly.graph_objects as go
import pytest

from icl_core.evaluation.family_sweep import SweepCurve
from icl_core.figures.belief import belief_figure
from icl_core.figures.family_sweep import LOG_FLOOR, SweepLabels, family_sweep_figure
from icl_core.figures.function_strokes import LEARNERS

VALUES = (0.5, 1.0, 2.0, 4.0)
MEAN = np.array([[1, 0.2], [1, 0.02], [1, 0.0], [1, 2.0]])
CURVES = {
    "transformer": SweepCurve(MEAN, 0.5 * MEAN, 2 * MEAN),
    "bayes": SweepCurve(MEAN / 2, MEAN / 4, MEAN),
}
LABELS = SweepLabels(
    learners=dict.fromkeys(LEARNERS, "name"),
    parameter="w",
    error="e",
    interval="90%",
    trained="in",
    outside="out",
)


def lines(figure: go.Figure, role: str = "line") -> dict[str, go.Scatter]:
    return {trace.meta["learner"]: trace for trace in figure.data if trace.meta["role"] == role}


def test_errors_and_intervals_at_k_are_drawn() -> None:
    figure = family_sweep_figure(VALUES, CURVES, LABELS, k=1, log_axis=False)
    assert lines(figure)["transformer"].y == pytest.approx(MEAN[:, 1])
    assert lines(figure, "band")["transformer"].y == pytest.approx(
        [*(0.5 * MEAN[:, 1]), *(2 * MEAN[::-1, 1])]
    )
    assert figure.layout.yaxis.range[1] == pytest.approx(1.2 * 2.0)


def test_a_logarithmic_axis_has_a_floor_and_the_hover_the_number() -> None:
    figure = family_sweep_figure(VALUES, CURVES, LABELS, k=1)
    line = lines(figure)["transformer"]
    assert line.y == pytest.approx([0.2, 0.02, LOG_FLOOR, 2.0])
    assert line.customdata[2][0] == 0
    assert figure.layout.yaxis.type == "log"


def test_what_pretraining_never_had_is_shaded() -> None:
    figure = family_sweep_figure(
        VALUES, CURVES, LABELS, k=1, trained_range=(1.0, 2.0), marked=2.0, zero=(1.0,) * 4
    )
    spans = [(shape.x0, shape.x1) for shape in figure.layout.shapes]
    assert spans == [(0.5, 1.0), (2.0, 4.0), (2.0, 2.0)]
    assert [note.text for note in figure.layout.annotations] == ["in", "out"]
    assert lines(figure)["zero"].y == pytest.approx(np.ones(4))


def test_beliefs_stand_as_parts_of_one_bar() -> None:
    figure = belief_figure({"dense": 0.05, "sinusoid": 0.95}, {"dense": "line", "sinusoid": "wave"})
    assert [bar.x[0] for bar in figure.data] == [0.05, 0.95]
    assert [bar.text for bar in figure.data] == ["<b></b>", "<b>wave 95%</b>"]
    with pytest.raises(ValueError, match="sum"):
        belief_figure({"dense": 0.5, "sinusoid": 0.6}, {"dense": "line", "sinusoid": "wave"})
