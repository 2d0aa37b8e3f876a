"""The Task diversity page: alive without a model, points where the library has one, states in the link."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.frame.line_chart import numbers_csv
from icl_core.evaluation.task_diversity import SIZES, pool_sweep, with_pool
from icl_core.figures.line_panels import Line, Panel
from icl_core.figures.palette import stroke
from icl_core.library import default_library
from icl_core.library.kept import kept
from icl_core.library.links import to_query
from icl_core.library.questions import Curves
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Evaluation, Experiment, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network
from tests.pages.opening import healthy, opened_page

TINY = Pretraining(
    dimension=3,
    context_length=4,
    label_noise=0.5,
    task_pool=4,
    model=Transformer(layers=1, heads=1, width=16),
)
TESTED = Experiment(TINY, Evaluation(context_length=4, prompts=64))
BARE = replace(TESTED, pretraining=replace(TINY, model=LinearAttention()))


@pytest.fixture
def own() -> Path:
    """The user's models: a pool of 4 and unlimited tasks, as initialised."""
    library = default_library()
    for size in (4, None):
        spec = replace(TINY, task_pool=size)
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), f"pool {size}")
    return library.own


def opened(query: dict[str, str]) -> AppTest:
    return opened_page("pages/task_diversity.py", **query)


def chart(at: AppTest) -> Any:
    (found,) = at.get("plotly_chart")
    return found.proto  # type: ignore[attr-defined]


def drawn(at: AppTest, role: str) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """x and y of lines or points by key and the y axis of their panel."""
    return {
        (trace["meta"]["key"], trace["yaxis"]): (np.array(trace["x"]), np.array(trace["y"], dtype=float))
        for trace in json.loads(chart(at).spec)["data"]
        if trace.get("meta", {}).get("role") == role
    }


def query(experiment: Experiment, **view: str) -> dict[str, str]:
    return to_query(experiment, default_library().specs()) | view


def url(at: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}


def test_the_sweep_is_the_cores_numbers() -> None:
    at = opened(query(BARE, k="3"))
    lines, swept = drawn(at, "line"), pool_sweep(BARE, 3)
    for tasks, axis in (("new", "y"), ("seen", "y2")):
        for name in ("dmmse", "ridge"):
            found = lines[name, axis][1][: len(SIZES)]
            np.testing.assert_allclose(found, swept.estimates[tasks][name].mean, atol=2e-6)
        np.testing.assert_allclose(lines["lsa", axis][1][:-1], swept.exact[tasks]["lsa"], atol=2e-6)
    assert not drawn(at, "points")
    assert "pool-4-d3, pool-1024-d3, pool-unlimited-d3" in at.info[0].value
    assert chart(at).alt in [block.value for block in at.markdown]


def test_models_stand_at_their_pools(own: Path) -> None:
    at = opened(query(TESTED, k="2"))
    points = drawn(at, "points")
    x, y = points["transformer", "y"]
    assert list(x) == [4, 2**16]
    for size, value in zip((4, None), y, strict=True):
        tested = with_pool(TESTED, size, "new")
        expected = kept(Curves(tested), default_library()).curves["transformer"].mean[2]
        assert value == pytest.approx(expected, abs=2e-6)
    assert list(points["transformer", "y2"][0]) == [4]
    assert "pool-1024-d3" in at.info[0].value
    assert "pool-4-d3" not in at.info[0].value


def test_learning_curves_at_one_pool(own: Path) -> None:
    at = opened(query(TESTED, picture="curves"))
    keys = {key for key, _ in drawn(at, "line")}
    assert keys == {"transformer", "dmmse", "ridge", "lsa"}
    expected = kept(Curves(with_pool(TESTED, 4, "seen")), default_library()).curves["transformer"].mean
    np.testing.assert_allclose(drawn(at, "line")["transformer", "y2"][1], expected, atol=2e-6)
    healthy(at.select_slider(key="diversity_pool").set_value(SIZES.index(64)).run())
    assert {key for key, _ in drawn(at, "line")} == {"dmmse", "ridge", "lsa"}
    assert "64 tasks" in at.title[0].value
    assert url(at)["pretraining.task_pool"] == "64"
    healthy(at.select_slider(key="diversity_pool").set_value(len(SIZES)).run())
    assert {axis for _, axis in drawn(at, "line")} == {"y"}


def test_the_first_picture_needs_no_click() -> None:
    at = opened({})
    assert {"dmmse", "ridge", "lsa", "lsa_limit"} <= {key for key, _ in drawn(at, "line")}
    assert dict(at.query_params) == {}


def test_knobs_move_the_link_and_the_picture() -> None:
    at = opened(query(BARE))
    before = drawn(at, "line")["dmmse", "y"][1]
    healthy(at.slider(key="diversity_k").set_value(1).run())
    assert url(at)["k"] == "1"
    assert not np.array_equal(before, drawn(at, "line")["dmmse", "y"][1])
    healthy(at.selectbox(key="diversity_noise").select("0.1").run())
    assert url(at)["pretraining.label_noise"] == "0.1"
    healthy(at.button_group(key="diversity_picture").set_value("curves").run())
    assert url(at)["picture"] == "curves"


def test_noise_free_or_mixed_pretraining_gives_the_pages_own_setting() -> None:
    at = opened({"model": "linear-sinusoid"})
    assert at.warning.len == 0
    assert any("d = 8, K = 16" in caption.value for caption in at.caption)
    assert url(at)["model"] == "linear-sinusoid"


def test_a_damaged_model_costs_one_sentence_and_only_itself(own: Path) -> None:
    weights = own / TINY.hash / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    at = opened(query(TESTED))
    assert at.error.len == 1
    assert str(weights) in at.error[0].value
    assert list(drawn(at, "points")["transformer", "y"][0]) == [2**16]
    assert ("transformer", "y2") not in drawn(at, "points")
    curves = opened(query(TESTED, picture="curves"))
    assert {"dmmse", "ridge"} <= {key for key, _ in drawn(curves, "line")}


@pytest.mark.parametrize("bad", [{"picture": "rainbow"}, {"k": "-1"}, {"colour": "blue"}])
def test_a_bad_link_costs_one_sentence(bad: dict[str, str]) -> None:
    at = opened(query(BARE) | bad)
    assert at.warning.len == 1
    assert drawn(at, "line")


@pytest.mark.parametrize(("picture", "key"), [("pools", "dmmse"), ("curves", "ridge")])
def test_the_code_on_the_page_prints_its_numbers(
    own: Path, picture: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = opened(query(TESTED, picture=picture))
    (code,) = (each for each in at.code if each.language == "python")
    exec(code.value, {})
    printed = np.array([float(text) for text in re.findall(r"-?\d+\.\d*", capsys.readouterr().out)])
    for name, (_, values) in drawn(at, "line").items():
        for value in values[np.isfinite(values)]:
            assert np.min(np.abs(printed - value)) < 1e-4, name


def test_a_read_out_beyond_the_picture_is_its_end() -> None:
    assert chart(opened(query(BARE, k="99"))).alt == chart(opened(query(BARE, k="4"))).alt


def test_the_lecture_view_has_one_knob() -> None:
    at = opened(query(BARE, present="1"))
    assert [slider.key for slider in at.slider] == ["diversity_k"]
    assert at.selectbox.len == 0
    assert drawn(at, "line")


def test_an_unlimited_pool_is_infinite_in_what_is_taken_away() -> None:
    panel = Panel(
        "title",
        "tasks",
        "error",
        np.array([4.0, 65536.0]),
        [Line("ridge", "Ridge", stroke("ridge"), np.ones(2))],
        (0.0, 1.0),
        unlimited=65536.0,
    )
    assert [row.split(",")[2] for row in numbers_csv([panel]).splitlines()] == ["x", "4.0", "inf"]
