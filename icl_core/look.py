"""How the lines of a method or a family of functions ask to look."""

from __future__ import annotations

from typing import NamedTuple

LONG_DASH = "14px,3px"


class Look(NamedTuple):
    """A hue of the palette by name, Plotly's dash, and the width in pixels."""

    hue: str
    dash: str = LONG_DASH
    width: float = 3.0
