"""Panels of lines draw the numbers they are given, name each line once, and leave gaps as gaps."""

from typing import Any

import numpy as np
import pytest

from icl_core.figures.line_panels import Line, Mark, Panel, line_panels_figure
from icl_core.figures.palette import stroke

X = np.arange(5.0)


def panel(*lines: Line, **settings: Any) -> Panel:
    given = {"title": "t", "x_title": "x", "y_title": "y", "x": X, "y_range": (0.0, 1.0)}
    return Panel(lines=lines, **given | settings)


def line(key: str, y: Any, **settings: Any) -> Line:
    return Line(key, settings.pop("label", key), stroke("ols"), np.asarray(y, dtype=float), **settings)


def traces(figure: Any, role: str) -> dict[str, Any]:
    return {trace.meta["key"]: trace for trace in figure.data if trace.meta["role"] == role}


def test_lines_and_bands_are_the_numbers() -> None:
    y = np.array([0.9, 0.5, 3.0, 0.2, 0.1])
    figure = line_panels_figure([panel(line("a", y, low=y - 0.05, high=y + 0.05))], interval="90%")
    drawn, band = traces(figure, "line")["a"], traces(figure, "band")["a"]
    np.testing.assert_array_equal(drawn.y, y)
    np.testing.assert_allclose(band.y, [*(y - 0.05), *(y + 0.05)[::-1]])
    np.testing.assert_allclose(drawn.customdata, np.stack([y, y - 0.05, y + 0.05], axis=1))


def test_gaps_stay_gaps() -> None:
    y = np.array([0.5, np.nan, 0.4, 0.3, np.nan])
    figure = line_panels_figure([panel(line("a", y, low=y - 0.1, high=y + 0.1))], interval="90%")
    assert list(traces(figure, "line")["a"].y) == [0.5, None, 0.4, 0.3, None]
    assert not traces(figure, "line")["a"].connectgaps
    (band,) = [trace for trace in figure.data if trace.meta["role"] == "band"]
    assert list(band.x) == [2, 3, 3, 2]


@pytest.mark.parametrize("compact", [False, True])
def test_each_name_stands_once_in_the_legend_in_the_given_order(compact: bool) -> None:
    shown = [panel(line("a", X), line("b", X)), panel(line("b", X), line("c", X), line("d", X, label=""))]
    figure: Any = line_panels_figure(shown, interval="90%", compact=compact)
    named = sorted((trace.legendrank, trace.name) for trace in figure.data if trace.showlegend)
    assert [name for _, name in named] == ["a", "b", "c"]
    rows = {trace.yaxis for trace in figure.data}
    assert len(rows) == 2
    domains = [figure.layout.xaxis.domain, figure.layout.xaxis2.domain]
    assert (domains[0] == domains[1]) == compact


def test_points_have_error_bars() -> None:
    x, y = np.array([1.0, 3.0]), np.array([0.5, 0.25])
    one = line("p", y, x=x, low=y - 0.1, high=y + 0.2, points=True)
    figure = line_panels_figure([panel(one)], interval="90%")
    points = traces(figure, "points")["p"]
    assert (points.mode, list(points.x)) == ("markers", [1, 3])
    np.testing.assert_allclose(points.error_y.array, 0.2)
    np.testing.assert_allclose(points.error_y.arrayminus, 0.1)


def test_marks_on_a_logarithmic_axis_stand_at_their_numbers() -> None:
    shown = panel(line("a", X + 1), x=X + 1, log_x=True, marks=[Mark(2, "two"), Mark(4, "four", "read_out")])
    figure: Any = line_panels_figure([shown], interval="90%")
    places = {note.text: note.x for note in figure.layout.annotations}
    assert places["two"] == pytest.approx(np.log10(2))
    assert places["<b>four</b>"] == pytest.approx(np.log10(4))
    assert {shape.x0 for shape in figure.layout.shapes} == {2, 4}
