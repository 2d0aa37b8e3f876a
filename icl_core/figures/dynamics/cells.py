"""A matrix as cells: bars of height 1 in the colours of its entries.

Not Plotly's heat map, which is drawn as an image and goes blank while an animation plays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.dynamics.scene import Array, Scene
from icl_core.figures.palette import BLUE, ORANGE, Theme

MOST_NUMBERS = 9  # a side with more cells leaves no room for numbers
COLOUR_AXES = ("coloraxis", "coloraxis2")
DARK = 0.75  # of the scale: from there on white can be read on the colour
WHITE, BLACK = "#FCFCFC", "#111111"  # on strong and pale cells: no theme's own, as cells are alike in all


def full_matrices(U: Array, u: float) -> tuple[Array, Array]:
    """W^KQ and W^PV [d+1, d+1] from the block and the entry that move."""
    d = len(U)
    key_query, value = np.zeros((2, d + 1, d + 1))
    key_query[:d, :d], value[d, d] = U, u
    return key_query, value


def matrices_at(scene: Scene, moment: int) -> tuple[Array, Array]:
    """Both matrices at a moment of the path."""
    path = scene.trajectory.path
    return full_matrices(path.U[moment], float(path.u[moment]))


def colour_ends(scene: Scene) -> tuple[float, float]:
    """Where the colours of each matrix end: at the limit's largest entry, so that it uses the whole scale."""
    return float(np.abs(scene.trajectory.limit.U).max()), scene.trajectory.limit.u


def cells(matrix: Array, colour_axis: str, end: float, look: Theme, role: str) -> go.Bar:
    """The cells, row by row; the colour of each is the entry, on `colour_axis` from -`end` to `end`."""
    side = len(matrix)
    row, column = np.indices(matrix.shape).reshape(2, -1)  # [side, side] -> [side * side]
    names = [*map(str, range(1, side)), "y"]
    bars = go.Bar(
        x=column.tolist(),
        base=(row - 0.5).tolist(),
        y=[1] * side**2,
        width=1,
        marker={"coloraxis": colour_axis, "line": {"color": look.paper, "width": 1}},
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        insidetextfont={"size": look.size - (3 if side <= 6 else 6)},
        customdata=[[names[i], names[j]] for i, j in zip(row, column, strict=True)],
        hovertemplate="(%{customdata[0]}, %{customdata[1]}): %{marker.color:.4f}<extra></extra>",
        showlegend=False,
        meta={"role": role},
    )
    return bars.update(contents(matrix, end))


def contents(matrix: Array, end: float) -> dict[str, Any]:
    """What a frame changes of cells: colours, and numbers, if they fit, in an ink that stands out."""
    entries = matrix.ravel()
    changed: dict[str, Any] = {"marker": {"color": entries.round(5).tolist()}}
    if len(matrix) > MOST_NUMBERS:
        return changed
    dark = np.abs(entries) > DARK * end
    ink = [WHITE if on_dark else BLACK for on_dark in dark]
    numbers = [f"{entry:.2f}" if abs(entry) >= 0.005 else "" for entry in entries]
    return changed | {"text": numbers, "insidetextfont": {"color": ink}}


def set_cell_axes(figure: go.Figure, scene: Scene) -> None:
    """Rows and columns from the upper left corner, their numbers beside them, and the scales of colours."""
    side = scene.trajectory.spec.dimension + 1
    ticks: dict[str, Any] = {
        "showgrid": False,
        "showline": False,
        "ticks": "",
        "showticklabels": side <= MOST_NUMBERS,
        "tickvals": list(range(side)),
        "ticktext": [*map(str, range(1, side)), "y"],
    }
    for place in (place for pair in scene.matrix_places for place in pair):
        figure.update_xaxes(range=[-0.5, side - 0.5], **ticks, **place)
        figure.update_yaxes(range=[side - 0.5, -0.5], **ticks, **place)
    for axis, end in zip(COLOUR_AXES, colour_ends(scene), strict=True):
        colours = {"cmin": -end, "cmax": end, "colorscale": _colours(scene.look), "showscale": False}
        figure.update_layout({axis: colours})


def _colours(look: Theme) -> list[tuple[float, str]]:
    """Diverging around 0, where a cell has the colour of nothing on this paper."""
    return [(0.0, ORANGE.light), (0.5, "#20262F" if look.dark else "#F2F2F2"), (1.0, BLUE.light)]
