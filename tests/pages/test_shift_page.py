"""The Shift lab page draws the core's numbers in each picture, and a clicked cell becomes its state."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.shift_lab import sections
from dashboard.shift_lab.results import covariance_models
from dashboard.shift_lab.view import PARTS, ShiftView
from dashboard.url_state import Settings
from icl_core.data.covariance import RandomDiagonal
from icl_core.data.shifts import CovariateScale, TaskSparsity
from icl_core.evaluation.length_sweep import length_sweep
from icl_core.evaluation.shift_lab import attention_grid
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

APP = Path(__file__).resolve().parents[2] / "app.py"
HOME = {
    "pretraining.dimension": "4",
    "pretraining.context_length": "10",
    "pretraining.model": "linear_attention",
    "evaluation.prompts": "32",
}
EXPERIMENT = Experiment(
    Pretraining(dimension=4, context_length=10, model=LinearAttention()), Evaluation(prompts=32)
)


def opened(**query: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=90).switch_page("pages/shift_lab.py")
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert [fault.value for fault in at.exception] == []
    return at


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
    line = next(trace for trace in figure(at)["data"] if trace["name"].startswith("LSA trained"))
    np.testing.assert_allclose(line["y"], sweep.fixed)
    latex = "\n".join(formula.value for formula in at.get("latex"))
    assert f"{sweep.floor:.4g}" in latex
    assert f"{sweep.error_at(10):.4g}" in latex  # the read-out: the trained length


def test_a_shift_of_the_link_moves_the_floor() -> None:
    at = opened(**HOME, **{"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"})
    sweep = length_sweep(
        Experiment(EXPERIMENT.pretraining, Evaluation(shift=CovariateScale(1.0), prompts=32))
    )
    assert sweep is not None
    assert f"{sweep.floor:.2f}" in at.title[0].value


def test_panels_say_what_is_tolerated() -> None:
    title = opened(**HOME, part="panels").title[0].value
    good, bad = title.split("; not ")
    assert "other tasks" in good
    assert "scaled inputs" in bad


def test_the_grid_is_the_cores() -> None:
    cells = figure(opened(**HOME, part="grid"))["data"][-1]["customdata"]
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert grid is not None
    np.testing.assert_allclose([cell[2] for cell in cells], grid.errors.ravel())


def test_a_clicked_cell_becomes_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": [1.5, 6, 3.2]}]))
    monkeypatch.setattr(st, "session_state", {"grid": chosen})
    settings = Settings(EXPERIMENT, ShiftView())
    changes: list[Any] = []
    sections._open_cell(SimpleNamespace(change=changes.append), "grid", "covariate_scale")  # type: ignore[arg-type]
    changed = changes[0](settings)
    assert changed.experiment.evaluation.shift == CovariateScale(1.5)
    assert changed.view.k == 6
    chosen.selection.points[0]["customdata"][0] = 2.0
    sections._open_cell(SimpleNamespace(change=changes.append), "grid", "task_sparsity")  # type: ignore[arg-type]
    assert changes[1](settings).experiment.evaluation.shift == TaskSparsity(2)


def test_a_selection_of_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {"grid": SimpleNamespace(selection=SimpleNamespace(points=[]))})
    changes: list[Any] = []
    sections._open_cell(SimpleNamespace(change=changes.append), "grid", "label_noise")  # type: ignore[arg-type]
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
    assert lines["LSA, trained on random covariances"][-1] == pytest.approx(1 / 3, abs=1e-4)
    assert lines["LSA, trained on covariance I"][-1] < 1e-4


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
