"""A legend in rows above the plot, for figures whose lines move or cross at their ends."""

from __future__ import annotations

import plotly.graph_objects as go

from icl_core.figures.palette import Theme

LARGEST = 17  # pixels: in a lecture larger rows would take the picture's place


def add_top_legend(figure: go.Figure, look: Theme, *, compact: bool) -> None:
    """Rows of entries over the axes; `compact` sets them two in a row, for narrow screens."""
    columns = {"x": -0.12, "entrywidth": 0.5, "entrywidthmode": "fraction"} if compact else {"x": 0}
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1.01,
            "yanchor": "bottom",
            "font": {"size": min(LARGEST, look.size - (4 if compact else 2))},
            "bgcolor": "rgba(0,0,0,0)",
            "itemclick": False,
            "itemdoubleclick": False,
            **columns,
        },
        margin={"r": 12, "t": round(4 * look.size)},
    )
