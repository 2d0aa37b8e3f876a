"""The Shift lab page draws the core's numbers in each picture, and a clicked cell becomes its state."""

import csv
import io
import json
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.frame.url_state import Settings
from dashboard.shift_lab import picture, tables
from dashboard.shift_lab.numbers import covariance_models
from dashboard.shift_lab.view import PARTS, ShiftView
from icl_core.data.covariance import RandomDiagonal
from icl_core.data.shifts import CovariateScale, TaskSparsity
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.evaluation.covariance_panels import covariance_panels
from icl_core.evaluation.length_sweep import length_sweep
from icl_core.evaluation.shift_lab import attention_grid, measured_grid, shift_curves, with_shift
from icl_core.figures.shift_grid import GridLabels, shift_grid_figure
from icl_core.library import default_library
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError
from tests.pages.opening import opened_page

HOME = {
    "pretraining.dimension": "4",
    "pretraining.context_length": "10",
    "pretraining.model": "linear_attention",
    "evaluation.prompts": "32",
}
EXPERIMENT = Experiment(
    Pretraining(dimension=4, context_length=10, model=LinearAttention()), Evaluation(prompts=32)
)


opened = partial(opened_page, "pages/shift_lab.py")


def figure(at: AppTest, index: int = 0) -> dict[str, Any]:
    return json.loads(at.get("plotly_chart")[index].proto.spec)


@pytest.mark.parametrize("part", PARTS)
def test_every_picture_opens_without_a_click(part: str) -> None:
    at = opened(part=part)
    assert at.title[0].value
    assert figure(at)["data"]
    assert at.error.len == at.warning.len == 0


def test_the_sweep_is_the_cores() -> None:
    at = opened(**HOME)
    sweep = length_sweep(EXPERIMENT)
    assert sweep is not None
    line = next(trace for trace in figure(at)["data"] if trace["name"].startswith("Linear attention trained"))
    np.testing.assert_allclose(line["y"], sweep.fixed)
    latex = "\n".join(formula.value for formula in at.get("latex"))
    assert f"{sweep.floor:.4g}" in latex
    assert f"{sweep.error_at(10):.4g}" in latex  # the read-out: the trained length


def test_a_shift_of_the_link_moves_the_floor() -> None:
    shift = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"}
    sweep = length_sweep(
        Experiment(EXPERIMENT.pretraining, Evaluation(shift=CovariateScale(1.0), prompts=32))
    )
    assert sweep is not None
    assert f"{sweep.floor:.2f}" in opened(**HOME, **shift, unit="unshifted").title[0].value
    at = opened(**HOME, **shift)  # over what predicting zero costs: 4 times as much
    assert f"{sweep.floor / 4:.2f}" in at.title[0].value
    assert at.select_slider(key="magnitude").options == [
        "1/16",
        "1/9",
        "1/4",
        "1/2",
        "1",
        "2",
        "4",
        "9",
        "16",
    ]


def test_panels_say_what_is_tolerated() -> None:
    title = opened(**HOME, part="panels").title[0].value
    good, bad = title.split("; not ")
    assert "other tasks" in good
    assert "scaled inputs" in bad


def test_the_grid_is_the_cores() -> None:
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert grid is not None
    for unit, expected in (("unshifted", grid), ("here", grid.over_zero())):
        shown = figure(opened(**HOME, part="grid", unit=unit))["data"]
        np.testing.assert_allclose([cell[2] for cell in shown[-1]["customdata"]], expected.errors.ravel())
        assert list(dict.fromkeys(shown[-1]["y"])) == ["1/16", "1/9", "1/4", "1/2", "1", "2", "4", "9", "16"]
    level = [ClosedForm.of(with_shift(EXPERIMENT, "covariate_scale", m)).risk.zero for m in grid.magnitudes]
    np.testing.assert_allclose(grid.zero, np.array(level) / EXPERIMENT.pretraining.label_variance)
    np.testing.assert_allclose(grid.zero, [4**m for m in grid.magnitudes])


def test_what_was_pinned_stays_under_the_next_shift() -> None:
    pin = urlencode({**HOME, "k": "10"})
    shift = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1", "k": "10"}
    for part, lines in (("length", 1), ("panels", 12)):
        at = opened(**HOME, **shift, part=part, pin=f"{pin}&part={part}&strength=0.25")
        faint = [trace for trace in figure(at)["data"] if (trace.get("meta") or {}).get("role") == "pinned"]
        assert len(faint) >= lines
        assert at.warning.len == 0
        assert "The faint lines are pinned" in "\n".join(text.value for text in at.markdown)
    sweep = length_sweep(EXPERIMENT)
    assert sweep is not None
    at = opened(**HOME, **shift, pin=pin)
    (line,) = (trace for trace in figure(at)["data"] if (trace.get("meta") or {}).get("role") == "pinned")
    np.testing.assert_allclose(line["y"], sweep.fixed)


def test_a_clicked_cell_becomes_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": [1.5, 6, 3.2]}]))
    monkeypatch.setattr(st, "session_state", {"grid": chosen})
    settings = Settings(EXPERIMENT, ShiftView())
    changes: list[Any] = []
    picture._open_cell(SimpleNamespace(change=changes.append), "grid", "covariate_scale")  # type: ignore[arg-type]
    changed = changes[0](settings)
    assert changed.experiment.evaluation.shift == CovariateScale(1.5)
    assert changed.view.k == 6
    chosen.selection.points[0]["customdata"][0] = 2.0
    picture._open_cell(SimpleNamespace(change=changes.append), "grid", "task_sparsity")  # type: ignore[arg-type]
    assert changes[1](settings).experiment.evaluation.shift == TaskSparsity(2)


def test_a_selection_of_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {"grid": SimpleNamespace(selection=SimpleNamespace(points=[]))})
    changes: list[Any] = []
    picture._open_cell(SimpleNamespace(change=changes.append), "grid", "label_noise")  # type: ignore[arg-type]
    assert changes == []


def test_a_method_that_the_library_lacks_is_said() -> None:
    at = opened(**HOME, part="grid", method="transformer")
    assert "no transformer" in at.info[0].value


@pytest.mark.parametrize("part", PARTS)
def test_every_picture_opens_for_one_input_and_sinusoids(part: str) -> None:
    at = opened(model="linear-sinusoid", part=part)
    assert at.title[0].value
    assert at.error.len == 0


def test_a_test_without_formula_is_said() -> None:
    at = opened(**HOME, **{"evaluation.shift": "query_orthogonal", "evaluation.shift.magnitude": "0.5"})
    assert "closed form" in at.info[0].value


def test_random_covariances_show_the_third() -> None:
    at = opened(part="random")
    assert "a third" in at.title[0].value
    lines = {trace["name"]: trace["y"] for trace in figure(at, 1)["data"] if trace.get("name")}
    assert lines["Linear attention, trained on random covariances"][-1] == pytest.approx(1 / 3, abs=1e-4)
    assert lines["Linear attention, trained on covariance I"][-1] < 1e-4


def test_views_round_trip_and_refuse() -> None:
    view = ShiftView(k=3, log=True, part="grid", strength=0.25, task="task_mean", method="ols")
    assert ShiftView.from_query(view.to_query()) == view
    with pytest.raises(SpecError):
        ShiftView(task="label_noise")
    with pytest.raises(SpecError):
        ShiftView(strength=2.0)


def test_models_side_by_side_were_trained_on_prompts_of_one_length() -> None:
    fixed = {length: Pretraining(dimension=8, context_length=length) for length in (12, 16, 32)}
    varied = {length: replace(fixed[length], covariates=RandomDiagonal()) for length in (16, 32)}
    models = {
        f"{kind}-{length}": spec
        for kind, specs in (("fixed", fixed), ("random", varied))
        for length, spec in specs.items()
    }
    for asked, expected in ((16, 16), (32, 32), (12, 32)):
        found = covariance_models(Experiment(fixed[asked]), models)
        assert found == {"transformer_fixed": fixed[expected], "transformer_random": varied[expected]}
    alone = covariance_models(Experiment(fixed[12]), {"fixed": fixed[12], "random": varied[16]})
    assert alone == {"transformer_fixed": fixed[12], "transformer_random": varied[16]}


# ------------------------------------------------------------ knobs, provenance, what can be taken away


def labels(at: AppTest) -> set[str]:
    """The labels of the sidebar's knobs, and of the one under the figure."""
    kinds = ("selectbox", "slider", "select_slider", "text_area")
    beside = {widget.label for kind in kinds for widget in at.sidebar.get(kind)}  # type: ignore[attr-defined]
    return beside | {widget.label for widget in (*at.slider, *at.select_slider) if widget.key == "read_out"}


TESTED = {"Functions at test", "Covariance at test", "Label noise at test"}


@pytest.mark.parametrize(
    ("part", "there", "absent"),
    [
        ("length", {"Shift", "Magnitude of the shift", "Read at k examples", *TESTED}, {"Test prompts"}),
        ("panels", {"Read at k examples", "Ridge's penalty", "Test prompts", *TESTED}, {"Shift"}),
        ("grid", {"Shift", "Longest prompt at test", *TESTED}, {"Read at k examples", "Test prompts"}),
        ("random", {"Test prompts"}, {"Shift", "Read at k examples", "Pretraining mixture", *TESTED}),
    ],
)
def test_knobs_that_do_not_act_are_not_there(part: str, there: set[str], absent: set[str]) -> None:
    found = labels(opened(part=part))
    assert there <= found
    assert not found & {*absent, "Lasso's α"}
    assert part == "length" or "Magnitude of the shift" not in found


def test_the_grid_offers_no_missing_shift() -> None:
    at = opened(**HOME, part="grid")
    (shift,) = [box for box in at.sidebar.selectbox if box.label == "Shift"]
    assert "none" not in shift.options
    assert shift.options[shift.value] == "inputs: scale"  # what the cells are of


def test_a_measured_grid_has_prompts_and_another_seed() -> None:
    at = opened(**HOME, part="grid", method="ols")
    assert "Test prompts" in labels(at)
    assert "New seed" in [button.label for button in at.sidebar.button]
    assert "New seed" not in [button.label for button in opened(**HOME, part="grid").sidebar.button]


def sources(at: AppTest) -> str:
    return next(text.value for text in at.caption if " · " in text.value)


def test_random_covariances_name_both_transformers_and_nothing_that_does_not_act() -> None:
    said = sources(opened(part="random"))
    for name in ("identity-d8", "random-diagonal-d8"):
        assert name in said
        assert default_library().specs()[name].hash in said
    assert "16 examples" in said
    assert "256 prompts, seed 0" in said
    shift = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1", "k": "3"}
    assert sources(opened(part="random", **shift)) == said


def test_panels_and_grid_have_the_hash_of_the_test_without_shift() -> None:
    shift = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"}
    for part in ("panels", "grid"):
        plain = sources(opened(**HOME, part=part))
        assert EXPERIMENT.hash in plain
        assert sources(opened(**HOME, **shift, part=part)) == plain
    assert "model identity-d8" in sources(opened(model="identity-d8", part="panels"))


def test_other_transformers_can_be_compared() -> None:
    at = opened(part="random")
    (pair,) = [box for box in at.sidebar.selectbox if box.label == "Transformers to compare"]
    assert pair.options == ["d = 4, trained at N = 12", "d = 8, trained at N = 16"]
    pair.set_value(0).run()
    assert not at.exception
    assert "live-demo-d4" in sources(at)


def test_the_test_length_is_read_to_the_end_of_its_axis() -> None:
    at = opened(**HOME, k="77")
    assert at.warning.len == 0
    assert at.select_slider(key="read_out").value == 77
    assert at.select_slider(key="read_out").options[-1] == "160"
    assert "With 77 test examples" in "\n".join(text.value for text in at.markdown)
    at.select_slider(key="read_out").set_value(160).run()
    assert at.query_params["k"] == "160"
    at.button_group(key="shift_part").set_value("panels").run()
    assert at.warning.len == 0
    assert "With 10 examples" in "\n".join(text.value for text in at.markdown)


def test_the_text_names_the_knob() -> None:
    said = "\n".join(text.value for text in opened(**HOME).markdown)
    assert "drag *Read at k examples* past N" in said


def test_medians_are_called_so() -> None:
    at = opened(**HOME, part="panels", k="4")
    said = "\n".join(text.value for text in at.markdown)
    assert "OLS goes from" in said
    assert "to a median of" in said
    assert any("Circles are medians" in text.value and "k = 3, 4, 5" in text.value for text in at.caption)
    away = "\n".join(text.value for text in opened(**HOME, part="panels", k="8").markdown)
    assert "median" not in away


def test_what_changes_nothing_is_called_unchanged() -> None:
    titles = [note["text"] for note in figure(opened(**HOME, part="panels"))["layout"]["annotations"]]
    assert any("LSA: tolerated, error unchanged" in title for title in titles)
    assert not any("error × 1<" in title for title in titles)


@pytest.mark.parametrize("part", PARTS)
def test_every_picture_can_be_taken_away(part: str) -> None:
    at = opened(**HOME, part=part)
    for chart in at.get("plotly_chart"):
        assert "toImageButtonOptions" in chart.proto.config  # type: ignore[attr-defined]
    assert at.dataframe.len >= 1
    names = [button.proto.label for button in at.get("download_button")]  # type: ignore[attr-defined]
    assert names[0] == "Numbers (CSV)"
    assert names[-1] == "Spec (JSON)"


@pytest.mark.parametrize("query", [{"part": part} for part in PARTS] + [{"part": "grid", "method": "ols"}])
def test_the_code_computes_the_picture_again(
    query: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    at = opened(**HOME, **query)
    exec(at.code[0].value, {})
    lines = capsys.readouterr().out.splitlines()
    data = figure(at)["data"]
    if query["part"] == "grid":
        drawn = [cell[2] for cell in data[-1]["customdata"]]
        rows = len({cell[0] for cell in data[-1]["customdata"]})
        errors = [float(word) for line in lines[1 : 1 + rows] for word in line.split()[1:]]
        assert ("90% intervals from" in lines) == ("method" in query)
    else:
        name = {"length": "linear attention", "panels": "none 0.0 ols", "random": "identity 1.0 ols"}[
            query["part"]
        ]
        errors = [float(word) for word in lines_of(lines, name)]
        drawn = next(
            trace["y"]
            for trace in data
            if trace.get("name") in ("Linear attention trained at N = 10", "OLS", "Least squares")
        )
    np.testing.assert_allclose(drawn, errors, atol=6e-5)


def lines_of(lines: list[str], name: str) -> list[str]:
    return next(line.removeprefix(name).split() for line in lines if line.startswith(name))


def test_csv_of_the_length_holds_the_sweep() -> None:
    sweep = length_sweep(EXPERIMENT)
    assert sweep is not None
    rows = list(csv.DictReader(io.StringIO(tables.length_csv(sweep))))
    np.testing.assert_allclose([float(row["lsa"]) for row in rows], sweep.fixed)
    assert [int(row["M"]) for row in rows] == sweep.lengths.tolist()
    total = [sum(float(row[part]) for part in ("bias", "sampling", "noise")) for row in rows]
    np.testing.assert_allclose(total, sweep.fixed)


def test_csv_of_the_panels_says_what_is_a_median() -> None:
    curves = shift_curves(with_shift(EXPERIMENT, "label_noise", 0.5), None)
    rows = list(csv.DictReader(io.StringIO(tables.panels_csv([curves]))))
    medians = {(row["method"], row["k"]) for row in rows if row["statistic"] == "median"}
    assert medians == {("ols", "3"), ("ols", "4"), ("ols", "5")}
    assert {(row["shift"], row["magnitude"]) for row in rows} == {("label_noise", "0.5")}


def test_csv_of_the_grid_has_a_row_for_each_cell() -> None:
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert grid is not None
    rows = list(csv.DictReader(io.StringIO(tables.grid_csv(grid))))
    np.testing.assert_allclose([float(row["error"]) for row in rows], grid.errors.ravel())
    assert {(row["low"], row["high"]) for row in rows} == {("", "")}
    assert tables.grid_table(grid, "covariate_scale").index[0] == "1/16"


def test_measured_grids_have_intervals_everywhere() -> None:
    grid = measured_grid(EXPERIMENT, "label_noise", "ols", None)
    assert grid is not None
    drawn = shift_grid_figure(grid, GridLabels("k", "magnitude", "error"))
    hovers = [cell[3] for cell in drawn.data[-1].customdata]  # type: ignore[union-attr]
    rows = list(csv.DictReader(io.StringIO(tables.grid_csv(grid))))
    table = tables.grid_table(grid, "label_noise").to_numpy().ravel().tolist()
    for hover, row, cell in zip(hovers, rows, table, strict=True):
        if row["error"] == "":  # an infinite mean
            assert (hover, row["low"], row["high"], cell) == ("∞", "", "", "∞")
        else:
            mean, low, high = (float(row[name]) for name in ("error", "low", "high"))
            assert low <= mean <= high
            assert hover == f"{mean:,.4g} [{low:,.4g}, {high:,.4g}]"
            assert cell == f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def test_a_grid_without_any_finite_mean_says_so() -> None:
    at = opened(
        part="grid",
        method="ols",
        **{
            "pretraining.dimension": "2",
            "pretraining.model": "linear_attention",
            "evaluation.label_noise": "0.5",
            "evaluation.context_length": "3",
        },
    )
    assert "infinite in every cell" in at.main.markdown[0].value


def test_a_picture_that_is_read_nowhere_warns_of_what_is_not_about_k() -> None:
    at = opened(part="random", k="1000", show="nonsense")
    assert "nonsense" in at.warning[0].value
    assert len(at.warning) == 1


def test_csv_of_random_covariances_has_every_line() -> None:
    panels = covariance_panels(EXPERIMENT.pretraining, {}, Evaluation(prompts=16))
    rows = list(csv.DictReader(io.StringIO(tables.covariance_csv(panels))))
    last = [row for row in rows if row["scale"] == "9.0" and row["k"] == "10"]
    found = {row["line"]: float(row["error"]) for row in last}
    assert found["lsa_random"] == pytest.approx(panels[-1].lines["lsa_random"][9])
    assert found["ols"] == pytest.approx(panels[-1].curves.curves["ols"].mean[10])
    assert found["zero"] == 9


@pytest.mark.parametrize("part", PARTS)
def test_every_picture_opens_in_chinese(part: str) -> None:
    at = opened(**HOME, part=part, lang="zh", k="4")
    assert at.title[0].value
    assert at.error.len == at.warning.len == 0
