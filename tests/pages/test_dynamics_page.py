"""The Training dynamics page draws the core's flow for any link, and turns what cannot be into sentences."""

import json
import math
import re
from functools import partial
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.dynamics.words import written
from dashboard.frame.texts import translate
from icl_core.data.covariance import Identity, PowerLaw, RandomDiagonal
from icl_core.evaluation.dynamics import Dynamics, trajectory
from tests.pages.opening import healthy, opened_page

CLOSED_FORM = {"pretraining.model": "linear_attention"}


opened = partial(opened_page, "pages/training_dynamics.py")


def figure(at: AppTest) -> dict[str, Any]:
    """The animation, the page's first chart."""
    return json.loads(at.get("plotly_chart")[0].proto.spec)


def trace(drawn: dict[str, Any], role: str) -> dict[str, Any]:
    return next(trace for trace in drawn["data"] if trace.get("meta", {}).get("role") == role)


def matrix(trace: dict[str, Any]) -> np.ndarray:
    """The entries of cells, which stand row by row."""
    entries = np.array(trace["marker"]["color"], dtype=float)
    return entries.reshape(math.isqrt(len(entries)), -1)


@pytest.mark.parametrize(
    ("spec", "view"),
    [
        (Dynamics(), {}),
        (Dynamics(3, Identity(), 12, start="random", init_scale=0.5), {"start": "random", "sigma": "0.5"}),
        (Dynamics(3, RandomDiagonal(), 30), {}),
    ],
)
def test_the_last_frame_is_the_limit_of_the_links_training(spec: Dynamics, view: dict[str, str]) -> None:
    asked = (
        {}
        if spec == Dynamics()
        else {
            "pretraining.dimension": str(spec.dimension),
            "pretraining.covariates": spec.covariates.kind,
            "pretraining.context_length": str(spec.context_length),
            **CLOSED_FORM,
        }
    )
    drawn = figure(opened(**asked, **view))
    limit = trajectory(spec).limit
    last = drawn["frames"][-1]["data"]
    np.testing.assert_allclose(matrix(last[0])[:-1, :-1], limit.U, atol=1e-3)
    assert matrix(last[1])[-1, -1] == pytest.approx(limit.u, abs=1e-3)
    np.testing.assert_allclose(matrix(last[0]), matrix(trace(drawn, "key_query_limit")), atol=1e-3)


def test_a_knob_changes_figure_and_link() -> None:
    at = opened()
    healthy(at.slider(key="dynamics_length").set_value(60).run())
    limit = trajectory(Dynamics(context_length=60)).limit
    np.testing.assert_allclose(matrix(trace(figure(at), "key_query_limit"))[:-1, :-1], limit.U, atol=1e-4)
    assert at.query_params["pretraining.context_length"] == "60"


def test_the_scale_is_in_the_link_and_beyond_the_band_the_theorem_is_silent() -> None:
    at = opened()
    assert "promises" in at.markdown[0].value
    healthy(at.select_slider(key="dynamics_scale").set_value(3.0).run())
    assert at.query_params["sigma"] == "3"
    assert "silent" in at.markdown[0].value


@pytest.mark.parametrize(
    "preset", ["directions", "plateau", "misaligned", "large_start", "unbalanced", "zero", "random"]
)
def test_every_preset_opens(preset: str) -> None:
    at = opened(sigma="0.2")
    before = at.title[0].value
    healthy(at.selectbox(key="preset").select(translate(f"dynamics.preset.{preset}", "en")).run())
    assert at.title[0].value
    assert at.warning.len == 0
    if preset in ("zero", "random", "plateau"):
        assert at.title[0].value != before


def test_zero_stays_zero() -> None:
    drawn = figure(opened(start="zero"))
    assert not matrix(drawn["frames"][-1]["data"][0]).any()


def words_of(at: AppTest) -> str:
    return "\n".join(block.value for block in (*at.title, *at.markdown, *at.caption))


def test_a_start_that_the_theorem_is_not_about_gets_no_promise() -> None:
    said = words_of(opened(start="unbalanced", sigma="0.5"))
    assert "Green" not in said
    assert "Large directions first: λ" not in said
    assert "grow together" not in said
    assert "Half learned at the start: 1 of 4 directions" in said
    assert "from 0.25 to 1.71" in said
    assert "9 of the 13" in said
    assert "Crosses, at the top" in said


def test_from_zero_nothing_is_said_of_what_is_not_there() -> None:
    said = words_of(opened(start="zero"))
    for wrong in ("Green", "grow together", "13 initial scales", "0e+00", "Crosses"):
        assert wrong not in said
    assert "nothing moves" in said
    assert "both stay at 0" in said


def test_a_start_beyond_the_limit_falls_and_says_where_it_begins() -> None:
    said = words_of(opened(sigma="3"))
    assert "fall together" in said
    assert "begins at 9.97 and falls" in said
    assert "All 5 starts beyond it get there too." in said


def test_what_is_exported_does_not_depend_on_defaults() -> None:
    code = next(block.value for block in opened().code if "Dynamics.from_json" in block.value)
    written = json.loads(code.split("from_json('")[1].split("')")[0])
    assert set(written) == set(Dynamics.__dataclass_fields__)
    assert Dynamics.from_dict(written) == Dynamics()


def test_the_code_prints_what_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    """The loss, its floor and the share learned of each direction, at all times."""
    at = opened()
    code = next(block.value for block in at.code if "Dynamics.from_json" in block.value)
    exec(code, {})
    printed = np.array([float(text) for text in re.findall(r"-?\d+\.\d*", capsys.readouterr().out)])
    drawn = [each for each in figure(at)["data"] if each["meta"]["role"] in ("loss", "floor", "direction")]
    assert len(drawn) >= 3
    for line in drawn:
        assert np.abs(printed[:, None] - np.array(line["y"])).min(0).max() < 1e-4, line["meta"]


def test_charts_have_a_camera_where_it_covers_nothing() -> None:
    configs = [json.loads(chart.proto.config) for chart in opened().get("plotly_chart")]
    assert [config["toImageButtonOptions"]["format"] for config in configs] == ["png"] * 3
    lecture = opened(present="1").get("plotly_chart")[0]
    assert json.loads(lecture.proto.config)["displayModeBar"] is False


def test_formulas_carry_the_current_numbers() -> None:
    limit = trajectory(Dynamics(2, PowerLaw(1.0), 20)).limit
    at = opened(
        **{
            "pretraining.dimension": "2",
            "pretraining.covariates": "power_law",
            "pretraining.context_length": "20",
        },
        **CLOSED_FORM,
    )
    latex = "\n".join(formula.value for formula in at.get("latex"))
    assert f"{limit.u:.4g}" in latex
    assert "<2" in latex


def test_inputs_whose_flow_cannot_be_followed_become_a_sentence() -> None:
    at = opened(**{"pretraining.dimension": "32", **CLOSED_FORM})
    assert "dimension = 32" in at.warning[0].value
    assert figure(at)["frames"]


def test_a_knob_that_makes_no_sense_changes_nothing() -> None:
    at = opened()
    before = at.title[0].value
    healthy(at.text_area(key="dynamics_own").set_value("1 2").run())
    assert at.warning.len == 1
    assert at.title[0].value == before


def test_own_eigenvalues() -> None:
    at = opened()
    healthy(at.text_area(key="dynamics_own").set_value("3 2 1 0.5").run())
    assert at.warning.len == 0
    assert "λ = 3" in at.title[0].value


@pytest.mark.slow
def test_sgd_is_laid_over_the_flow() -> None:
    at = opened(sgd="1", **{"pretraining.dimension": "2", "pretraining.context_length": "10"}, **CLOSED_FORM)
    assert trace(figure(at), "sgd")["y"]
    assert "SGD on the full matrices" in at.info[0].value
    refused = opened(sgd="1", **{"pretraining.dimension": "8"}, **CLOSED_FORM)
    assert "dimension = 8" in refused.warning[0].value


def test_lecture_view_keeps_title_figure_and_sentence() -> None:
    at = opened(present="1")
    assert figure(at)["frames"]
    assert at.get("latex") == []
    assert at.button(key="leave")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.19412, 3, "0.194"), (999.6, 3, "1,000"), (6012.0, 3, "6,012"), (111.2, 2, "111"), (3e9, 3, "3e+09")],
)
def test_large_numbers_are_written_out(value: float, digits: int, text: str) -> None:
    assert written(value, digits) == text
