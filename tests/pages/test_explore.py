"""The Explore page draws the core's numbers for any link, and turns bad links into sentences."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from icl_core.data.shifts import CovariateScale
from icl_core.figures import drawn_lines
from icl_core.library import Library, default_library
from icl_core.library.kept import kept
from icl_core.library.links import to_query
from icl_core.library.questions import Curves
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Evaluation, Experiment, Pretraining, Recipe
from icl_core.training import train
from tests.pages.opening import healthy, opened_page

TINY = Pretraining(
    dimension=3,
    context_length=4,
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=2, warmup=0),
)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored model of two training steps: its errors are bad, and that is no matter here."""
    store = tmp_path_factory.mktemp("models")
    entry = Library(store, store).add(train(TINY, tmp_path_factory.mktemp("state")), "tiny")
    return entry.folder


@pytest.fixture
def library(tiny_model: Path) -> Library:
    """The library that the page sees, with the tiny model among the user's own."""
    found = default_library()
    shutil.copytree(tiny_model, found.own / tiny_model.name)
    return found


def opened(query: dict[str, str]) -> AppTest:
    return opened_page("app.py", **query)


def figure(at: AppTest) -> dict[str, Any]:
    (chart,) = at.get("plotly_chart")
    return json.loads(chart.proto.spec)  # type: ignore[attr-defined]


def drawn(at: AppTest) -> dict[str, np.ndarray]:
    """The lines of the chart, decoded from Plotly's JSON; in their gaps the circles of the medians."""
    traces = figure(at)["data"]
    lines = {
        trace["meta"]["method"]: decoded(trace["y"]).copy()
        for trace in traces
        if trace["meta"]["role"] == "line"
    }
    for trace in traces:
        if trace["meta"]["role"] == "median":
            line, places = lines[trace["meta"]["method"]], decoded(trace["x"]).astype(int)
            assert np.isnan(line[places]).all()
            line[places] = decoded(trace["y"])
    return lines


def decoded(values: Any) -> np.ndarray:
    if isinstance(values, dict):
        import base64

        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return np.array(values, dtype=float)


EXPERIMENTS = {
    "transformer": Experiment(TINY, Evaluation(prompts=64)),
    "shifted": Experiment(TINY, Evaluation(shift=CovariateScale(1.0), prompts=64, seed=4)),
    "noisy": Experiment(TINY, Evaluation(label_noise=0.5, prompts=64)),
    "closed form": Experiment(
        replace(TINY, model=LinearAttention(), recipe=Recipe()), Evaluation(prompts=64)
    ),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_figure_is_the_cores_numbers(name: str, library: Library) -> None:
    experiment = EXPERIMENTS[name]
    at = opened(to_query(experiment, library.specs()) | {"log": "0", "unit": "unshifted"})  # without a floor
    curves = kept(Curves(experiment), library)
    expected = drawn_lines(curves, tuple(drawn(at)))
    assert ("transformer" in expected) == (name != "closed form")
    assert {"lsa", "lsa_reoptimised", "ols", "ridge", "lasso", "bayes", "zero"} <= set(expected)
    for method, line in drawn(at).items():
        np.testing.assert_array_equal(line, expected[method], err_msg=method)
    assert at.warning.len == at.error.len == 0
    assert experiment.hash in " ".join(caption.value for caption in at.caption)


def test_a_shifted_figure_is_over_what_predicting_zero_costs(library: Library) -> None:
    experiment = EXPERIMENTS["shifted"]
    at = opened(to_query(experiment, library.specs()) | {"log": "0"})
    found, curves = drawn(at), kept(Curves(experiment), library)
    assert (found["zero"] == 1).all()
    np.testing.assert_allclose(found["transformer"], curves.curves["transformer"].mean / 4, rtol=1e-12)
    assert "divided by 4" in " ".join(caption.value for caption in at.caption)
    at.button_group(key="unit").set_value("unshifted").run()
    assert (drawn(at)["zero"] == 4).all()
    assert url(at)["unit"] == "unshifted"


def test_pinned_curves_stay_on_faintly_and_in_the_link(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["shifted"], library.specs()) | {"log": "0", "k": "3"})
    before, axis = drawn(at), figure(at)["layout"]["yaxis"]["range"]
    healthy(at.button(key="pin").click().run())
    healthy(at.select_slider(key="magnitude").set_value(2.0).run())
    again = opened(url(at))  # what the link reopens
    for page in (at, again):
        pinned = {
            trace["meta"]["method"]: decoded(trace["y"])
            for trace in figure(page)["data"]
            if trace["meta"]["role"] == "pinned"
        }
        np.testing.assert_array_equal(pinned["transformer"], before["transformer"])
        assert {"transformer", "ols", "bayes"} <= set(pinned) <= set(before)  # those that are labelled
        assert figure(page)["layout"]["yaxis"]["range"] == axis
        assert not np.array_equal(drawn(page)["transformer"], before["transformer"])
        change = drawn(page)["transformer"][3] - before["transformer"][3]
        assert f"a change of {change:+.3f}".replace("-", "−") in sentence(page)
    healthy(at.button(key="pin").click().run())
    assert "pin" not in url(at)
    assert not [trace for trace in figure(at)["data"] if trace["meta"]["role"] == "pinned"]
    assert opened(url(again) | {"pin": "model=nobody"}).warning.len == 1


def test_the_first_figure_needs_no_click() -> None:
    at = opened({})
    assert "ols" in drawn(at)
    assert at.title[0].value
    assert sentence(at).startswith("With 6 examples")
    assert dict(at.query_params) == {}


def test_a_slider_changes_the_url_and_the_figure(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["shifted"], library.specs()) | {"unit": "unshifted"})
    before = drawn(at)["transformer"]
    healthy(at.select_slider(key="magnitude").set_value(0.5).run())
    moved = replace(EXPERIMENTS["shifted"].evaluation, shift=CovariateScale(0.5))
    after = drawn(at)["transformer"]
    assert not np.array_equal(before, after)
    curves = kept(Curves(Experiment(TINY, moved)), library)
    np.testing.assert_array_equal(after, curves.curves["transformer"].mean)
    assert url(at)["evaluation.shift.magnitude"] == "0.5"


def test_the_read_out_moves_the_sentence_not_the_curves(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["transformer"], library.specs()))
    before = drawn(at)
    healthy(at.slider(key="read_out").set_value(2).run())
    assert sentence(at).startswith("With 2 examples")
    assert url(at)["k"] == "2"
    for method, line in drawn(at).items():
        np.testing.assert_array_equal(line, before[method])


def test_covariates_without_a_model_leave_the_transformer_out(library: Library) -> None:
    at = opened({"model": "tiny"})
    covariance = at.selectbox(key="covariance")
    names = covariance.options
    assert names[0].startswith("◆")
    wanted = next(name for name in names if "power law" in name)
    assert wanted.startswith("◇")
    healthy(covariance.select(wanted).run())
    assert "transformer" not in drawn(at)
    assert "lsa" in drawn(at)
    healthy(at.selectbox(key="covariance").select(names[0]).run())
    assert "transformer" in drawn(at)


def test_an_asked_model_that_is_missing_is_said_to_be(library: Library) -> None:
    at = opened({"pretraining.dimension": "5"})
    assert "transformer" not in drawn(at)
    assert "no transformer with exactly this pretraining" in at.info[0].value
    assert at.selectbox(key="model").value is not None


def test_a_damaged_model_costs_one_sentence_and_only_itself(library: Library) -> None:
    weights = library.own / TINY.hash / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    at = opened({"model": "tiny", "evaluation.seed": "77"})
    assert at.error.len == 1
    assert str(weights) in at.error[0].value
    assert "transformer" not in drawn(at)
    assert "ols" in drawn(at)


@pytest.mark.parametrize(
    "query",
    [
        {"nonsense": "1"},
        {"pretraining.dimension": "0"},
        {"pretraining.dimension": "nan"},
        {"evaluation.shift": "earthquake"},
        {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "99"},
        {
            "evaluation.covariates": "matrix",
            "evaluation.covariates.rows.0": "1 2",
            "evaluation.covariates.rows.1": "2 1",
        },
        {"evaluation.prompts": "10000000"},
        {"model": "../../etc/passwd"},
        {"k": "9999"},
        {"k": "soon"},
        {"show": "magic"},
        {"lang": "tlh"},
        {"evaluation": "everything"},
    ],
)
def test_a_bad_link_gives_one_sentence_and_a_figure(query: dict[str, str]) -> None:
    at = opened(query)
    assert at.warning.len >= 1
    assert all("Traceback" not in notice.value for notice in at.warning)
    assert "ols" in drawn(at)


def test_presets_open_their_picture() -> None:
    at = opened({"k": "3"})
    healthy(at.selectbox(key="preset").select("A rotation hurts linear attention, not OLS").run())
    assert "rotated by 90°" in at.title[0].value
    assert url(at)["pretraining.covariates"] == "power_law"


def test_new_seed_keeps_the_rest_and_the_start_is_one_press_away(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["shifted"], library.specs()))
    healthy(at.button(key="new_seed").click().run())
    assert url(at)["evaluation.seed"] == "5"
    assert url(at)["evaluation.shift"] == "covariate_scale"
    healthy(at.button(key="reset").click().run())
    assert set(url(at)) <= {"k"}
    assert drawn(at)["ols"].tolist() == drawn(opened({}))["ols"].tolist()


def test_lecture_view_shows_the_figure_and_one_knob(library: Library) -> None:
    at = opened({"model": "tiny", "present": "1"})
    assert [slider.key for slider in at.slider] == ["read_out"]
    assert at.selectbox.len == 0
    assert figure(at)["layout"]["font"]["size"] >= 20
    healthy(at.button(key="leave").click().run())
    assert at.slider.len > 0
    assert "present" not in url(at)


def test_a_link_can_leave_knobs_out() -> None:
    at = opened({"hide": "mixture magnitude"})
    keys = {widget.key for widget in (*at.selectbox, *at.slider)}
    assert {"shift", "covariance", "model", "read_out"} <= keys
    assert not keys & {"mixture", "magnitude"}


def test_curves_can_be_chosen(library: Library) -> None:
    at = opened({"model": "tiny", "show": "ols zero"})
    assert set(drawn(at)) == {"ols", "zero"}
    assert at.warning.len == 0


def test_the_chart_says_aloud_what_it_shows(library: Library) -> None:
    at = opened({"model": "tiny"})
    (chart,) = at.get("plotly_chart")
    assert chart.proto.alt == sentence(at)  # type: ignore[attr-defined]


def test_the_table_holds_the_drawn_numbers(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["transformer"], library.specs()))
    table = at.dataframe[0].value
    mean = kept(Curves(EXPERIMENTS["transformer"]), library).curves["transformer"].mean
    assert [float(cell.split()[0]) for cell in table["Transformer"]] == pytest.approx(mean, abs=5e-4)


def test_the_end_of_the_page_is_marked_with_the_experiment(library: Library) -> None:
    at = opened(to_query(EXPERIMENTS["shifted"], library.specs()))
    (marker,) = [block for block in at.get("html") if "id='done'" in block.proto.body]  # type: ignore[attr-defined]
    assert f"data-cfg='{EXPERIMENTS['shifted'].hash}'" in marker.proto.body  # type: ignore[attr-defined]


def sentence(at: AppTest) -> str:
    """What the page reads aloud."""
    (said,) = [text.value for text in at.main.markdown if text.value.startswith("With ")]
    return said


def url(at: AppTest) -> dict[str, str]:
    """The page's URL parameters; AppTest gives a list for each once the page has written them."""
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}


def test_an_own_covariance_is_used_or_refused_in_a_sentence(library: Library) -> None:
    at = opened({"model": "tiny", "evaluation.prompts": "64"})
    healthy(at.text_area(key="own_covariance").set_value("4 1 0.25").run())
    assert url(at)["evaluation.covariates.values"] == "4 1 0.25"
    before = drawn(at)["ols"]
    healthy(at.text_area(key="own_covariance").set_value("1 2 3\n2 1 3\n3 3 1").run())
    assert "positive semi-definite" in at.warning[0].value
    assert at.text_area(key="own_covariance").value.startswith("1 2 3")  # to be mended where it stands
    np.testing.assert_array_equal(drawn(at)["ols"], before)
    healthy(at.text_area(key="own_covariance").set_value("1 1 1").run())
    assert at.warning.len == 0


def test_the_axis_is_logarithmic_where_the_model_leaves_it_unless_asked_otherwise(library: Library) -> None:
    noisy = {"evaluation.label_noise": "9", "evaluation.penalty": "0.01"}
    huge = {"model": "tiny", "show": "ols ridge zero", **noisy}
    assert figure(opened({"model": "tiny", "show": "ols ridge zero"}))["layout"]["yaxis"].get("type") != "log"
    at = opened(huge)
    assert figure(at)["layout"]["yaxis"]["type"] == "log"
    assert at.toggle(key="log_axis").value
    assert "logarithmic" in " ".join(caption.value for caption in at.caption)
    assert figure(opened({**huge, "log": "0"}))["layout"]["yaxis"].get("type") != "log"


def test_the_table_says_what_is_exact(library: Library) -> None:
    table = opened({"model": "tiny"}).dataframe[0].value
    assert "Linear attention (exact)" in table.columns
    assert "OLS" in table.columns


def test_four_lines_stand_there_at_first_and_all_that_were_asked_for() -> None:
    at = opened({})
    lines = [trace for trace in figure(at)["data"] if trace["meta"]["role"] == "line"]
    drawn_first = {line["meta"]["method"] for line in lines if line["visible"] is True}
    assert drawn_first == {"transformer", "ols", "bayes", "lsa"}
    assert {line["meta"]["method"] for line in lines} > drawn_first
    asked = [
        trace
        for trace in figure(opened({"show": "ridge zero averaging"}))["data"]
        if trace["meta"]["role"] == "line"
    ]
    assert {line["visible"] for line in asked} == {True}
