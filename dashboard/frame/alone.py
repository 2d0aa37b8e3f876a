"""A part of a page that is drawn again alone, where what moved acts on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.frame import shown
from dashboard.frame.net import net
from dashboard.frame.url_state import UrlState


def draw_alone(state: UrlState[Any], part: Callable[[], None], *fields: str) -> None:
    """Draws the part, and it alone when a knob within it has moved these fields of the page's view.

    Whatever else its knobs change draws the page. `part` reads the state anew, and ends with a mark that says
    what it shows: the page's own mark stays as it was.
    """

    def rest() -> tuple[object, ...]:
        return state.settings.viewed(**dict.fromkeys(fields)), state.notices

    drawn = rest()

    def draw() -> None:
        if state.moved:
            if rest() != drawn or shown.gathered() is not None:  # what was gathered shows what was
                st.rerun()
            state.write()
            with net():
                part()
        else:
            part()

    if state.presentation.present:  # one window, laid out as a whole
        part()
    else:
        st.fragment(draw)()
