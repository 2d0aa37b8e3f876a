"""The parts of the Explore page below its figure."""

from __future__ import annotations

import streamlit as st

from dashboard import exports, presets
from dashboard.controls import pick_several, picture_format, toggle
from dashboard.curve_chart import available_methods, is_log, numbers_table, shown_methods
from dashboard.preset_menu import settings_menu
from dashboard.pretraining import Models
from dashboard.texts import t
from dashboard.url_state import UrlState
from dashboard.views import CurveView
from icl_core.evaluation import LearningCurves
from icl_core.library.links import to_query

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


def numbers_section(state: State, curves: LearningCurves) -> None:
    """The drawn numbers as a table."""
    with st.expander(t("section.numbers"), icon=":material/table:"):
        st.dataframe(numbers_table(curves, shown_methods(curves, state.view)))


def exports_section(state: State, curves: LearningCurves) -> None:
    """Downloads, the code and the command that compute the numbers again, and the camera's format."""
    stem = exports.file_stem(curves.experiment)
    with st.expander(t("section.export"), icon=":material/download:"):
        with st.container(horizontal=True):
            for name, data, file, mime in (
                ("csv", curves.to_csv(), f"{stem}.csv", "text/csv"),
                ("json", curves.to_json(), f"{stem}.json", "application/json"),
                ("spec", exports.spec_text(curves.experiment), f"{stem}-spec.json", "application/json"),
            ):
                label = t(f"export.{name}")
                st.download_button(label, data, file, mime, key=f"export_{name}", on_click="ignore")
        picture_format()
        query = to_query(curves.experiment, state.models)
        st.markdown(t("export.python"))
        st.code(exports.python_snippet(query), language="python")
        st.markdown(t("export.command"))
        st.code(exports.command(query), language="bash")
