"""Elements that are made for the first viewer of a state alone, and sent again as they are to all others."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from dashboard.frame.texts import spoken
from dashboard.frame.viewport import is_narrow

MOST_KEPT = 512  # states, of some 25 kB each: a figure with its table


def draw_once(known_by: Hashable, draw: Callable[[], None]) -> None:
    """What `draw` draws, no widgets among it. `known_by`, the language, the theme and whether the window is
    narrow are all that it depends on."""
    _kept(known_by, spoken(), st.context.theme.type, is_narrow(), draw)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _kept(
    known_by: Hashable, language: str, theme: str | None, narrow: bool, _draw: Callable[[], None]
) -> None:
    _draw()
