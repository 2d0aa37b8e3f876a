"""The page's knobs: which functions, how many examples, which prompt, which models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import (
    HIGHEST,
    PROMPTS,
    SCENES,
    BeyondSettings,
    BeyondView,
    Scene,
    current,
    fitted,
    read_out,
    with_scene,
)
from dashboard.frame.knob import Knob, Menu, Pills, Slider, Switch, draw, heading, more, viewed
from dashboard.frame.preset_menu import preset_menu
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from icl_core.data.function_classes import Dense, ReluNetwork
from icl_core.library import Library
from icl_core.library.finding import Models, main_models
from icl_core.specs import Experiment, Pretraining

State = UrlState[BeyondView]
COUNTS = (64, 128, 256, 512)  # prompts of each of a sweep's values


def on_page(
    state: State, change: Callable[[Experiment], Experiment]
) -> Callable[[BeyondSettings], BeyondSettings]:
    """A change of the experiment as the page shows it."""
    default = state.default.experiment
    return lambda settings: replace(settings, experiment=change(fitted(settings.experiment, default)))


def tested_on(state: State, experiment: Experiment) -> None:
    """The functions, and how much of the prompt is seen."""
    heading("evaluation")
    scene, view = current(experiment), state.view
    low, high, step = (0.0, 1.0, 0.1) if scene.parameter == "alpha" else (0.25, HIGHEST, 0.25)
    draw(
        state,
        Knob(
            "scene",
            t("beyond.knob.scene"),
            Menu(("alpha", "frequency"), lambda parameter: t(f"beyond.scene.{parameter}")),
            scene.parameter,
            lambda settings, parameter: on_page(
                state, lambda shown: with_scene(shown, SCENES["half" if parameter == "alpha" else "outside"])
            )(settings),
            t("beyond.help.scene"),
        ),
        Knob(
            "scene_value",
            t(f"beyond.knob.{scene.parameter}"),
            Slider(low, high, step),
            scene.value,
            lambda settings, value: on_page(
                state, lambda shown: with_scene(shown, Scene(scene.parameter, round(value, 6)))
            )(settings),
            t(f"beyond.help.{scene.parameter}"),
        ),
        Knob(
            "read_out",
            t("knob.read_out"),
            Slider(0, experiment.context_length, 1),
            read_out(experiment, view),
            viewed("k"),
            t("beyond.help.read_out"),
        ),
        Knob(
            "drawn_prompt",
            t("beyond.knob.prompt"),
            Slider(0, PROMPTS - 1, 1),
            view.prompt,
            viewed("prompt"),
            t("beyond.help.prompt"),
        ),
    )
    with more():
        draw(state, prompts_knob(experiment.evaluation.prompts, tested_as(experiment), COUNTS))
        new_seed_button(state, experiment.evaluation, tested_as(experiment))


def pretrained_on(state: State, experiment: Experiment, models: Models, learners: Learners) -> None:
    """The model that the page is about, and those drawn beside it."""
    heading("pretraining")
    options: dict[Pretraining, str] = {spec: name for name, spec in main_models(models).items()}
    options.setdefault(experiment.pretraining, t("model.untrained"))
    draw(
        state,
        Knob(
            "model",
            t("knob.model"),
            Menu(list(options), options.__getitem__),
            experiment.pretraining,
            lambda settings, spec: on_page(
                state,
                lambda shown: with_scene(
                    Experiment(spec, replace(shown.evaluation, context_length=spec.context_length)),
                    current(shown),
                ),
            )(settings),
            t("beyond.help.model"),
        ),
    )


def shown_knobs(state: State, experiment: Experiment, learners: Learners, names: Mapping[str, str]) -> None:
    """Which learners both figures show, and the error's axis."""
    parameter = current(experiment).parameter
    with st.expander(t("section.settings"), icon=":material/visibility:"):
        draw(
            state,
            Knob(
                "learners",
                t("knob.methods"),
                Pills(learners.available(parameter), names.__getitem__),
                learners.shown(parameter, state.view, swept=True),
                viewed("show"),
            ),
            Knob("log_axis", t("knob.log"), Switch(), state.view.log, viewed("log")),
        )


def pictures(state: State, experiment: Experiment) -> None:
    """The scenes, the shown one marked."""
    scene = current(experiment)
    preset_menu(
        state,
        list(SCENES),
        next((name for name, known in SCENES.items() if known == scene), None),
        lambda name: t(f"beyond.picture.{name}"),
        lambda settings, name: on_page(state, lambda shown: with_scene(shown, SCENES[name]))(settings),
    )


def networks(state: State, library: Library) -> None:
    """Linear functions and ReLU networks: their learning curves stand on the Explore page."""
    found = {
        name: spec
        for name, spec in library.specs().items()
        if [family.kind for family in spec.mixture.families] == [Dense.kind, ReluNetwork.kind]
    }
    with st.expander(t("beyond.networks"), icon=":material/hub:"):
        st.markdown(t("beyond.networks.text"))
        if not found:
            st.caption(t("beyond.waiting", models="dense-relu-d8"))
        for name in found:
            for family in (Dense(), ReluNetwork()):
                st.page_link(
                    "app.py",
                    label=t("beyond.networks.link", name=name, family=t(f"beyond.family.{family.kind}")),
                    query_params={
                        "model": name,
                        "evaluation.function_class": family.kind,
                        **state.presentation.to_query(),
                    },
                )
