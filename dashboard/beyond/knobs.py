"""The page's knobs: which functions, how many examples, which prompt, which models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.beyond.ladder import Ladder, band_name
from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import (
    HIGHEST,
    PICTURES,
    PROMPTS,
    SCENES,
    BeyondSettings,
    BeyondView,
    Picture,
    Scene,
    current,
    fitted,
    read_out,
    with_scene,
)
from dashboard.frame.hand import predict_switch
from dashboard.frame.knob import Knob, Menu, Pills, Row, Slider, Steps, Switch, draw, heading, more, viewed
from dashboard.frame.preset_menu import preset_menu
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from icl_core.data.function_classes import Dense, ReluNetwork
from icl_core.evaluation.family_sweep import trained_range
from icl_core.library import Library
from icl_core.library.finding import Models, main_model, main_models
from icl_core.library.ladder import RECIPES, on_the_sum
from icl_core.specs import Experiment, Pretraining

State = UrlState[BeyondView]
LADDER: Mapping[str, str] = {"narrow": "narrow", "broad": "broad-band"}
"""The rungs that have a picture of their own: where the model fails, and where it copes."""
COUNTS = (1024, 2048, 4096)  # prompts of each of a sweep's values


def on_page(
    state: State, change: Callable[[Experiment], Experiment]
) -> Callable[[BeyondSettings], BeyondSettings]:
    """A change of the experiment as the page shows it."""
    default = state.default.experiment
    return lambda settings: replace(settings, experiment=change(fitted(settings.experiment, default)))


def picture_row(state: State, shown: Picture) -> None:
    """Which of the two pictures is shown; the ladder is about half a line and half a sinusoid."""

    def write(settings: BeyondSettings, chosen: Picture) -> BeyondSettings:
        on_sum = on_page(state, lambda test: with_scene(test, SCENES["half"]))
        return (on_sum(settings) if chosen == "ladder" else settings).viewed(picture=chosen)

    row = Row(PICTURES, lambda picture: t(f"beyond.tab.{picture}"))
    draw(state, Knob("beyond_picture", t("selection.picture"), row, shown, write))


def tested_on(state: State, experiment: Experiment, shown: Picture) -> None:
    """The functions and the prompt."""
    heading("evaluation")
    if shown == "sweep":
        _scene_knobs(state, experiment)
    _prompt_knob(state)
    with more():
        draw(state, prompts_knob(experiment.evaluation.prompts, tested_as(experiment), COUNTS))
        new_seed_button(state, experiment.evaluation, tested_as(experiment))


def main_knobs(state: State, experiment: Experiment, ladder: Ladder | None = None) -> list[Knob[Any]]:
    """What stands directly under the figures: the band, the share or the frequency, and the read-out."""
    first = _scene_value(state, experiment) if ladder is None else _band_dial(state, ladder)
    length, k = Slider(0, experiment.context_length, 1), read_out(experiment, state.view)
    return [
        first,
        Knob("read_out", t("knob.read_out"), length, k, viewed("k"), t("beyond.help.read_out")),
    ]


def _scene_value(state: State, experiment: Experiment) -> Knob[float]:
    """How much of the first family, or which frequency."""
    scene = current(experiment)
    low, high, step = (0.0, 1.0, 0.1) if scene.parameter == "alpha" else (0.25, HIGHEST, 0.25)
    return Knob(
        "scene_value",
        t(f"beyond.knob.{scene.parameter}"),
        Slider(low, high, step),
        scene.value,
        lambda settings, value: on_page(
            state, lambda shown: with_scene(shown, Scene(scene.parameter, round(value, 6)))
        )(settings),
        t(f"beyond.help.{scene.parameter}"),
    )


def _scene_knobs(state: State, experiment: Experiment) -> None:
    scene = current(experiment)
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
    )


def _prompt_knob(state: State) -> None:
    draw(
        state,
        Knob(
            "drawn_prompt",
            t("beyond.knob.prompt"),
            Slider(0, PROMPTS - 1, 1),
            state.view.prompt,
            viewed("prompt"),
            t("beyond.help.prompt"),
        ),
    )


def _band_dial(state: State, ladder: Ladder) -> Knob[int]:
    found = ladder.rungs
    return Knob(
        "band",
        t("beyond.knob.band"),
        Steps(range(len(found)), lambda index: band_name(found[index])),
        found.index(ladder.current),
        lambda settings, index: on_page(state, lambda shown: on_the_sum(found[index].main, shown.evaluation))(
            settings
        ).viewed(picture="ladder"),
        t("beyond.help.band"),
    )


def _reach_knob(state: State, ladder: Ladder) -> None:
    """How far inputs reach: each reach has a ladder of its own."""
    draw(
        state,
        Knob(
            "reach",
            t("beyond.knob.reach"),
            Menu(list(ladder.reaches), lambda reach: t("beyond.reach", reach=reach)),
            ladder.current.reach,
            lambda settings, reach: on_page(
                state, lambda shown: on_the_sum(ladder.reaches[reach].main, shown.evaluation)
            )(settings).viewed(picture="ladder"),
            t("beyond.help.reach"),
        ),
    )


def pretrained_on(state: State, experiment: Experiment, models: Models, ladder: Ladder | None) -> None:
    """The model that the page is about: a rung of the ladder, from narrow to broad, or any that fits."""
    heading("pretraining")
    if ladder is not None:
        _reach_knob(state, ladder)
        return
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


def pictures(state: State, experiment: Experiment, shown: Picture) -> None:
    """Two rungs of the ladder and the scenes of the sweep, the shown one marked."""
    scene = current(experiment)
    marked = next((name for name, known in SCENES.items() if known == scene), None)
    if shown == "ladder":
        data = experiment.pretraining.data
        marked = next((name for name, rung in LADDER.items() if RECIPES[rung].data == data), None)

    def write(settings: BeyondSettings, name: str) -> BeyondSettings:
        if name in LADDER:
            on_rung = on_page(state, lambda test: on_the_sum(RECIPES[LADDER[name]], test.evaluation))
            return on_rung(settings).viewed(picture="ladder")
        on_scene = on_page(state, lambda test: with_scene(_swept(state, test), SCENES[name]))
        return on_scene(settings).viewed(picture="sweep")

    preset_menu(
        state,
        [*LADDER, *SCENES],
        marked,
        lambda name: t(f"beyond.picture.{name}"),
        write,
        lambda: predict_switch(state),
    )


def _swept(state: State, experiment: Experiment) -> Experiment:
    """The test of the main model in place of one of a single frequency, whose band has no inside."""
    low, high = trained_range(experiment.pretraining.mixture) or (0.0, 0.0)
    main = experiment.pretraining if low < high else main_model(state.models)
    return on_the_sum(main, experiment.evaluation)


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
