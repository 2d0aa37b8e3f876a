"""Training from the Explore page, with an engine that trains when the test says so."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.training.audience import Audience, out_of_date, poll_seconds
from dashboard.training.trainable import for_the_class, near, offers
from icl_core.data.covariance import PowerLaw
from icl_core.data.function_classes import Dense, Sparse
from icl_core.library import Library, default_library, state_folder
from icl_core.library.jobs import Engine, Standing, continued
from icl_core.library.jobs.early_stop import Excess, shortened
from icl_core.library.jobs.folder import JobFolder
from icl_core.library.jobs.work import run_job
from icl_core.library.zoo import LIVE_DEMO
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Experiment, Mixture, Pretraining, Recipe
from icl_core.training import Snapshot
from tests.pages.opening import opened_page

TINY = Pretraining(
    dimension=3,
    context_length=4,
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=40, batch=8, warmup=0),
)
MIXED = replace(TINY, mixture=Mixture.of((Dense(), 0.5), (Sparse(nnz=1), 0.5)))
WAITING = "Waiting for a worker (the first start takes up to half a minute)"


class Patient(Engine):
    """Starts nothing."""

    def ensure(self, job: str) -> None:
        pass


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.library.jobs.service.Engine", Patient)
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(spec: Pretraining) -> AppTest:
    return opened_page("app.py", **Experiment(spec).to_query(), **{"evaluation.prompts": "16"})


def train_now(spec: Pretraining) -> None:
    """What a worker would do meanwhile."""
    run_job(state_folder() / spec.hash, default_library())
    st.cache_data.clear()


def texts(at: AppTest) -> str:
    shown = (*at.caption, *at.error, *at.info, *at.success, *at.markdown)
    return "\n".join(element.value for element in shown)


def progress(at: AppTest) -> list[str]:
    """What the page says under its figure, where that is a training under way."""
    live = any("live_curve" in chart.proto.id for chart in at.get("plotly_chart"))
    return [at.main.caption[-1].value] if live else []


def test_a_missing_model_is_trained_from_its_link_and_then_drawn() -> None:
    at = opened(TINY)
    assert "parameters, 40 steps: about 1 s, by estimate" in texts(at)
    at.button(key="train_start").click().run()
    assert not at.exception
    assert progress(at) == [WAITING]
    other = opened(TINY)  # somebody else with the same link sees the same job and has nothing to stop
    assert progress(other) == [WAITING]
    assert [button.key for button in other.button if button.key == "train_cancel"] == []
    train_now(TINY)
    at.run()
    assert not at.exception
    assert "no transformer with exactly this pretraining" not in texts(at)
    assert [button.key for button in at.button if button.key in ("train_start", "train_cancel")] == []
    entry = Library(Path("nowhere"), default_library().own).find(TINY.hash)
    assert entry is not None


def test_the_starter_can_stop_it_and_go_on() -> None:
    at = opened(TINY)
    at.button(key="train_start").click().run()
    at.button(key="train_cancel").click().run()
    assert "Training was stopped at step 0" in texts(at)
    at.button(key="train_start").click().run()
    assert progress(at) == [WAITING]


def test_what_a_link_forges_is_refused_on_the_page() -> None:
    forged = replace(TINY, recipe=replace(TINY.recipe, steps=9_000_000))
    at = opened(forged)
    at.button(key="train_start").click().run()
    assert "takes 9,000,000 steps, and 50,000 is the most here" in texts(at)
    assert not (state_folder() / forged.hash).exists()


def test_training_switched_off_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICL_TRAINING", "off")
    at = opened(TINY)
    at.button(key="train_start").click().run()
    assert "Training is switched off here" in texts(at)


def test_where_no_transformer_fits_two_sizes_are_offered() -> None:
    closed = Pretraining(dimension=3, context_length=8, model=LinearAttention())
    at = opened(closed)
    at.button(key="train_start").click().run()
    assert progress(at) == [WAITING]
    assert at.query_params["pretraining.model.layers"] == "3"  # the link names what is being trained


def test_the_lecture_preset_trains_a_fresh_model_at_a_press() -> None:
    at = opened_page("app.py")
    at.button(key="train_lecture").click().run()
    assert not at.exception
    assert progress(at) == [WAITING]
    assert at.query_params["pretraining.dimension"] == str(LIVE_DEMO.dimension)
    assert at.title[0].value.startswith("Our transformer learns: step 0 of")


def test_a_model_is_called_what_the_viewer_calls_it() -> None:
    at = opened(TINY)
    at.text_input(key="train_name").set_value("<b>ours</b>").run()
    at.button(key="train_start").click().run()
    assert "is no name for a model" in texts(at)
    at.text_input(key="train_name").set_value("identity-d8").run()
    at.button(key="train_start").click().run()
    assert "The library has a model called identity-d8: choose another name." in texts(at)
    at.text_input(key="train_name").set_value("Class of  Monday").run()
    at.button(key="train_start").click().run()
    assert at.title[0].value == "Class of Monday learns: step 0 of 40"
    train_now(TINY)
    at.run()
    assert at.title[0].value == "How Class of Monday learned, checkpoint by checkpoint"
    at.button(key="train_compare").click().run()
    assert "model Class of Monday" in texts(at)


def test_in_a_lecture_one_button_trains_and_the_live_curve_is_the_figure() -> None:
    at = opened_page("app.py", model="live-demo-d4", present="1")
    at.text_input(key="train_name").set_value("Monday").run()
    at.button(key="train_lecture").click().run()
    assert not at.exception
    assert at.title[0].value.startswith("Monday learns: step 0 of")
    assert [chart.proto.id.rpartition("-")[2] for chart in at.get("plotly_chart")] == ["live_curve"]
    assert [button.key for button in at.button if button.key == "train_cancel"] == ["train_cancel"]


# ----------------------------------------------------------------------------------------- what is offered


def test_offers_never_replace_what_was_asked_for() -> None:
    library = {"tiny": TINY}
    assert offers(TINY, library) == {}
    assert offers(TINY, {}) == {"asked": TINY}
    closed = Pretraining(dimension=3, context_length=8, model=LinearAttention())
    assert offers(closed, library) == {}  # a transformer for these data is there
    sizes = offers(closed, {})
    assert [replace(spec, model=closed.model, recipe=closed.recipe) for spec in sizes.values()] == [
        closed
    ] * 2


def test_near_models_name_what_differs() -> None:
    sparse = replace(TINY, mixture=Mixture.of(Sparse(nnz=1)))
    far = replace(sparse, covariates=PowerLaw(), dimension=4)
    models = {"far": far, "sparse": sparse, "same": TINY, "two": replace(sparse, context_length=5)}
    assert near(TINY, models) == {"sparse": ("mixture",), "two": ("context_length", "mixture")}
    longer = replace(TINY, recipe=replace(TINY.recipe, steps=41), seed=3)
    assert near(TINY, models | {"longer": longer}) == {"longer": ("recipe", "seed")} | near(TINY, models)
    formula = Pretraining(dimension=3, context_length=4, model=LinearAttention())
    assert near(formula, models) == {"sparse": ("mixture",), "two": ("context_length", "mixture")}


def test_the_class_gets_a_seed_that_nobody_trained() -> None:
    assert for_the_class({}) == LIVE_DEMO
    trained = {"a": LIVE_DEMO, "b": replace(LIVE_DEMO, seed=1)}
    assert for_the_class(trained).seed == 2
    assert for_the_class(trained, lambda spec: spec.seed == 2).seed == 3  # that one would go on half-way


# ------------------------------------------------------------------------------------- more steps, and fewer


def test_a_trained_model_is_trained_further_from_before_its_decay() -> None:
    at = opened(TINY)
    at.button(key="train_start").click().run()
    train_now(TINY)
    at.run()
    assert "It is in the library now" in texts(at)
    assert at.title[0].value == f"How {TINY.hash} learned, checkpoint by checkpoint"
    assert any("training" in chart.proto.id for chart in at.get("plotly_chart"))
    at.button(key="train_compare").click().run()
    assert any("curves" in chart.proto.id for chart in at.get("plotly_chart"))
    assert f"The library has exactly this model: **{TINY.hash}**" in texts(at)
    at.number_input(key="train_further_steps").set_value(20).run()
    assert "parameters, 20 steps" in texts(at)
    at.button(key="train_further").click().run()
    assert not at.exception
    assert progress(at) == [WAITING]
    more = continued(TINY, 20)
    assert at.query_params["pretraining.warm_start.dimension"] == "3"  # the link names its start
    train_now(more)
    at.run()
    assert not at.exception
    assert f"The library has exactly this model: **{more.hash}**" in texts(at)
    assert f"{TINY.hash} (another recipe, 40 steps, seed 0, started from random weights)" in texts(at)


def test_a_shipped_model_says_why_it_cannot_go_on() -> None:
    at = opened_page("app.py")
    assert "needs its checkpoint from before the decay" in texts(at)
    assert [button.key for button in at.button if button.key == "train_further"] == []


def test_training_ends_early_below_the_excess_that_was_asked_for() -> None:
    at = opened(TINY)
    at.number_input(key="train_excess").set_value(1.0).run()  # any model is that good
    at.button(key="train_start").click().run()
    train_now(TINY)
    at.run()
    assert not at.exception
    assert "The excess over the ideal learner fell below 1, so training ended after 2 of 40 steps" in texts(
        at
    )
    at.button(key="train_show_early").click().run()
    assert not at.exception
    assert at.query_params["model"] == shortened(TINY, 1).hash
    assert "The library has exactly this model" in texts(at)


# -------------------------------------------------------------------------------------------------- viewers


def test_after_a_reload_the_starter_still_may_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(TINY)
    at.button(key="train_start").click().run()
    stranger = opened(TINY)
    assert "train_cancel" not in [button.key for button in stranger.button]
    cookies = {"icl_viewer": at.session_state["viewer"]}
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", property(lambda _: cookies))
    again = opened(TINY)
    again.button(key="train_cancel").click().run()
    assert "Training was stopped" in texts(again)


def test_what_a_former_process_left_is_taken_up_by_any_page(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(TINY).button(key="train_start").click().run()
    st.cache_data.clear()
    st.cache_resource.clear()
    asked: list[str] = []
    monkeypatch.setattr(Patient, "ensure", lambda self, job: asked.append(job))
    opened_page("app.py")
    assert asked == [TINY.hash]


def test_a_lecture_hall_asks_no_more_than_four_times_a_second() -> None:
    audience = Audience()
    sizes = [audience.size("job", f"student {i}") for i in range(200)]
    assert sizes == list(range(1, 201))
    assert audience.size("job", "student 0") == 200
    assert audience.size("other job", "student 0") == 1
    assert poll_seconds(200, starter=False) == 50
    assert poll_seconds(200, starter=True) == poll_seconds(3, starter=False) == 2
    assert [out_of_date(2.0, wanted) for wanted in (2.0, 3.5, 4.0, 50.0)] == [False, False, True, True]
    assert out_of_date(50.0, 20.0)


def test_who_has_left_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("dashboard.training.audience.time.monotonic", lambda: now[0])
    audience = Audience()
    audience.size("job", "first")
    now[0] = 89.0
    assert audience.size("job", "second") == 2
    now[0] = 91.0
    assert audience.size("job", "second") == 1


# ------------------------------------------------------------------------------------------- while it trains


def test_the_learning_curve_so_far_is_drawn_beside_least_squares_and_bayes() -> None:
    at = opened(MIXED)
    at.number_input(key="train_excess").set_value(0.01).run()
    at.button(key="train_start").click().run()
    folder = JobFolder(state_folder() / MIXED.hash)
    errors = ((1.0, 0.8, 0.6, 0.4, 0.2), (1.0, 0.7, 0.5, 0.3, 0.1))
    history = tuple(Snapshot(step, step / 10, 0.5, errors) for step in (10, 20))
    bayes = tuple(tuple(float(error) for error in family) for family in Excess(MIXED).errors)
    folder.write_standing(Standing("running", 1, 20, 2.0, 0.5, history, bayes))
    with folder.held(1):
        st.cache_data.clear()
        at.run()
    assert not at.exception
    assert "Step 20 of 40" in progress(at)[0]
    assert at.title[0].value == "A transformer learns: step 20 of 40"
    assert "After 20 steps its error with 4 examples is 0.15; that of OLS is 0.00" in texts(at)
    assert "It ends early once the excess over the ideal learner is below 0.01." in texts(at)
    figure = json.loads(
        next(chart for chart in at.get("plotly_chart") if "live_curve" in chart.proto.id).proto.spec
    )
    names = {trace["name"] for trace in figure["data"]}
    assert "OLS" in names
    assert any(name.startswith("Bayes-optimal on sparse") for name in names)
