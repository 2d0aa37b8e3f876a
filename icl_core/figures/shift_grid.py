"""Error over magnitude and context length as a heat map whose cells can be clicked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.heat_map import BLACK, WHITE, HeatMapLabels, heat_map_figure, ink_on
from icl_core.figures.palette import THEMES, ThemeName

if TYPE_CHECKING:
    from icl_core.evaluation.shift_lab import ShiftGrid

DECADES = (-3, 3)
SMALL = 8  # pixels of a number in a narrow window, where '16,466' has to fit a cell


@dataclass(frozen=True)
class GridLabels:
    """Texts of the axes, of the colour bar, and of the rows where those are not just the magnitudes."""

    length: str
    magnitude: str
    error: str
    rows: Sequence[str] = ()


def shift_grid_figure(
    grid: ShiftGrid,
    labels: GridLabels,
    *,
    theme: ThemeName = "light",
    chosen: tuple[float, int] | None = None,
    compact: bool = False,
) -> go.Figure:
    """Errors by colour on a logarithmic scale and as numbers; `chosen` frames a (magnitude, length);
    `compact` leaves out the colour bar, for narrow screens.

    The colours end at 0.001 and 1,000, which the bar says of both ends; numbers are black or white, whichever
    can be read on their cell.

    The last trace is an invisible marker on every cell, which takes the click; its customdata begins with the
    cell's magnitude and length.
    """
    look = THEMES[theme]
    shown = np.log10(np.clip(grid.errors, 10.0 ** DECADES[0], 10.0 ** DECADES[1]))
    rows = list(labels.rows) or [signed(magnitude) for magnitude in grid.magnitudes]
    columns = [str(length) for length in grid.lengths]
    figure = heat_map_figure(
        shown,
        columns,
        rows,
        HeatMapLabels(labels.length, labels.magnitude, labels.error),
        theme=theme,
        limits=(DECADES[0], DECADES[1]),
    )
    ticks = list(range(DECADES[0], DECADES[1] + 1))
    names = [f"{10.0**tick:,g}" for tick in ticks]
    names[0], names[-1] = f"≤ {names[0]}", f"≥ {names[-1]}"
    figure.update_traces(
        texttemplate=None,
        showscale=not compact,
        hoverinfo="skip",
        hovertemplate=None,
        colorbar={"tickvals": ticks, "ticktext": names},
    )
    _add_numbers(figure, grid, shown, SMALL if compact else None)
    if chosen is not None and chosen[0] in grid.magnitudes and chosen[1] in grid.lengths:
        row, column = grid.magnitudes.index(chosen[0]), grid.lengths.index(chosen[1])
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": "#D55E00", "width": 4 * look.scale},
        )
    cells = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    figure.add_scatter(
        x=[columns[column] for _, column in cells],
        y=[rows[row] for row, _ in cells],
        mode="markers",
        marker={"symbol": "square", "size": 34 * look.scale, "opacity": 0.01, "color": look.muted},
        customdata=[_clicked(grid, row, column) for row, column in cells],
        hovertemplate=(
            f"{labels.magnitude} %{{y}}<br>{labels.length} %{{customdata[1]}}<br>"
            f"{labels.error} %{{customdata[3]}}<extra></extra>"
        ),
        meta={"role": "cells"},
    )
    figure.update_xaxes(range=[-0.5, len(columns) - 0.5])
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], autorange=False)
    figure.update_layout(clickmode="event+select", height=look.height)
    return figure


def signed(magnitude: float) -> str:
    """A magnitude as text, with a minus sign."""
    return f"{magnitude:g}".replace("-", "−")


def _add_numbers(figure: go.Figure, grid: ShiftGrid, shown: NDArray[np.float64], size: int | None) -> None:
    """The numbers over cells of the same colour, one trace for each ink: a heat map's text has one alone.

    `size` in pixels; None: as large as fits, which could differ between the two where room is short.
    """
    share = (shown - DECADES[0]) / (DECADES[1] - DECADES[0])
    inks = np.array([[ink_on(value) if math.isfinite(value) else BLACK for value in row] for row in share])
    cells: Any = figure.data[0]
    for ink in (BLACK, WHITE):
        here = inks == ink
        figure.add_heatmap(
            z=np.where(here, shown, np.nan),
            x=cells.x,
            y=cells.y,
            zmin=cells.zmin,
            zmax=cells.zmax,
            colorscale=cells.colorscale,
            showscale=False,
            xgap=cells.xgap,
            ygap=cells.ygap,
            text=np.where(here, np.vectorize(_number)(grid.errors), ""),
            texttemplate="%{text}",
            textfont={"color": ink, "size": size},
            hoverinfo="skip",
            meta={"role": "numbers"},
        )


def _clicked(grid: ShiftGrid, row: int, column: int) -> list[float | int | str]:
    """A cell's magnitude, length and error, and the error with its 90% interval as text."""
    error, ends = float(grid.errors[row, column]), grid.interval(row, column)
    text = f"{error:,.4g}" if math.isfinite(error) else "∞"
    if ends is not None and math.isfinite(error):
        text += f" [{ends[0]:,.4g}, {ends[1]:,.4g}]"
    return [grid.magnitudes[row], grid.lengths[column], error, text]


def _number(error: float) -> str:
    """At most two decimals, one digit below .01, none from 10 on; nothing for an infinite mean (NaN)."""
    if not math.isfinite(error):
        return ""
    if error >= 10:
        return f"{error:,.0f}"
    return f"{error:.2f}" if error >= 0.01 else f"{error:.1g}".replace("-", "−")
