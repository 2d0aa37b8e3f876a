"""The lab's knobs: where points come from, what is hidden, which model answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.frame.knob import Knob, Menu, Pills, Slider, Switch, draw, heading, more, press, viewed
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.lab.picture import points_of
from dashboard.lab.view import MOST_POINTS, NOISES, SOURCES, LabSettings, LabView, Points, with_points
from icl_core.evaluation.prompt_functions import Prompt
from icl_core.library.finding import Models, main_models
from icl_core.specs import Experiment, Pretraining

State = UrlState[LabView]

LEARNERS = ("transformer", "ols", "sinusoid_fit", "bayes")


def main_knobs(state: State) -> list[Knob[int]]:
    """What stands directly under the plot: how many points of the draw are there."""
    view = state.view
    if view.source == "own":
        return []
    return [
        Knob(
            "count",
            t("lab.knob.count"),
            Slider(0, MOST_POINTS, 1),
            view.count,
            lambda settings, count: redrawn(settings, count=count),
            t("lab.help.count", most=MOST_POINTS),
        )
    ]


def tested_on(state: State) -> None:
    """A prompt drawn from a family, and the noise that Bayes assumes."""
    heading("evaluation")
    view = state.view
    sources = [*SOURCES, *(["own"] if view.source == "own" else [])]
    draw(
        state,
        Knob(
            "source",
            t("lab.knob.source"),
            Menu(sources, lambda source: t(f"lab.source.{source}")),
            view.source,
            lambda settings, source: redrawn(settings, source=source),
            t("lab.help.source"),
        ),
    )
    press(state, "redraw", t("lab.button.redraw"), another, icon=":material/casino:")
    with more():
        noises = Menu(sorted({*NOISES, view.noise}), lambda noise: f"{noise:g}")
        draw(
            state,
            Knob("noise", t("lab.knob.noise"), noises, view.noise, viewed("noise"), t("lab.help.noise")),
        )


def pretrained_on(state: State, pretraining: Pretraining, models: Models) -> None:
    """The model that answers."""
    heading("pretraining")
    options: dict[Pretraining, str] = {spec: name for name, spec in main_models(models).items()}
    options.setdefault(pretraining, t("model.untrained"))
    draw(
        state,
        Knob(
            "model",
            t("knob.model"),
            Menu(list(options), options.__getitem__),
            pretraining,
            lambda settings, spec: replace(settings, experiment=Experiment(spec)),
            t("beyond.help.model"),
        ),
    )


def points_row(state: State, prompt: Prompt) -> None:
    """Predict first, and buttons that take points away."""
    points = points_of(prompt)
    draw(
        state,
        Knob(
            "predict",
            t("lab.knob.predict"),
            Switch(),
            state.view.predict,
            lambda settings, predict: settings.viewed(predict=predict, asked=False),
            t("lab.help.predict"),
        ),
    )
    if state.view.hidden:
        press(
            state,
            "reveal",
            t("lab.button.ask"),
            lambda settings: settings.viewed(asked=True),
            icon=":material/visibility:",
        )
    left, right = st.columns(2, gap="small")
    with left:
        press(
            state,
            "undo",
            t("lab.button.undo"),
            lambda settings: with_points(settings, Points(points.xs[:-1], points.ys[:-1])),
            icon=":material/undo:",
        )
    with right:
        press(state, "clear", t("lab.button.clear"), cleared, icon=":material/delete_sweep:")


def settings_section(state: State, names: Mapping[str, str], available: tuple[str, ...]) -> None:
    """Which learners are drawn."""
    with st.expander(t("section.settings"), icon=":material/visibility:"):
        learners = Pills(available, names.__getitem__)
        drawn = shown(state.view, available)
        draw(state, Knob("learners", t("knob.methods"), learners, drawn, viewed("show")))


def shown(view: LabView, available: tuple[str, ...]) -> tuple[str, ...]:
    """The learners that are drawn: those asked for, else all; none while the answer is hidden."""
    if view.hidden:
        return ()
    return tuple(name for name in available if name in view.show) or available


def redrawn(settings: LabSettings, **changes: object) -> LabSettings:
    """Points from a draw in place of what stood there."""
    return settings.viewed(x=None, y=None, query=(), asked=False, **changes)


def another(settings: LabSettings) -> LabSettings:
    """The next draw of the same family, or of the page's first where the points were one's own."""
    source = LabView().source if settings.view.source == "own" else settings.view.source
    return redrawn(settings, draw=settings.view.draw + 1, source=source)


def cleared(settings: LabSettings) -> LabSettings:
    """No points and no true function."""
    return settings.viewed(source="own", x=(), y=(), query=(), asked=False)
