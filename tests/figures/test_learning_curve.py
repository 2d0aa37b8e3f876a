"""The learning curve draws the numbers it was given, and says what it leaves out."""

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from icl_core.evaluation import Curve, LearningCurves
from icl_core.figures import METHODS, Labels, learning_curve_figure, needs_log_axis, off_scale
from icl_core.figures.curve_numbers import LOG_FLOOR
from icl_core.specs import Evaluation, Experiment, Pretraining

K = 12
LABELS = Labels(
    methods={name: name.upper() for name in METHODS},
    context_length="examples",
    error="error",
    dimension="k = d",
    beyond="beyond",
    off_scale="{method} up to {value} at {k}",
    read_out="at {k}",
    interval="90%",
    median="median",
)


def curve(mean: np.ndarray, medians: tuple[int, ...] = ()) -> Curve:
    return Curve(mean, mean * 0.9, mean * 1.1, medians)


def curves(**changes: Curve) -> LearningCurves:
    k = np.arange(K + 1)
    given = {
        "transformer": curve(np.exp(-k / 3)),
        "lsa": curve(8 / (k + 8) + 0.05),
        "ols": curve(np.maximum(1 - k / 4, 0)),
        "ridge": curve(np.maximum(1 - k / 4, 0)),
        "zero": curve(np.full(K + 1, 1.03)),
    }
    exact = {"lsa": 8 / (k + 8) + 0.01, "lsa_reoptimised": 8 / (k + 8), "ols": np.maximum(1 - k / 4, 0)}
    exact["zero"] = np.ones_like(exact["ols"])
    experiment = Experiment(Pretraining(dimension=4, context_length=8), Evaluation(context_length=K))
    return LearningCurves(experiment, 128, 4.0, {**given, **changes}, exact)


def traces(figure: go.Figure, role: str) -> dict[str, go.Scatter]:
    return {trace.meta["method"]: trace for trace in figure.data if trace.meta["role"] == role}


def texts(figure: go.Figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations)


def test_lines_and_bands_are_the_given_numbers() -> None:
    given = curves()
    figure = learning_curve_figure(given, LABELS)
    lines, bands = traces(figure, "line"), traces(figure, "band")
    assert list(lines["transformer"].x) == given.context_lengths
    for method in ("transformer", "ols", "ridge"):
        np.testing.assert_array_equal(lines[method].y, given.curves[method].mean)
        low, high = np.split(np.array(bands[method].y), 2)
        np.testing.assert_array_equal(low, given.curves[method].low)
        np.testing.assert_array_equal(high[::-1], given.curves[method].high)


def test_linear_attention_is_drawn_twice_by_its_exact_risk() -> None:
    given = curves()
    lines = traces(learning_curve_figure(given, LABELS), "line")
    np.testing.assert_array_equal(lines["lsa"].y, given.exact["lsa"])
    np.testing.assert_array_equal(lines["lsa_reoptimised"].y, given.exact["lsa_reoptimised"])
    assert lines["lsa"].line.width > lines["lsa_reoptimised"].line.width
    assert lines["lsa"].line.dash == lines["lsa_reoptimised"].line.dash == "solid"


def test_closed_form_of_least_squares_lies_beneath_its_estimate() -> None:
    exact = traces(learning_curve_figure(curves(), LABELS), "exact")
    assert set(exact) == {"ols"}
    np.testing.assert_array_equal(exact["ols"].y, curves().exact["ols"])


def test_zero_is_exactly_one_where_it_is_known() -> None:
    lines = traces(learning_curve_figure(curves(), LABELS), "line")
    assert set(lines["zero"].y) == {1.0}


def test_only_what_is_asked_for_is_drawn() -> None:
    figure = learning_curve_figure(curves(), LABELS, shown=("ols", "zero"))
    assert set(traces(figure, "line")) == {"ols", "zero"}
    assert "TRANSFORMER" not in texts(figure)


def test_one_huge_error_does_not_squash_the_rest() -> None:
    huge = np.exp(-np.arange(K + 1) / 3)
    huge[9] = 137.0
    given = curves(transformer=curve(huge))
    figure = learning_curve_figure(given, LABELS)
    assert figure.layout.yaxis.range == (0, 1.25)
    assert off_scale(given, tuple(METHODS)) == {"transformer": (9, 137.0)}
    assert "TRANSFORMER up to 137 at 9" in texts(figure)
    assert "up to" not in texts(learning_curve_figure(curves(), LABELS))


def test_axis_follows_the_zero_predictor() -> None:
    given = curves(zero=curve(np.full(K + 1, 4.02)))
    scaled = LearningCurves(given.experiment, 128, 4.0, given.curves, {})
    assert learning_curve_figure(scaled, LABELS).layout.yaxis.range == (0, 5.0)


def test_infinite_errors_are_named() -> None:
    broken = np.full(K + 1, math.inf)
    broken[0] = np.nan
    figure = learning_curve_figure(curves(transformer=curve(broken)), LABELS)
    assert "TRANSFORMER up to ∞ at 1" in texts(figure)


def test_beyond_the_trained_length_is_shaded() -> None:
    shaded = learning_curve_figure(curves(), LABELS, trained_length=8)
    areas = [shape for shape in shaded.layout.shapes if shape.type == "rect"]
    assert [(area.x0, area.x1) for area in areas] == [(8, K)]
    assert "beyond" in texts(shaded)
    assert "beyond" not in texts(learning_curve_figure(curves(), LABELS, trained_length=K))


def test_a_line_stands_at_as_many_examples_as_inputs() -> None:
    figure = learning_curve_figure(curves(), LABELS)
    assert [shape.x0 for shape in figure.layout.shapes if shape.line.dash == "dash"] == [4]


def test_read_out_marks_every_curve_but_zero() -> None:
    figure = learning_curve_figure(curves(), LABELS, read_out=6)
    (marks,) = [trace for trace in figure.data if trace.meta["role"] == "read_out"]
    assert dict(zip(marks.meta["methods"], marks.y, strict=True))["transformer"] == pytest.approx(
        math.exp(-2)
    )
    assert "zero" not in marks.meta["methods"]
    assert "<b>at 6</b>" in texts(figure)


def test_medians_are_marked() -> None:
    given = curves(ols=curve(np.ones(K + 1) / 2, medians=(3, 4, 5)))
    marks = traces(learning_curve_figure(given, LABELS), "median")
    assert list(marks["ols"].x) == [3, 4, 5]


def test_logarithmic_axis_keeps_zeros_on_its_floor() -> None:
    figure = learning_curve_figure(curves(), LABELS, log_axis=True)
    assert figure.layout.yaxis.type == "log"
    assert min(traces(figure, "line")["ols"].y) == LOG_FLOOR
    np.testing.assert_array_equal(
        traces(figure, "line")["transformer"].y, curves().curves["transformer"].mean
    )


def test_logarithmic_axis_begins_a_decade_under_its_lines() -> None:
    high = {name: curve(np.full(K + 1, 0.3)) for name in ("transformer", "ridge")}
    figure = learning_curve_figure(curves(**high), LABELS, log_axis=True, shown=("transformer", "ridge"))
    assert figure.layout.yaxis.range[0] == pytest.approx(-1)
    least = {"transformer": curve(np.full(K + 1, 1e-9))}
    figure = learning_curve_figure(curves(**least), LABELS, log_axis=True, shown=("transformer",))
    assert figure.layout.yaxis.range[0] == pytest.approx(math.log10(LOG_FLOOR))


def test_logarithmic_axis_grows_by_decades_and_then_names_what_leaves_it() -> None:
    high = np.exp(-np.arange(K + 1) / 3)
    for error, end, named in ((0.5, 10, False), (137.0, 1000, False), (5e4, 1000, True)):
        high[9] = error
        figure = learning_curve_figure(curves(transformer=curve(high)), LABELS, log_axis=True)
        assert figure.layout.yaxis.range == pytest.approx((math.log10(LOG_FLOOR), math.log10(end)))
        assert ("TRANSFORMER up to 50,000 at 9" in texts(figure)) == named


def test_coinciding_lines_share_their_label() -> None:
    figure = learning_curve_figure(curves(), LABELS)
    shared = [note.text for note in figure.layout.annotations if "OLS" in note.text]
    assert len(shared) == 1
    assert "RIDGE" in shared[0]


def test_narrow_screens_get_a_legend_instead_of_labels() -> None:
    figure = learning_curve_figure(curves(), LABELS, compact=True)
    assert figure.layout.showlegend
    assert "TRANSFORMER" not in texts(figure)
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert sorted(named) == sorted(name.upper() for name in (*curves().curves, "lsa_reoptimised"))


@pytest.mark.parametrize("theme", ["light", "dark", "present"])
def test_one_method_has_one_colour_in_a_theme(theme: str) -> None:
    figure = learning_curve_figure(curves(), LABELS, theme=theme)
    everywhere = learning_curve_figure(curves(), LABELS, theme=theme, shown=("ols",))
    assert traces(figure, "line")["ols"].line == traces(everywhere, "line")["ols"].line


def test_zero_without_a_formula_is_drawn_as_it_was_measured() -> None:
    measured = np.linspace(0.8, 1.3, K + 1)
    given = curves(zero=curve(measured))
    sampled = LearningCurves(given.experiment, 128, 4.0, given.curves, {})
    figure = learning_curve_figure(sampled, LABELS)
    np.testing.assert_array_equal(traces(figure, "line")["zero"].y, measured)
    assert "zero" in traces(figure, "band")
    assert "zero" not in traces(learning_curve_figure(given, LABELS), "band")


def test_a_logarithmic_axis_is_needed_where_the_trained_model_or_most_leave_the_linear_one() -> None:
    high = curve(np.full(K + 1, 5.0))
    every = tuple(METHODS)
    assert not needs_log_axis(curves(), every)
    assert not needs_log_axis(curves(ridge=high), every)
    assert needs_log_axis(curves(transformer=high), every)
    assert needs_log_axis(curves(ridge=high, ols=high), ("ols", "ridge", "lsa", "zero"))
    assert not needs_log_axis(curves(transformer=high), ("ols", "zero"))


def test_narrow_screens_have_few_ticks_and_no_flags() -> None:
    huge = curve(np.full(K + 1, 137.0))
    figure = learning_curve_figure(curves(transformer=huge), LABELS, compact=True)
    assert "137" not in texts(figure)
    assert K / figure.layout.xaxis.dtick <= 5


def test_lines_that_are_not_labelled_wait_for_a_click_with_all_that_is_theirs() -> None:
    first = ("transformer", "ols")
    figure = learning_curve_figure(curves(), LABELS, read_out=6, labelled=first)
    lines, bands = traces(figure, "line"), traces(figure, "band")
    assert {name for name, line in lines.items() if line.visible == "legendonly"} == set(lines) - set(first)
    assert {name for name, line in lines.items() if line.showlegend} == set(lines) - set(first)
    assert bands["ridge"].visible == "legendonly"
    assert bands["ridge"].legendgroup == lines["ridge"].legendgroup
    assert "RIDGE" not in texts(figure)
    assert "OLS" in texts(figure)
    (marks,) = [trace for trace in figure.data if trace.meta["role"] == "read_out"]
    assert set(marks.meta["methods"]) == set(first)
    narrow = learning_curve_figure(curves(), LABELS, labelled=first, compact=True)
    assert set(traces(narrow, "line")) == set(first)


def test_labels_leave_room_for_the_legend_above_them() -> None:
    high = {name: curve(np.full(K + 1, 1.2)) for name in ("transformer", "ols")}
    figure = learning_curve_figure(curves(**high), LABELS, labelled=("transformer", "ols"))
    rows = 1 + len(set(traces(figure, "line")) - {"transformer", "ols"})
    places = [
        note.y for note in figure.layout.annotations if "OLS" in note.text or "TRANSFORMER" in note.text
    ]
    assert places
    assert max(places) < 0.97 - 0.04 * rows
