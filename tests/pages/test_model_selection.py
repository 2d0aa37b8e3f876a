"""The Model selection page: alive without a model, complete with all three, every state in the link."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.frame import ahead
from icl_core.data.function_classes import Dense, Sparse
from icl_core.evaluation.selection import compare, on_family
from icl_core.library import default_library
from icl_core.library.links import to_query
from icl_core.models import LinearAttention, Transformer
from icl_core.predictors import Network
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network
from tests.evaluation.references import reference_learners, sparsity_sweep
from tests.pages.opening import healthy, opened_page

PICTURES = ("curves", "sparsity", "choice", "outside", "cost")
HALF = Mixture.of((Dense(), 0.5), (Sparse(2), 0.5))
TINY = Pretraining(
    dimension=4, context_length=6, mixture=HALF, model=Transformer(layers=1, heads=1, width=16)
)
TESTED = Experiment(TINY, Evaluation(context_length=6, prompts=64, seed=3))
BARE = replace(TESTED, pretraining=replace(TINY, model=LinearAttention()))


@pytest.fixture
def own() -> Path:
    """The user's models: a mixture and both specialists, as initialised."""
    library = default_library()
    for name, mixture in {"both": HALF, "wide": Mixture.of(Dense()), "few": Mixture.of(Sparse(2))}.items():
        spec = replace(TINY, mixture=mixture)
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)
    return library.own


def opened(query: dict[str, str]) -> AppTest:
    return opened_page("pages/model_selection.py", **query)


def chart(at: AppTest) -> Any:
    (found,) = at.get("plotly_chart")
    return found.proto  # type: ignore[attr-defined]


def lines(at: AppTest) -> dict[tuple[str, str], np.ndarray]:
    """Drawn lines by key and the y axis of their panel."""
    return {
        (trace["meta"]["key"], trace["yaxis"]): np.array(trace["y"], dtype=float)
        for trace in json.loads(chart(at).spec)["data"]
        if trace.get("meta", {}).get("role") == "line"
    }


def query(experiment: Experiment, **view: str) -> dict[str, str]:
    return to_query(experiment, default_library().specs()) | view


@pytest.mark.parametrize("picture", PICTURES)
def test_every_picture_lives_without_models(picture: str) -> None:
    at = opened(query(BARE, picture=picture))
    assert lines(at)
    assert "dense-sparse-d4, dense-d4, sparse-d4" in at.info[0].value
    assert chart(at).alt in [block.value for block in at.markdown]
    assert at.warning.len == at.error.len == 0


@pytest.mark.parametrize("picture", PICTURES)
def test_every_picture_lives_with_models(own: Path, picture: str) -> None:
    at = opened(query(TESTED, picture=picture))
    keys = {key for key, _ in lines(at)}
    expected = {
        "curves": {"mixture", "dense", "narrow", "ols", "lasso", "lasso_best", "bayes"},
        "sparsity": {
            "mixture",
            "dense",
            "narrow",
            "ols",
            "lasso",
            "bayes",
            "distance_dense",
            "distance_narrow",
        },
        "choice": {"choice_dense", "choice_narrow", "posterior_dense", "posterior_narrow"},
        "outside": {"noise_0", "noise_0.05", "noise_0.1", "noise_0.25"},
        "cost": {"cost_model", "cost_ideal"},
    }
    assert keys == expected[picture]
    assert at.info.len == 0


def test_curves_are_the_cores_numbers(own: Path) -> None:
    drawn = lines(opened(query(TESTED, picture="curves")))
    spec = replace(TINY, mixture=Mixture.of(Dense()))
    learners = reference_learners(TESTED) | {"dense": Network(initial_network(spec).eval())}
    for family, axis in ((Dense(), "y"), (Sparse(2), "y2")):
        expected = compare(on_family(TESTED, family), learners).errors
        for name in ("ols", "lasso", "bayes", "dense"):
            np.testing.assert_allclose(drawn[name, axis], expected[name].mean, atol=2e-6)


def test_the_sweep_is_the_cores_numbers_at_the_chosen_k() -> None:
    drawn = lines(opened(query(BARE, picture="sparsity", k="3")))
    swept = sparsity_sweep(BARE)
    for name in ("ols", "lasso", "bayes"):
        expected = [each.errors[name].mean[3] for each in swept]
        np.testing.assert_allclose(drawn[name, "y"], expected, atol=2e-6)
    far = [each.distances["bayes", "bayes_dense"].mean[3] for each in swept]
    np.testing.assert_allclose(drawn["distance_dense", "y2"], far, atol=2e-6)


def test_the_sweep_is_measured_ahead_at_every_k(own: Path) -> None:
    at = opened(query(TESTED, picture="sparsity", k="1"))
    ahead.shared().wait()
    assert len(list((own / "comparisons").glob("*.json"))) == TINY.dimension
    first = lines(at)
    healthy(at.slider(key="selection_k").set_value(5).run())
    healthy(at.slider(key="selection_k").set_value(1).run())
    again = lines(at)  # from the stored sweep, which asks all queries in one pass
    for name, line in first.items():
        np.testing.assert_allclose(line, again[name], atol=2e-5)


def test_the_first_picture_needs_no_click() -> None:
    at = opened({})
    assert {"bayes", "ols", "lasso", "lasso_best"} <= {key for key, _ in lines(at)}
    assert dict(at.query_params) == {}


def test_knobs_move_the_link_and_the_sentence() -> None:
    at = opened(query(BARE, picture="sparsity"))
    healthy(at.slider(key="selection_nnz").set_value(4).run())
    assert _url(at)["nnz"] == "4"
    assert "4 nonzero weights" in chart(at).alt
    healthy(at.slider(key="selection_k").set_value(5).run())
    assert _url(at)["k"] == "5"
    assert chart(at).alt.startswith("With 5 examples")
    healthy(at.button_group(key="selection_picture").set_value("outside").run())
    assert _url(at)["picture"] == "outside"
    assert _url(at)["nnz"] == "4"


def test_pinned_curves_stay_on_faintly_and_in_the_link() -> None:
    at = opened(to_query(BARE, {}) | {"k": "3"})
    before = lines(at)
    healthy(at.button(key="pin").click().run())
    healthy(at.button(key="new_seed").click().run())
    again = opened(dict(at.query_params))
    for page in (at, again):
        faint = {
            (trace["meta"]["key"].removeprefix("pinned_"), trace["yaxis"]): np.array(trace["y"], dtype=float)
            for trace in json.loads(chart(page).spec)["data"]
            if trace.get("meta", {}).get("role") == "pinned"
        }
        assert set(faint) == set(before)
        for key, line in faint.items():
            np.testing.assert_allclose(line, before[key])
        assert "The faint lines are pinned" in "\n".join(each.value for each in page.markdown)
        assert any(f"config {BARE.hash}" in each.value for each in page.caption)


def test_the_share_steps_through_the_library(own: Path) -> None:
    at = opened(query(TESTED))
    share = at.select_slider(key="selection_share")
    assert share.options == ["◇ 25%", "◆ 50%", "◇ 75%"]
    assert ("mixture", "y") in lines(at)
    healthy(share.set_value(0.75).run())
    assert ("mixture", "y") not in lines(at)
    assert {("dense", "y"), ("narrow", "y")} <= set(lines(at))
    assert "dense-sparse-75-d4" in at.info[0].value
    healthy(at.select_slider(key="selection_share").set_value(0.5).run())
    assert ("mixture", "y") in lines(at)


def test_another_pair_can_be_chosen(own: Path) -> None:
    at = opened(query(TESTED))
    pair = at.selectbox(key="selection_pair")
    fixed = next(name for name in pair.options if "fixed-support" in name)
    healthy(pair.select(fixed).run())
    assert at.info.len == 0  # its three models are in the library
    assert "fixed-support" in at.title[0].value


@pytest.mark.parametrize(
    ("tested", "picture"),
    [
        ({"evaluation.shift": "task_sparsity", "evaluation.shift.magnitude": "4"}, "sparsity"),
        ({"evaluation.function_class": "sparse", "evaluation.function_class.nnz": "4"}, "outside"),
        ({"evaluation.function_class": "sparse"}, "curves"),
        ({"evaluation.function_class": "dense"}, "curves"),
    ],
)
def test_a_link_that_names_no_picture_opens_the_one_with_its_test(
    tested: dict[str, str], picture: str
) -> None:
    at = opened(query(BARE) | tested)
    assert at.button_group(key="selection_picture").value == picture
    if picture != "curves":
        assert "4 nonzero weights" in chart(at).alt


def test_a_model_of_one_family_in_the_link_gives_the_pages_own_pair() -> None:
    at = opened({"model": "identity-d8", "evaluation.seed": "5"})
    assert at.warning.len == 0
    assert any("seed 5" in caption.value for caption in at.caption)
    assert _url(at)["model"] == "identity-d8"  # other pages go on with it


def test_a_damaged_model_costs_one_sentence_and_only_itself(own: Path) -> None:
    spec = replace(TINY, mixture=Mixture.of(Dense()))
    weights = own / spec.hash / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    at = opened(query(TESTED))
    assert at.error.len == 1
    assert str(weights) in at.error[0].value
    drawn = {key for key, _ in lines(at)}
    assert "dense" not in drawn
    assert {"mixture", "narrow", "bayes"} <= drawn


@pytest.mark.parametrize(
    "bad", [{"picture": "rainbow"}, {"k": "-1"}, {"nnz": "0"}, {"prompt": "x"}, {"colour": "blue"}]
)
def test_a_bad_link_costs_one_sentence(bad: dict[str, str]) -> None:
    at = opened(query(BARE) | bad)
    assert at.warning.len == 1
    assert lines(at)


@pytest.mark.parametrize("view", [{"k": "500"}, {"nnz": "60"}, {"prompt": "9000"}])
@pytest.mark.parametrize("picture", ["sparsity", "choice"])
def test_read_outs_stay_within_the_picture(view: dict[str, str], picture: str) -> None:
    assert lines(opened(query(BARE, picture=picture) | view))


def test_the_lecture_view_has_one_knob() -> None:
    at = opened(query(BARE, present="1"))
    assert [slider.key for slider in at.slider] == ["selection_k"]
    assert at.selectbox.len == 0
    assert lines(at)


@pytest.mark.parametrize(
    ("picture", "key"),
    [
        ("curves", "ols"),
        ("sparsity", "bayes"),
        ("choice", "posterior_dense"),
        ("outside", "noise_0"),
        ("cost", "cost_ideal"),
    ],
)
def test_the_code_on_the_page_prints_its_numbers(
    own: Path, picture: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = opened(query(TESTED, picture=picture))
    (code,) = (each for each in at.code if each.language == "python")
    exec(code.value, {})
    printed = np.array([float(text) for text in re.findall(r"-?\d+\.\d*", capsys.readouterr().out)])
    for name, values in lines(at).items():
        for value in values[np.isfinite(values)]:
            assert np.min(np.abs(printed - value)) < 1e-4, name


def test_the_table_holds_the_drawn_numbers() -> None:
    at = opened(query(BARE, picture="curves"))
    table = at.dataframe[0].value
    drawn = lines(at)["ols", "y"]
    np.testing.assert_allclose(table[table["Line"] == "OLS"]["y"][: len(drawn)], drawn, atol=2e-6)


def _url(at: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}
