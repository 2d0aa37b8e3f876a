"""The numbers of a picture as tables, and what can be taken away of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.controls import picture_format
from dashboard.shift_lab.view import ShiftView
from dashboard.texts import t
from dashboard.url_state import UrlState
from icl_core.specs import Experiment

State = UrlState[ShiftView]


def chart_config(state: State, name: str) -> dict[str, Any]:
    """The chart's camera, which saves it as PNG or SVG under the picture's `name`."""
    picture = st.session_state.get("picture", "png")
    return exports.chart_config(file_stem(state.experiment, name), picture)


def file_stem(experiment: Experiment, name: str) -> str:
    """A file's name without its ending."""
    return f"{exports.file_stem(experiment)}-{name}"


def take_away(
    state: State, experiment: Experiment, tables: Sequence[pd.DataFrame], csv: Mapping[str, str], code: str
) -> None:
    """Tables, downloads of `csv` by the pictures' names, the experiment, the camera's format and the code."""
    if state.presentation.present:
        return
    with st.expander(t("section.numbers"), icon=":material/table:"):
        for table in tables:
            st.dataframe(table, hide_index=isinstance(table.index, pd.RangeIndex))
    with st.expander(t("section.export"), icon=":material/download:"):
        with st.container(horizontal=True):
            for name, data in csv.items():
                label = t("shift_lab.residual_csv" if name == "residual" else "export.csv")
                _download(label, data, name, experiment)
            _download(t("export.spec"), exports.spec_text(experiment), "spec", experiment)
        picture_format()
        st.markdown(t("export.python"))
        st.code(code, language="python")


def _download(label: str, data: str, name: str, experiment: Experiment) -> None:
    ending, mime = ("json", "application/json") if name == "spec" else ("csv", "text/csv")
    file = f"{file_stem(experiment, name)}.{ending}"
    st.download_button(label, data, file, mime, key=f"export_{name}", on_click="ignore")
