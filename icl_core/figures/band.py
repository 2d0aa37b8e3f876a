"""The interval of a line, as a shaded area without an edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def band(
    x: Sequence[float], low: Sequence[float], high: Sequence[float], fill: str, **meta: str
) -> dict[str, Any]:
    """The arguments of a Plotly scatter between `low` and `high` over x, filled; `meta` says whose it is."""
    return {
        "x": [*x, *reversed(x)],
        "y": [*low, *reversed(high)],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"role": "band", **meta},
    }
