"""The animation of a training: its last frame is the limit, and frames move nothing but what moves."""

import math

import numpy as np
import pytest

from icl_core.data.covariance import Identity
from icl_core.evaluation.dynamics import Dynamics, scale_scan, trajectory
from icl_core.evaluation.sgd_check import SgdRun
from icl_core.figures.dynamics import DynamicsLabels, dynamics_figure, full_matrices
from icl_core.figures.initial_scale import BalanceLabels, ScaleLabels, balance_figure, scale_figure

LABELS = DynamicsLabels(
    key_query="key-query",
    value="value",
    limit="limit",
    time="time",
    loss="loss",
    floor="floor {value}",
    learned="learned",
    direction="direction {value}",
    half_time="half {time}",
    logistic="logistic",
    sgd="sgd",
    play="Play",
    pause="Pause",
    prefix="t = ",
)
SCALE_LABELS = ScaleLabels("scale", "time", "promised", "silent", "other", "reached", "missed", "now {value}")
TRAINED = trajectory(Dynamics())


def traces(figure, role):
    return [trace for trace in figure.data if trace.meta and trace.meta["role"] == role]


def matrix(trace):
    """The entries of cells, which stand row by row."""
    entries = np.array(trace.marker.color)
    return entries.reshape(math.isqrt(len(entries)), -1)


def test_no_trace_is_a_heat_map_which_plotly_blanks_while_it_plays():
    figure = dynamics_figure(TRAINED, LABELS)
    assert {trace.type for trace in figure.data} == {"bar", "scatter"}
    cells = traces(figure, "key_query")[0]
    assert (cells.x[7], cells.base[7], list(cells.customdata[7])) == (2, 0.5, ["2", "3"])  # row, column
    assert matrix(cells)[1, 2] == cells.marker.color[7]


@pytest.mark.parametrize(
    "spec", [Dynamics(), Dynamics(dimension=20), Dynamics(start="random", init_scale=1.0)]
)
def test_the_last_frame_is_the_limit(spec):
    figure = dynamics_figure(trajectory(spec), LABELS)
    for moving, still in ((0, "key_query_limit"), (1, "value_limit")):
        last, limit = matrix(figure.frames[-1].data[moving]), matrix(traces(figure, still)[0])
        np.testing.assert_allclose(last, limit, atol=1e-3)
        np.testing.assert_allclose(matrix(figure.data[moving]), limit, atol=1e-3)  # at rest too


def test_the_first_frame_is_the_start():
    figure = dynamics_figure(TRAINED, LABELS)
    key_query, value = full_matrices(TRAINED.path.U[0], TRAINED.path.u[0])
    np.testing.assert_allclose(matrix(figure.frames[0].data[0]), key_query, atol=1e-4)
    np.testing.assert_allclose(matrix(figure.frames[0].data[1]), value, atol=1e-4)
    assert figure.frames[0].name == "0"
    assert len({frame.name for frame in figure.frames}) == len(figure.frames)


def test_matrices_are_the_papers_blocks():
    key_query, value = full_matrices(np.array([[1.0, 2.0], [3.0, 4.0]]), 5.0)
    np.testing.assert_array_equal(key_query, [[1, 2, 0], [3, 4, 0], [0, 0, 0]])
    np.testing.assert_array_equal(value, np.diag([0, 0, 5]))


def test_marks_run_along_the_lines():
    figure = dynamics_figure(TRAINED, LABELS)
    loss = traces(figure, "loss")[0]
    on_the_line = set(zip(loss.x, loss.y, strict=True))
    for frame in figure.frames:
        moved = [trace for trace in frame.data if len(trace.to_plotly_json()) > 1]
        assert len(moved) == 4
        assert [trace.type for trace in frame.data[4:]] == [
            "bar",
            "bar",
        ]  # the limits, of which nothing changes
        assert (frame.data[2].x[0], frame.data[2].y[0]) in on_the_line
        assert len(frame.data[3].y) == 4


@pytest.mark.parametrize("compact", [False, True])
def test_a_figure_is_light_enough_to_send(compact):
    figure = dynamics_figure(trajectory(Dynamics(dimension=20)), LABELS, compact=compact)
    assert len(figure.frames) <= 60
    assert len(figure.to_json()) < 600_000


def test_a_log_clock_shows_the_start_too():
    figure = dynamics_figure(TRAINED, LABELS, log_time=True)
    assert min(traces(figure, "loss")[0].x) > 0
    assert dynamics_figure(TRAINED, LABELS, log_time=False).frames[0].data[2].x[0] == 0


def test_only_isotropic_training_shows_the_logistic():
    figure = dynamics_figure(trajectory(Dynamics(covariates=Identity())), LABELS, log_time=False)
    exact = traces(figure, "logistic")[0]
    line = traces(figure, "direction")[0]
    np.testing.assert_allclose(exact.y, np.interp(exact.x, line.x, line.y), atol=2e-3)
    assert traces(figure, "half_time")[0].text[1].strip().startswith("half ")
    assert traces(dynamics_figure(TRAINED, LABELS), "logistic") == []


def test_sgd_lies_over_the_flow():
    path = TRAINED.path
    chosen = [0, 100, 200]
    key_query, value = (
        np.stack(matrices)
        for matrices in zip(*(full_matrices(path.U[i], path.u[i]) for i in chosen), strict=True)
    )
    run = SgdRun(path.times[chosen], key_query, value, TRAINED.losses[chosen], 0.01, 100, 32)
    marks = traces(dynamics_figure(TRAINED, LABELS, sgd=run), "sgd")
    assert len(marks) == 5  # the loss and four directions
    np.testing.assert_allclose(marks[0].y, TRAINED.losses[chosen])
    np.testing.assert_allclose(marks[1].y, TRAINED.learned[chosen, 0], atol=1e-4)
    assert run.largest_other == 0


def test_a_steep_start_gets_a_logarithmic_loss():
    figure = dynamics_figure(trajectory(Dynamics(init_scale=10.0)), LABELS)
    axis = traces(figure, "loss")[0].yaxis.replace("y", "yaxis")
    assert figure.layout[axis].type == "log"


def test_the_band_ends_where_the_theorem_does():
    scan = scale_scan(Dynamics(), np.array([0.1, 1.0, 5.0]))
    figure = scale_figure(scan, 0.1, SCALE_LABELS)
    band = next(shape for shape in figure.layout.shapes if shape.name == "promised")
    assert band.x1 == pytest.approx(scan.largest_init_scale)
    assert [trace.name for trace in figure.data if len(trace.x)] == ["reached"]


def test_starts_that_the_theorem_is_not_about_get_no_promise_and_crosses_stand_over_the_rest():
    scan = scale_scan(Dynamics(start="unbalanced"), np.array([0.1, 1.0, 10.0]))
    figure = scale_figure(scan, 0.1, SCALE_LABELS)
    assert [shape.name for shape in figure.layout.shapes if shape.name] == ["other"]
    texts = {annotation.text for annotation in figure.layout.annotations}
    assert "other" in texts
    assert not texts & {"promised", "silent"}
    reached, missed = (
        next(trace for trace in figure.data if trace.name == name) for name in ("reached", "missed")
    )
    assert list(missed.x) == [10.0]
    assert max(reached.y) < missed.y[0] < figure.layout.yaxis.range[1]


@pytest.mark.parametrize("log_time", [True, False])
@pytest.mark.parametrize(
    "spec", [Dynamics(), Dynamics(init_scale=3.0), Dynamics(start="unbalanced", init_scale=0.5)]
)
def test_names_stand_clear_of_lines_and_marks(spec, log_time):
    figure = dynamics_figure(trajectory(spec), LABELS, log_time=log_time)
    scale = np.log10 if log_time else np.asarray
    for name in traces(figure, "name"):
        for line in traces(figure, "direction"):
            height = np.interp(scale(name.x[0]), scale(np.array(line.x)), np.array(line.y))
            assert abs(height - name.y[0]) > 0.02
    floor = next(note for note in figure.layout.annotations if note.name == "floor")
    assert (floor.xanchor, floor.yanchor) == ("left", "bottom")
    assert floor.yshift > 0


def test_the_difference_is_flat():
    figure = balance_figure(TRAINED, BalanceLabels("time", "u", "U", "difference"))
    lines = {trace.name: np.array(trace.y) for trace in figure.data}
    np.testing.assert_allclose(lines["difference"], 0, atol=1e-8)
    np.testing.assert_allclose(lines["U"] - lines["u"], lines["difference"], atol=1e-12)
