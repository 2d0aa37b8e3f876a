"""Error against a parameter of the test functions: alpha of a combination, or a frequency."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.band import band
from icl_core.figures.function_strokes import LEARNERS, in_order
from icl_core.figures.palette import THEMES, Theme, ThemeName, layout, translucent
from icl_core.figures.top_legend import add_top_legend

if TYPE_CHECKING:
    from icl_core.evaluation.family_sweep import SweepCurve

Array = NDArray[np.float64]

LOG_FLOOR = 1e-4  # a logarithmic axis begins here; what lies below is drawn on the floor
DECADES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
HEADROOM = 1.2


@dataclass(frozen=True)
class SweepLabels:
    """Every text of the figure. `trained` stands over the range of pretraining, `outside` over the rest."""

    learners: Mapping[str, str]
    parameter: str
    error: str
    interval: str
    trained: str = ""
    outside: str = ""


def family_sweep_figure(
    values: tuple[float, ...],
    curves: Mapping[str, SweepCurve],
    labels: SweepLabels,
    *,
    k: int,
    theme: ThemeName = "light",
    marked: float | None = None,
    trained_range: tuple[float, float] | None = None,
    zero: tuple[float, ...] | None = None,
    log_axis: bool = True,
    height: int | None = None,
    compact: bool = False,
) -> go.Figure:
    """Error of each learner with k pairs at every value, with 90% bands.

    What pretraining never had is shaded; `marked` is the value that other figures show; `zero` is the error
    of always answering 0.
    """
    look = THEMES[theme]
    figure = go.Figure(layout=layout(look))
    names = in_order(tuple(curves))
    top = _top([curves[name].mean[:, k] for name in names], zero, log_axis)
    if trained_range is not None:
        _shade_outside(figure, values, trained_range, labels, look)
    if zero is not None:
        _add_line(figure, values, np.array(zero), "zero", labels, look, log_axis, rank=len(names))
    for name in reversed(names):
        _add_band(figure, values, curves[name], k, name, look, log_axis)
    for rank, name in reversed(list(enumerate(names))):
        _add_curve(figure, values, curves[name], k, name, labels, look, log_axis, rank)
    if marked is not None:
        figure.add_vline(x=marked, line={"color": look.ink, "width": 1.5 * look.scale}, layer="below")
    _set_axes(figure, values, labels, top, log_axis)
    add_top_legend(figure, look, compact=compact)
    left = round((4.5 if log_axis else 4) * look.size)  # room for '0.0001' beside the axis's title
    figure.update_layout(height=height or look.height, margin={"l": left})
    return figure


def _top(lines: list[Array], zero: tuple[float, ...] | None, log_axis: bool) -> float:
    highest = max([float(line.max(initial=0.0)) for line in lines] + ([] if zero is None else [max(zero)]))
    return max(3.0, 1.5 * highest) if log_axis else HEADROOM * max(0.05, highest)


def _drawable(values: Array, log_axis: bool) -> Array:
    return np.maximum(values, LOG_FLOOR) if log_axis else values


def _add_curve(
    figure: go.Figure,
    values: tuple[float, ...],
    curve: SweepCurve,
    k: int,
    name: str,
    labels: SweepLabels,
    look: Theme,
    log_axis: bool,
    rank: int,
) -> None:
    _add_line(figure, values, curve.mean[:, k], name, labels, look, log_axis, rank)
    figure.data[-1].update(
        customdata=np.stack([curve.mean[:, k], curve.low[:, k], curve.high[:, k]], 1),
        hovertemplate=(
            f"%{{customdata[0]:.4f}} ({labels.interval} %{{customdata[1]:.4f}} – %{{customdata[2]:.4f}})"
        ),
    )


def _add_line(
    figure: go.Figure,
    values: tuple[float, ...],
    line: Array,
    name: str,
    labels: SweepLabels,
    look: Theme,
    log_axis: bool,
    rank: int,
) -> None:
    stroke = LEARNERS[name]
    figure.add_scatter(
        x=values,
        y=_drawable(line, log_axis),
        mode="lines",
        name=labels.learners[name],
        line={"color": stroke.colour(look), "dash": stroke.dash, "width": stroke.width * look.scale},
        hovertemplate="%{y:.3f}",
        legendrank=rank + 1,
        meta={"role": "line", "learner": name},
    )


def _add_band(
    figure: go.Figure,
    values: tuple[float, ...],
    curve: SweepCurve,
    k: int,
    name: str,
    look: Theme,
    log_axis: bool,
) -> None:
    low, high = (_drawable(bound[:, k], log_axis).tolist() for bound in (curve.low, curve.high))
    fill = translucent(LEARNERS[name].colour(look), 0.2 if name == "transformer" else 0.1)
    figure.add_scatter(**band(values, low, high, fill, learner=name))


def _shade_outside(
    figure: go.Figure,
    values: tuple[float, ...],
    trained: tuple[float, float],
    labels: SweepLabels,
    look: Theme,
) -> None:
    note = {
        "y": 0.985,
        "yref": "paper",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": look.size - 3, "color": look.muted},
    }
    for start, end in ((values[0], trained[0]), (trained[1], values[-1])):
        if end > start:
            shade = translucent(look.muted, 0.13)
            figure.add_vrect(x0=start, x1=end, fillcolor=shade, line_width=0, layer="below")
    figure.add_annotation(x=sum(trained) / 2, text=labels.trained, **note)
    if trained[1] < values[-1]:
        figure.add_annotation(x=values[-1], xanchor="right", xshift=-4, text=labels.outside, **note)


def _set_axes(
    figure: go.Figure, values: tuple[float, ...], labels: SweepLabels, top: float, log_axis: bool
) -> None:
    room = 0.02 * (values[-1] - values[0])
    figure.update_xaxes(
        title_text=labels.parameter, range=[values[0] - room, values[-1] + room], showgrid=False, nticks=6
    )
    if log_axis:
        figure.update_yaxes(
            title_text=labels.error,
            type="log",
            range=[math.log10(LOG_FLOOR), math.log10(top)],
            tickvals=DECADES,
            ticktext=[f"{value:g}" for value in DECADES],
        )
    else:
        figure.update_yaxes(title_text=labels.error, range=[0, top], nticks=6)
