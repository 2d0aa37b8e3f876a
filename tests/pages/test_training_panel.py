"""Training from the Explore page, with an engine that trains when the test says so."""

from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.trainable import for_the_class, near, offers
from icl_core.data.covariance import PowerLaw
from icl_core.data.function_classes import Sparse
from icl_core.library import Library, default_library, state_folder
from icl_core.library.jobs import Engine
from icl_core.library.jobs.work import run_job
from icl_core.library.zoo import LIVE_DEMO
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Experiment, Mixture, Pretraining, Recipe

APP = Path(__file__).resolve().parents[2] / "app.py"
TINY = Pretraining(
    dimension=3,
    context_length=4,
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=40, batch=8, warmup=0),
)


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
    at = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in (Experiment(spec).to_query() | {"evaluation.prompts": "16"}).items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def train_now(spec: Pretraining) -> None:
    """What a worker would do meanwhile."""
    run_job(state_folder() / spec.hash, default_library())
    st.cache_data.clear()


def texts(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.caption, *at.error, *at.info, *at.markdown))


def progress(at: AppTest) -> list[str]:
    return [element.proto.text for element in at.get("progress")]


def test_a_missing_model_is_trained_from_its_link_and_then_drawn() -> None:
    at = opened(TINY)
    assert "parameters, 40 steps: about 1 s, by estimate" in texts(at)
    at.button(key="train_start").click().run()
    assert not at.exception
    assert progress(at) == ["Waiting for a worker"]
    other = opened(TINY)  # somebody else with the same link sees the same job and has nothing to stop
    assert progress(other) == ["Waiting for a worker"]
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
    assert progress(at) == ["Waiting for a worker"]


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
    assert progress(at) == ["Waiting for a worker"]
    assert at.query_params["pretraining.model.layers"] == "3"  # the link names what is being trained


def test_the_lecture_preset_trains_a_fresh_model_at_a_press() -> None:
    at = AppTest.from_file(str(APP), default_timeout=120).run()
    at.button(key="train_lecture").click().run()
    assert not at.exception
    assert progress(at) == ["Waiting for a worker"]
    assert at.query_params["pretraining.dimension"] == "4"


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


def test_the_class_gets_a_seed_that_nobody_trained() -> None:
    assert for_the_class({}) == LIVE_DEMO
    assert for_the_class({"a": LIVE_DEMO, "b": replace(LIVE_DEMO, seed=1)}).seed == 2
