"""The lab's knobs: where points come from, what is hidden, which model answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.frame.controls import choose, pick_several, press, slide, toggle
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.heading import group_heading
from dashboard.lab.picture import points_of
from dashboard.lab.view import MOST_POINTS, NOISES, SOURCES, LabSettings, LabView, Points, with_points
from dashboard.one_input.models import Models, main_models
from icl_core.evaluation.prompt_functions import Prompt
from icl_core.specs import Experiment, Pretraining

State = UrlState[LabView]

LEARNERS = ("transformer", "ols", "sinusoid_fit", "bayes")


def tested_on(state: State) -> None:
    """A prompt drawn from a family, its length, and the noise that Bayes assumes."""
    group_heading("evaluation")
    view = state.view
    sources = [*SOURCES, *(["own"] if view.source == "own" else [])]
    choose(
        state,
        "source",
        t("lab.knob.source"),
        sources,
        view.source,
        lambda source: t(f"lab.source.{source}"),
        lambda settings, source: redrawn(settings, source=source),
        help=t("lab.help.source"),
    )
    slide(
        state,
        "count",
        t("lab.knob.count"),
        0,
        MOST_POINTS,
        1,
        view.count,
        lambda settings, count: redrawn(settings, count=count),
        help=t("lab.help.count", most=MOST_POINTS),
        disabled=view.source == "own",
    )
    press(
        state,
        "redraw",
        t("lab.button.redraw"),
        another,
        icon=":material/casino:",
    )
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        choose(
            state,
            "noise",
            t("lab.knob.noise"),
            sorted({*NOISES, view.noise}),
            view.noise,
            lambda noise: f"{noise:g}",
            lambda settings, noise: settings.viewed(noise=noise),
            help=t("lab.help.noise"),
        )


def pretrained_on(state: State, pretraining: Pretraining, models: Models) -> None:
    """The model that answers."""
    group_heading("pretraining")
    options: dict[Pretraining, str] = {spec: name for name, spec in main_models(models).items()}
    options.setdefault(pretraining, t("model.untrained"))
    choose(
        state,
        "model",
        t("knob.model"),
        list(options),
        pretraining,
        options.__getitem__,
        lambda settings, spec: replace(settings, experiment=Experiment(spec)),
        help=t("beyond.help.model"),
    )


def points_row(state: State, prompt: Prompt) -> None:
    """Predict first, and buttons that take points away."""
    points = points_of(prompt)
    toggle(
        state,
        "predict",
        t("lab.knob.predict"),
        state.view.predict,
        lambda settings, predict: replace(
            settings, view=replace(settings.view, predict=predict, asked=False)
        ),
        help=t("lab.help.predict"),
    )
    if state.view.hidden:
        press(
            state,
            "ask",
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
        pick_several(
            state,
            "learners",
            t("knob.methods"),
            available,
            shown(state.view, available),
            names.__getitem__,
            lambda settings, chosen: settings.viewed(show=chosen),
        )


def shown(view: LabView, available: tuple[str, ...]) -> tuple[str, ...]:
    """The learners that are drawn: those asked for, else all; none while the answer is hidden."""
    if view.hidden:
        return ()
    return tuple(name for name in available if name in view.show) or available


def redrawn(settings: LabSettings, **changes: object) -> LabSettings:
    """Points from a draw in place of what stood there."""
    fresh = replace(settings.view, x=None, y=None, asked=False, **changes)  # type: ignore[arg-type]
    return replace(settings, view=fresh)


def another(settings: LabSettings) -> LabSettings:
    """The next draw of the same family, or of the page's first where the points were one's own."""
    source = LabView().source if settings.view.source == "own" else settings.view.source
    return redrawn(settings, draw=settings.view.draw + 1, source=source)


def cleared(settings: LabSettings) -> LabSettings:
    """No points and no true function."""
    return replace(settings, view=replace(settings.view, source="own", x=(), y=(), asked=False))
