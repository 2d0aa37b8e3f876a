"""Beyond the mixture draws the core's numbers for any link, and says what the library lacks."""

import base64
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.beyond.view import PROMPTS, Scene, fitted, place, scene_of, start
from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation.family_sweep import FamilySweep, measured_sweep
from icl_core.evaluation.prompt_functions import drawn_prompt, input_grid
from icl_core.library import Library, default_library, finding, load_once
from icl_core.library.kept import kept
from icl_core.library.ladder import RECIPES
from icl_core.library.questions import SweepErrors
from icl_core.models import Transformer
from icl_core.predictors import Network
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining, Recipe
from icl_core.training import train
from tests.pages.opening import opened_page

TINY = Pretraining(
    dimension=1,
    context_length=6,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=2, warmup=0),
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of two training steps: its errors are bad, and that is no matter here."""
    store = tmp_path_factory.mktemp("models")
    return Library(store, store).add(train(TINY, tmp_path_factory.mktemp("state")), "tiny").folder


@pytest.fixture
def own(stored: Path) -> Path:
    folder = default_library().own / stored.name
    shutil.copytree(stored, folder)
    return folder


def opened(experiment: Experiment | None = None, **view: str) -> AppTest:
    query = experiment.to_query() if experiment else {}
    return opened_page("pages/beyond_the_mixture.py", **query, **view)


def figures(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]  # type: ignore[attr-defined]


def numbers(value: Any) -> list[float]:
    """A list of a figure's JSON, plain or packed."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
    return value


def on_scene(scene: Scene) -> Experiment:
    evaluation = Evaluation(context_length=6, prompts=8, function_class=scene.function_class(TINY))
    return Experiment(TINY, evaluation)


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("scene", [Scene("alpha", 0.3), Scene("frequency", 3.0)])
def test_a_link_draws_the_numbers_of_its_experiment(scene: Scene) -> None:
    at = opened(on_scene(scene), k="4", prompt="2")
    functions, sweep = figures(at)
    entry = default_library().find(TINY.hash)
    assert entry is not None
    network = Network(load_once(default_library(), entry))
    line = FamilySweep(scene.parameter, TINY.data, prompts=8)
    expected = measured_sweep(line, network).mean[:, 4]
    drawn = next(
        trace
        for trace in sweep["data"]
        if trace["meta"]["role"] == "line" and trace["meta"]["learner"] == "transformer"
    )
    assert numbers(drawn["y"]) == pytest.approx(expected, rel=1e-5)
    truth = next(trace for trace in functions["data"] if trace["meta"].get("learner") == "truth")
    prompt = drawn_prompt(on_scene(scene), 2, input_grid(TINY))
    assert numbers(truth["y"]) == pytest.approx(prompt.truth, abs=1e-3)
    assert len(functions["frames"]) == 7
    assert functions["layout"]["sliders"][0]["active"] == 4


@pytest.mark.usefixtures("own")
def test_the_code_gives_the_numbers_at_the_pages_k(capsys: pytest.CaptureFixture[str]) -> None:
    at = opened(on_scene(Scene("alpha", 0.3)), k="5")
    (code,) = (block.value for block in at.code if "FamilySweep" in block.value)
    exec(code, {})
    sweep = FamilySweep("alpha", TINY.data, prompts=8)
    entry = default_library().find(TINY.hash)
    assert entry is not None
    model = kept(SweepErrors(sweep, TINY.hash), default_library())
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[-1] for line in printed] == [f"{error:.4f}" for error in model.mean[:, 5]]


@pytest.mark.usefixtures("own")
def test_knobs_change_the_test_and_the_link() -> None:
    at = opened(on_scene(Scene("alpha", 0.3)))
    at.slider(key="scene_value").set_value(0.8).run()
    assert at.query_params["evaluation.function_class.alpha"] == "0.8"
    at.selectbox(key="preset").select("A frequency outside the range").run()
    assert at.query_params["evaluation.function_class"] == "sinusoid"
    assert at.query_params["evaluation.function_class.high"] == "3"
    assert "outside" in at.title[0].value
    assert [fault.value for fault in at.exception] == []


@pytest.mark.usefixtures("own")
def test_missing_models_are_waited_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    faster = Mixture.of((Dense(), 0.5), (Sinusoid(high=3.5), 0.5))
    monkeypatch.setitem(finding.TIERS, 9, {"no-such-model": replace(TINY.data, mixture=faster)})
    monkeypatch.setitem(finding.ROLES, "wide", lambda main: replace(main, mixture=faster))
    at = opened(on_scene(Scene("frequency", 3.0)))
    said = " ".join(block.value for block in at.info)
    assert "no-such-model" in said
    assert "wide" not in {trace["meta"].get("learner") for figure in figures(at) for trace in figure["data"]}


def test_without_its_model_the_page_still_draws_the_ideal_learners() -> None:
    other = replace(TINY, seed=9)
    at = opened(Experiment(other, on_scene(Scene("alpha", 0.5)).evaluation))
    learners = {trace["meta"].get("learner") for trace in figures(at)[1]["data"]}
    assert "bayes" in learners
    assert "transformer" not in learners
    assert other.hash in " ".join(block.value for block in at.info)


@pytest.mark.usefixtures("own")
def test_a_damaged_model_is_said_and_left_out(own: Path) -> None:
    weights = own / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    at = opened(on_scene(Scene("alpha", 0.5)))
    assert any("model.safetensors" in fault.value for fault in at.error)
    assert "transformer" not in {trace["meta"].get("learner") for trace in figures(at)[1]["data"]}


def test_scenes_are_read_from_test_functions() -> None:
    line, wave = Dense(), Sinusoid()
    assert scene_of(Combination(line, wave, 0.25)) == Scene("alpha", 0.25)
    assert scene_of(line) == Scene("alpha", 1.0)
    assert scene_of(wave) == Scene("alpha", 0.0)
    assert scene_of(Sinusoid(2.997, 3.0)) == Scene("frequency", 3.0)
    assert scene_of(None) is None


def test_experiments_are_shown_without_what_the_page_cannot_draw() -> None:
    default = start({}).experiment
    eight = Experiment(Pretraining(), Evaluation())
    assert fitted(eight, default) == default
    shifted = Evaluation(shift=CovariateScale(1.0), seed=5, function_class=Dense())
    shown = fitted(Experiment(TINY, shifted), default)
    assert shown.pretraining == TINY
    assert shown.evaluation.seed == 5
    assert shown.evaluation.shift == Evaluation().shift
    assert scene_of(shown.evaluation.function_class) == Scene("alpha", 1.0)
    assert fitted(shown, default) == shown


@pytest.mark.parametrize(
    ("frequency", "where"),
    [(1.0, "inside"), (0.5, "edge"), (2.0, "edge"), (2.05, "edge"), (3.0, "outside"), (0.25, "outside")],
)
def test_frequencies_have_a_place(frequency: float, where: str) -> None:
    assert place(frequency, TINY) == where


def test_prompts_that_can_be_looked_at_are_test_prompts() -> None:
    assert PROMPTS <= 64  # the fewest prompts that the page offers


# ------------------------------------------------------------------------------------- from narrow to broad


@pytest.fixture
def rungs(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model is the broad rung; all others are short and lack a model."""
    for name, spec in RECIPES.items():
        monkeypatch.setitem(RECIPES, name, replace(TINY, mixture=spec.mixture, covariates=spec.covariates))  # type: ignore[arg-type]


def errors_drawn(at: AppTest) -> set[str]:
    return {trace["meta"]["key"] for trace in figures(at)[1]["data"] if "key" in trace.get("meta", {})}


@pytest.mark.usefixtures("rungs")
def test_the_ladder_draws_a_rung_with_its_ideals_and_says_which_models_lack() -> None:
    at = opened(on_scene(Scene("alpha", 0.5)))
    assert {"transformer", "bayes", "bayes_test", "smooth"} <= errors_drawn(at)
    assert "nearest" in " ".join(block.value for block in at.markdown)
    assert "frequency 2" in " ".join(block.value for block in at.info)
    at.select_slider(key="band").set_value(0).run()
    assert at.query_params["pretraining.mixture.components.1.function_class.low"] == "2"
    assert "Frequency 2" in at.title[0].value
    assert "transformer" not in errors_drawn(at)
    at.selectbox(key="reach").select_index(1).run()  # a ladder of its own, entered at the same frequency
    assert at.query_params["pretraining.covariates.half_width"] == "5"
    assert len(at.select_slider(key="band").options) == 2
    assert "Frequency 2" in at.title[0].value


@pytest.mark.usefixtures("rungs")
def test_the_ladder_and_the_sweep_are_two_pictures_of_one_model() -> None:
    at = opened(on_scene(Scene("alpha", 0.3)))
    assert at.segmented_control(key="beyond_picture").value == "sweep"
    at.segmented_control(key="beyond_picture").set_value("ladder").run()
    assert at.query_params["picture"] == "ladder"
    assert "evaluation.function_class.alpha" not in at.query_params  # half and half is the usual combination
    assert "smooth" in errors_drawn(at)
