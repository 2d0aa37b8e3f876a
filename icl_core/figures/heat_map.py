"""Heat maps: a matrix, or an error over two knobs, with its numbers written in the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import sample_colorscale, unlabel_rgb

from icl_core.figures.palette import DIVERGING, SEQUENTIAL, THEMES, ThemeName, layout

MOST_NUMBERS = 12  # a side with more cells leaves no room to write in them
BLACK, WHITE = "#000000", "#FFFFFF"
EVEN = 0.179  # the luminance on which black and white stand out alike, WCAG's contrast 4.6


@dataclass(frozen=True)
class HeatMapLabels:
    """Texts of a heat map: both axes and the colour bar."""

    across: str
    down: str
    value: str


def heat_map_figure(
    values: NDArray[np.float64],
    across: Sequence[str | float],
    down: Sequence[str | float],
    labels: HeatMapLabels,
    *,
    theme: ThemeName = "light",
    centred: bool = False,
    limits: tuple[float, float] | None = None,
    decimals: int = 2,
) -> go.Figure:
    """`values` [len(down), len(across)] as coloured cells, the first row on top.

    `centred` puts the neutral colour at 0 (matrices); otherwise the scale is sequential (errors). `limits`
    fixes the colours' ends, so that frames of an animation are comparable. Numbers stand in the cells up to
    12 by 12. Raises ValueError where the shapes differ.
    """
    if values.shape != (len(down), len(across)):
        raise ValueError(
            f"The values are {values.shape}, but there are {len(down)} rows and {len(across)} columns."
        )
    look = THEMES[theme]
    low, high = limits or _limits(values, centred)
    hover = (f"{labels.across} %{{x}}", f"{labels.down} %{{y}}", f"{labels.value} %{{z:.4g}}<extra></extra>")
    figure = go.Figure(layout=layout(look))
    figure.add_heatmap(
        z=values,
        x=[str(value) for value in across],
        y=[str(value) for value in down],
        zmin=low,
        zmax=high,
        colorscale=DIVERGING if centred else SEQUENTIAL,
        colorbar={"title": {"text": labels.value, "side": "right"}, "outlinewidth": 0},
        texttemplate=f"%{{z:.{decimals}f}}" if max(values.shape) <= MOST_NUMBERS else None,
        hovertemplate="<br>".join(hover),
        xgap=1,
        ygap=1,
        meta={"role": "heat_map"},
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title_text=labels.across, type="category", showgrid=False, ticks="")
    figure.update_yaxes(
        title_text=labels.down, type="category", showgrid=False, autorange="reversed", ticks=""
    )
    return figure


def ink_on(share: float) -> str:
    """Black or white, whichever stands out from the sequential scale's colour at `share` of it, 0 to 1."""
    (colour,) = sample_colorscale(SEQUENTIAL, [share])
    channels = np.array(unlabel_rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return BLACK if float(linear @ [0.2126, 0.7152, 0.0722]) > EVEN else WHITE


def _limits(values: NDArray[np.float64], centred: bool) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if centred:
        largest = float(np.abs(finite).max(initial=0.0)) or 1.0
        return -largest, largest
    return 0.0, float(finite.max(initial=0.0)) or 1.0
