"""The controls of the Explore page beside its figure: presets above it, what is drawn below it."""

from __future__ import annotations

import streamlit as st

from dashboard.explore import presets
from dashboard.explore.door import door_button
from dashboard.explore.picture import available_methods, is_log, shown_methods
from dashboard.frame.hand import predict_switch
from dashboard.frame.knob import Knob, Pills, Switch, draw, viewed
from dashboard.frame.preset_menu import settings_menu
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.frame.views import CurveView
from icl_core.evaluation import LearningCurves
from icl_core.library.finding import Models

State = UrlState[CurveView]


def presets_menu(state: State, models: Models) -> None:
    """A menu of the presets, named by what they show, the current one chosen; the front door's button."""
    found = presets.available(models)
    settings_menu(state, found, lambda name: t(f"preset.{name}"), lambda: _beside(state))


def _beside(state: State) -> None:
    door_button(state)
    predict_switch(state)


def settings_section(state: State, curves: LearningCurves) -> None:
    """Which curves are drawn, on which axis."""
    with st.expander(t("section.settings"), icon=":material/visibility:"):
        draw(
            state,
            Knob(
                "methods",
                t("knob.methods"),
                Pills(available_methods(curves), lambda name: t(f"method.{name}")),
                shown_methods(curves, state.view),
                viewed("show"),
            ),
            Knob("log_axis", t("knob.log"), Switch(), is_log(curves, state.view), viewed("log")),
        )
