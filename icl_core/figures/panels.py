"""Several plots in one figure, all with the one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from icl_core.figures.palette import Theme, layout, translucent
from icl_core.figures.top_legend import LARGEST


def panels(
    rows: int,
    columns: int,
    look: Theme,
    titles: Sequence[str] = (),
    height: int | None = None,
    **options: Any,
) -> go.Figure:
    """An empty figure of rows x columns plots; `options` as in Plotly's `make_subplots`."""
    figure = make_subplots(rows=rows, cols=columns, subplot_titles=list(titles) or None, **options)
    shared = layout(look).to_plotly_json()
    axes = {name: shared.pop(name) for name in ("xaxis", "yaxis")}
    figure.update_layout(shared)
    figure.update_layout(hovermode="closest", margin={"l": 10, "r": 16, "t": 44, "b": 10})
    if height is not None:
        figure.update_layout(height=height)
    title = {"size": look.size - 1}
    for name, update in (("xaxis", figure.update_xaxes), ("yaxis", figure.update_yaxes)):
        style = {key: value for key, value in axes[name].items() if key != "title"}
        small = {"size": look.size - 3}
        update(title={"font": title, "standoff": 8}, tickfont=small, automargin=True, **style)
    figure.update_annotations(font={"size": look.size, "color": look.ink})
    return figure


def legend_above(figure: go.Figure, look: Theme, y: float = 1.08) -> None:
    """A legend in rows over the plots; a click on it changes nothing."""
    figure.update_layout(top_rows(look, y))


def top_rows(look: Theme, y: float) -> dict[str, Any]:
    """What `legend_above` adds to a layout."""
    legend = {
        "orientation": "h",
        "yanchor": "bottom",
        "y": y,
        "x": 0,
        "font": {"size": min(LARGEST, look.size - 2)},
        "traceorder": "normal",
        "itemclick": False,
        "itemdoubleclick": False,
    }
    return {"showlegend": True, "legend": legend}


def note_off_scale(
    figure: go.Figure, notes: Sequence[tuple[str, str]], look: Theme, size: int, **place: int
) -> None:
    """Names what leaves the axis, in the plot's upper right corner: texts with their colours, a row each."""
    for row, (text, colour) in enumerate(notes):
        figure.add_annotation(
            x=0.98,
            y=0.98,
            xref="x domain",
            yref="y domain",
            xanchor="right",
            yanchor="top",
            yshift=-row * 1.4 * look.size,
            showarrow=False,
            text=f"▲ {text}",
            font={"size": size, "color": colour},
            bgcolor=translucent(look.paper, 0.8),
            **place,
        )
