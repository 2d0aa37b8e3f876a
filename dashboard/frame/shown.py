"""What a page shows, gathered while it runs, for whoever asked for it: title, sentence, provenance, charts.

Gathering keeps figures alive for as long as the session, so a page does it only in a run that was asked to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go
import streamlit as st

ASKED, SHOWN = "shown_asked", "shown"


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure, and what it shows in words."""

    figure: go.Figure
    alt: str


@dataclass(frozen=True, eq=False)
class Shown:
    """A page as its viewer sees it: `page` and `query` are the link that leads there."""

    page: str
    query: tuple[tuple[str, str], ...] = ()
    title: str = ""
    sentence: str = ""
    provenance: str = ""
    charts: tuple[Chart, ...] = ()


def ask() -> None:
    """The next run gathers."""
    st.session_state[ASKED] = True


def begin(page: str) -> None:
    """Nothing is shown yet; what an earlier run gathered is let go."""
    st.session_state.pop(SHOWN, None)
    if st.session_state.pop(ASKED, False):
        st.session_state[SHOWN] = Shown(page)


def add(**parts: Any) -> None:
    """Parts of the page, where this run gathers."""
    if SHOWN in st.session_state:
        st.session_state[SHOWN] = replace(st.session_state[SHOWN], **parts)


def add_chart(figure: go.Figure, alt: str) -> None:
    """One more chart, where this run gathers."""
    if SHOWN in st.session_state:
        charts = st.session_state[SHOWN].charts
        add(charts=(*charts, Chart(figure, alt)))


def gathered() -> Shown | None:
    """What this run has gathered so far; None where it was not asked to."""
    return st.session_state.get(SHOWN)
