"""Points of the viewer's own: read from a table, scaled to what the model was trained on, and said so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.frame.bring import bring
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState, sentence
from dashboard.lab.numbers import answers_at
from dashboard.lab.view import DECIMALS, MOST_POINTS, MOST_QUERIES, LabSettings, LabView
from icl_core.data.tables import MOST_BYTES, read_table
from icl_core.evaluation.prompt_functions import input_range
from icl_core.library import Library
from icl_core.specs import Pretraining, SpecError, require

State = UrlState[LabView]
Array = NDArray[np.float64]

FILE, PASTED, TOLD, FAULT = "points_file", "points_pasted", "points_told", "points_fault"
REACH_Y = 3.0  # standard deviations of the trained labels beyond which own ones are scaled


@dataclass(frozen=True)
class Scale:
    """What is written z becomes (z - shift) / factor."""

    shift: float = 0.0
    factor: float = 1.0

    def of(self, values: Array) -> Array:
        return (values - self.shift) / self.factor

    def said(self, name: str) -> str:
        """'x became (x - 12) / 3', or nothing where it stayed."""
        if self == Scale():
            return ""
        return t("lab.own.scale", name=name, shift=f"{self.shift:.4g}", factor=f"{self.factor:.4g}")


@dataclass(frozen=True)
class Brought:
    """Points and queries as the page has them, and how they were scaled."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    queries: tuple[float, ...]
    scales: tuple[Scale, Scale]

    @property
    def told(self) -> str:
        """How many were read, and what became of their units."""
        counted = t("lab.own.read", points=len(self.xs), queries=len(self.queries))
        scaled = [scale.said(name) for name, scale in zip("xy", self.scales, strict=True)]
        return joined("sentences", filter(None, (counted, *scaled)))


def read_points(text: str, pretraining: Pretraining) -> Brought:
    """The points of a table, x and y a line; lines without y, at the end, are queries.

    Inputs beyond the trained ones are moved onto them, from end to end; labels of more than three trained
    standard deviations to mean 0 and one standard deviation. Raises SpecError for anything else.
    """
    table = read_table(text)
    asked = False
    for line, row in zip(table.lines, table.rows, strict=True):
        query = len(row) == 1 or (len(row) == 2 and row[1] is None)
        fits = row[0] is not None and (query or (len(row) == 2 and not asked))
        require(fits, f"line {line}", row, "x and y, or x alone for a query, after all points")
        asked = asked or query
    points = [row for row in table.rows if len(row) == 2 and row[1] is not None]
    require(1 <= len(points) <= MOST_POINTS, "points", len(points), "1 to {most}", most=MOST_POINTS)
    count = len(table.rows) - len(points)
    require(count <= MOST_QUERIES, "queries", count, "0 to {most}", most=MOST_QUERIES)
    xs = np.array([row[0] for row in table.rows], dtype=np.float64)
    ys = np.array([row[1] for row in points], dtype=np.float64)
    scales = _onto(xs, *input_range(pretraining)), _standard(ys, pretraining.label_variance**0.5)
    rounded_xs, rounded_ys = (
        tuple(np.round(scale.of(values), DECIMALS).tolist())
        for scale, values in zip(scales, (xs, ys), strict=True)
    )
    return Brought(rounded_xs[: len(points)], rounded_ys, rounded_xs[len(points) :], scales)


def _onto(values: Array, low: float, high: float) -> Scale:
    """The scale that moves values onto an interval where they leave it."""
    least, most = float(values.min()), float(values.max())
    if low <= least and most <= high:
        return Scale()
    if least == most:
        return Scale(least - (low + high) / 2)
    factor = (most - least) / (high - low)
    return Scale(least - factor * low, factor)


def _standard(values: Array, deviation: float) -> Scale:
    """The scale to mean 0 and this standard deviation where a value is more than three of them; equal values
    become one deviation."""
    if float(np.abs(values).max()) <= REACH_Y * deviation:
        return Scale()
    spread = float(values.std())
    if spread <= 1e-9 * float(np.abs(values).max()):
        return Scale(0.0, float(values[0]) / deviation)
    return Scale(float(values.mean()), spread / deviation)


def own_section(state: State, pretraining: Pretraining) -> None:
    """Where a table of points is brought."""

    def take(data: bytes) -> None:
        st.session_state.pop(TOLD, None)
        st.session_state.pop(FAULT, None)
        try:
            text = data[: MOST_BYTES + 1].decode("utf-8-sig", errors="replace")
            brought = read_points(text, pretraining)
            view = _shown(state.view, brought)
        except SpecError as error:
            st.session_state[FAULT] = sentence(error)
            return
        st.session_state[TOLD] = (view.x, view.y, brought.told)
        state.change(lambda settings: _with(settings, view))

    with st.expander(t("lab.own.title"), icon=":material/upload_file:"):
        st.markdown(t("lab.own.text", most=MOST_POINTS, queries=MOST_QUERIES))
        bring((t("lab.own.file"), t("lab.own.paste")), (FILE, PASTED), ("csv", "txt"), take)
    fault = st.session_state.pop(FAULT, "")
    if fault:
        st.warning(t("lab.own.refused", fault=fault))
    xs, ys, told = st.session_state.get(TOLD, (None, None, ""))
    if told and (xs, ys) == (state.view.x, state.view.y):
        st.info(told)


def query_table(state: State, pretraining: Pretraining, library: Library, names: dict[str, str]) -> None:
    """What every learner says at the queries; nothing where there are none, or while the answer is hidden."""
    if not state.view.query or state.view.hidden:
        return
    said = answers_at(state.view, pretraining, library)
    columns = {names[name]: values for name, values in said.items() if name in names}
    st.markdown(f"**{t('lab.own.answers')}**")
    st.dataframe(pd.DataFrame({"x": state.view.query, **columns}).round(DECIMALS), hide_index=True)


def _shown(view: LabView, brought: Brought) -> LabView:
    return replace(view, source="own", x=brought.xs, y=brought.ys, query=brought.queries, asked=False)


def _with(settings: LabSettings, view: LabView) -> LabSettings:
    return replace(settings, view=view)
