"""The controls of the Explore page beside its figure: presets above it, what is drawn below it."""

from __future__ import annotations

import streamlit as st

from dashboard.explore import presets
from dashboard.explore.picture import available_methods, is_log, shown_methods
from dashboard.frame.controls import pick_several, toggle
from dashboard.frame.preset_menu import settings_menu
from dashboard.frame.pretraining import Models
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.frame.views import CurveView
from icl_core.evaluation import LearningCurves

State = UrlState[CurveView]


def presets_menu(state: State, models: Models) -> None:
    """A menu of the presets, named by what they show; the current one is chosen."""
    settings_menu(state, presets.available(models), lambda name: t(f"preset.{name}"))


def settings_section(state: State, curves: LearningCurves) -> None:
    """Which curves are drawn, on which axis."""
    with st.expander(t("section.settings"), icon=":material/visibility:"):
        pick_several(
            state,
            "methods",
            t("knob.methods"),
            available_methods(curves),
            shown_methods(curves, state.view),
            lambda name: t(f"method.{name}"),
            lambda settings, names: settings.viewed(show=names),
        )
        toggle(
            state,
            "log_axis",
            t("knob.log"),
            is_log(curves, state.view),
            lambda settings, log: settings.viewed(log=log),
        )
