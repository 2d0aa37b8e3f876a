"""The prompt lab's points come from the link, its answers from the learners, and edits change the link."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dashboard.frame.url_state import Settings
from dashboard.lab.code import exported, python_code
from dashboard.lab.knobs import another, cleared
from dashboard.lab.numbers import answer, answers_at, lab_grid
from dashboard.lab.own import PASTED, Scale, read_points
from dashboard.lab.picture import applied
from dashboard.lab.view import (
    FAST,
    MOST_POINTS,
    SOURCES,
    LabView,
    Points,
    family_of,
    prompt_of,
    sampled,
    with_points,
)
from dashboard.lab.words import side
from icl_core.evaluation.prompt_functions import input_range
from icl_core.library import default_library
from icl_core.library.finding import main_model
from icl_core.predictors import BayesMixture
from icl_core.specs import Experiment, SpecError
from tests.pages.opening import opened_page

MAIN = main_model({})
GRID = lab_grid(MAIN)
SETTINGS = Settings(Experiment(MAIN), LabView())


opened = partial(opened_page, "pages/prompt_lab.py")


def done(at: AppTest) -> str:
    return next(block.proto.body for block in at.get("html") if "id='done'" in block.proto.body)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ state


def test_views_survive_the_link() -> None:
    views = (
        LabView(),
        LabView(x=(), y=(), source="own"),
        LabView(x=(0.5, -1.25), y=(1.0, 2.0), predict=True, noise=0.03),
        LabView(source="fast", draw=7, count=0),
        LabView(x=(1.0,), y=(0.5,), source="own", query=(2.0, -1.0)),
    )
    for view in views:
        assert LabView.from_query(view.to_query()) == view


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"x": "1 2", "y": "1"}, "y"),
        ({"x": "1 2"}, "y"),
        ({"x": "99", "y": "0"}, "x"),
        ({"x": " ".join("0" * 41), "y": " ".join("0" * 41)}, "x"),
        ({"source": "own"}, "source"),
        ({"query": "11"}, "query"),
        ({"query": " ".join("0" * 21)}, "query"),
        ({"noise": "0"}, "noise"),
        ({"count": "41"}, "count"),
    ],
)
def test_views_that_make_no_sense_are_refused(query: dict[str, str], field: str) -> None:
    with pytest.raises(SpecError) as refused:
        LabView.from_query(query)
    assert refused.value.field == field


def test_there_is_room_for_forty_points() -> None:
    full = Points((0.0,) * MOST_POINTS, (0.0,) * MOST_POINTS)
    with pytest.raises(SpecError, match="40"):
        full.with_point(1, 1)
    assert MAIN.model.longest_context(MAIN.context_length) >= MOST_POINTS
    assert Points((), ()).with_point(0.12345, 2).xs == (0.123,)


def test_a_table_changes_the_points_once_its_rows_are_complete() -> None:
    points = Points((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    nothing: dict[str, Any] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    assert applied(points, nothing) == points
    assert applied(points, {**nothing, "edited_rows": {1: {"y": -1}}}) == Points((1, 2, 3), (4, -1, 6))
    assert applied(points, {**nothing, "deleted_rows": [0, 2]}) == Points((2,), (5,))
    assert applied(points, {**nothing, "added_rows": [{"x": 7.0}]}) is None
    added = applied(points, {**nothing, "added_rows": [{"x": 7.0, "y": 8.0}]})
    assert added == Points((1, 2, 3, 7), (4, 5, 6, 8))
    assert applied(points, {**nothing, "edited_rows": {0: {"x": None}}}) is None


def test_points_of_ones_own_give_way_to_a_draw() -> None:
    own = cleared(with_points(SETTINGS, Points((1.0,), (2.0,))))
    assert (own.view.x, own.view.source) == ((), "own")
    drawn = another(own)
    assert drawn.view.x is None
    assert drawn.view.source == LabView().source
    assert drawn.view.draw == own.view.draw + 1


# ---------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("source", SOURCES)
def test_drawn_points_lie_on_the_function_that_is_shown(source: Any) -> None:
    view = LabView(source=source, draw=3, count=20)
    prompt = sampled(view, MAIN, GRID)
    assert prompt.truth is not None
    assert np.interp(prompt.xs, GRID, prompt.truth) == pytest.approx(prompt.ys, abs=0.03)
    edited = prompt_of(LabView(source=source, draw=3, x=(1.0,), y=(9.0,)), MAIN, GRID)
    assert edited.truth == pytest.approx(prompt.truth)
    assert edited.ys.tolist() == [9.0]


def test_fast_sinusoids_are_outside_the_trained_range() -> None:
    family = family_of("fast", MAIN)
    assert family.low > MAIN.mixture.families[1].high  # type: ignore[attr-defined]
    assert family.high == FAST * MAIN.mixture.families[1].high  # type: ignore[attr-defined]


def test_the_bayes_learners_assume_the_noise_of_the_view() -> None:
    view = LabView(x=(-1.0, 0.4, 2.0), y=(0.3, 1.0, -0.7), noise=0.3, source="own")
    found = answer(view, MAIN, default_library())
    families = [family.family(MAIN.covariates, 1) for family in MAIN.mixture.families]
    mixture = BayesMixture([family for family in families if family], MAIN.mixture.weights, 0.3**2)
    xs = torch.tensor([[-1.0, 0.4, 2.0, 0.0]], dtype=torch.float64)[..., None]
    ys = torch.tensor([[0.3, 1.0, -0.7, 0.0]], dtype=torch.float64)
    at_zero = mixture.predict(xs, ys)[0, 3].item()
    assert np.interp(0, found.functions.grid, found.at_end("bayes")) == pytest.approx(at_zero, abs=1e-6)  # type: ignore[arg-type]
    expected = dict(zip(("dense", "sinusoid"), mixture.posterior(xs, ys)[0, 3].tolist(), strict=True))
    assert found.posterior == pytest.approx(expected)


def test_ols_is_the_line_through_zero() -> None:
    view = LabView(x=(1.0, 2.0), y=(1.0, 1.0), source="own")
    found = answer(view, MAIN, default_library())
    assert found.at_end("ols") == pytest.approx(0.6 * found.functions.grid, abs=1e-6)


@pytest.mark.parametrize(
    ("ols", "sinusoid", "expected"), [(0.1, 0.9, "line"), (0.9, 0.1, "sinusoid"), (0.5, 0.6, "between")]
)
def test_the_title_says_whom_the_transformer_sides_with(ols: float, sinusoid: float, expected: str) -> None:
    assert side({"ols": ols, "sinusoid_fit": sinusoid, "bayes": 0.0}) == expected


# ------------------------------------------------------------------------------------------------- page


def test_the_link_carries_the_points() -> None:
    at = opened(x="0.5 1 -2", y="1 2 -4")
    assert "data-points='3'" in done(at)
    at.button(key="undo").click().run()
    assert at.query_params["x"] == "0.5 1"
    assert "data-points='2'" in done(at)
    at.button(key="clear").click().run()
    assert at.query_params["x"] == ""
    assert "data-points='0'" in done(at)


def test_predict_first_hides_every_answer_until_asked() -> None:
    at = opened(predict="1")
    roles = [
        {trace["meta"]["role"] for trace in json.loads(chart.proto.spec)["data"]}  # type: ignore[attr-defined]
        for chart in at.get("plotly_chart")
    ]
    assert roles == [{"seen", "coming"}]
    at.button(key="reveal").click().run()
    assert at.query_params["asked"] == "1"
    assert len(at.get("plotly_chart")) == 2
    at.button(key="undo").click().run()
    assert "asked" not in at.query_params  # other points, another question


def test_a_bad_link_is_a_sentence() -> None:
    at = opened(x="1 2", y="1")
    assert any("y" in notice.value for notice in at.warning)
    assert "data-points='6'" in done(at)


def test_the_code_and_the_file_hold_the_drawn_functions() -> None:
    view, library = LabView(x=(0.5, -1.25, 2.0), y=(0.3, 0.8, -1.1), noise=0.03), default_library()
    main = main_model(library.specs())
    drawn = answer(view, main, library)
    computed: dict[str, Any] = {}
    exec(python_code(drawn, main, view), computed)
    file = json.loads(exported(drawn, main, view))
    assert set(computed["answer"].functions) == set(drawn.functions.functions) == set(file["functions"])
    for name, rows in computed["answer"].functions.items():
        np.testing.assert_allclose(rows, drawn.functions.functions[name], atol=1e-6)
        np.testing.assert_allclose(rows[-1], file["functions"][name], atol=1e-6)
    np.testing.assert_allclose(computed["answer"].posterior[-1], list(file["posterior"].values()), atol=1e-9)
    assert python_code(answer(view, MAIN, library), MAIN, view) == ""  # no such model


# ------------------------------------------------------------------------------------------- points brought


def test_points_and_queries_are_read_as_they_are_written() -> None:
    brought = read_points("x,y\n1, 2\n-0.5, 0.25\n2,\n-1\n", MAIN)
    assert (brought.xs, brought.ys, brought.queries) == ((1.0, -0.5), (2.0, 0.25), (2.0, -1.0))
    assert brought.told == "Points read: 2; queries: 2."


def test_what_lies_beyond_training_is_scaled_to_it_and_said() -> None:
    brought = read_points("10 100\n20 300\n40", MAIN)
    low, high = input_range(MAIN)
    assert (brought.xs[0], brought.queries) == (low, (high,))
    assert brought.xs[1] == pytest.approx(low + (high - low) / 3, abs=1e-3)
    assert brought.ys == (-1.0, 1.0)
    assert "y became (y − 200) / 100" in brought.told
    assert read_points("1 50\n2 50", MAIN).ys == (1.0, 1.0)
    assert read_points("0 0\n0 1e3", MAIN).scales[0] == Scale()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "table"),
        ("1,2,3", "line 1"),
        (",2", "line 1"),
        ("1,2\n3\n4,5", "line 3"),
        ("1,2\n1,x", "line 2 = 'x'"),
        ("3", "points = 0"),
        ("1 2\n" * 41, "points = 41"),
        ("1 2\n" + "1\n" * 21, "queries = 21"),
    ],
)
def test_what_are_no_points_is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_points(text, MAIN)


def test_pasted_points_are_on_the_plot_and_answered_at_their_queries() -> None:
    """Two points on the line y = x / 2: OLS says so at a query."""
    at = opened(source="own", x="", y="")
    at.text_area(key=PASTED).set_value("1, .5\n2, 1\n-1").run()
    assert not at.exception
    assert "points='2'" in done(at)
    assert at.info[0].value == "Points read: 2; queries: 1."
    view = LabView(source="own", x=(1.0, 2.0), y=(0.5, 1.0), query=(-1.0,))
    library = default_library()
    said = answers_at(view, main_model(library.specs()), library)
    assert said["ols"][0] == pytest.approx(-0.5)
    assert set(said) == {"transformer", "ols", "sinusoid_fit", "bayes"}
    at.text_area(key=PASTED).set_value("1, .5\n2, one").run()
    (fault,) = at.warning
    assert "line 2 = 'one'" in fault.value
    assert "points='2'" in done(at)
