"""Two pictures beside a training: where the theorem promises success, and what the flow conserves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, Theme, ThemeName, layout, stroke, translucent
from icl_core.figures.panels import legend_above

if TYPE_CHECKING:
    from icl_core.evaluation.dynamics import ScaleScan, Trajectory

GREEN, GREY, HEIGHT = "#009E73", "#9AA3AE", 300


@dataclass(frozen=True)
class ScaleLabels:
    """Texts of the scan over initial scales; `now` has a place {value}.

    `other` stands there alone where the theorem is not about such starts.
    """

    scale: str
    time: str
    promised: str
    silent: str
    other: str
    reached: str
    missed: str
    now: str


@dataclass(frozen=True)
class BalanceLabels:
    """Texts of the conserved quantity."""

    time: str
    u_squared: str
    U_squared: str
    difference: str


def scale_figure(
    scan: ScaleScan, current: float, labels: ScaleLabels, *, theme: ThemeName = "light"
) -> go.Figure:
    """Time to learn against the initial scale; the theorem's condition as a green band from the left.

    The band is grey, over all scales, where the theorem is not about such starts. A cross stands over
    all times, for a flow that had not arrived when it was stopped.
    """
    look = THEMES[theme]
    low, high = np.log10([scan.scales[0] / 1.2, scan.scales[-1] * 1.2])
    figure = go.Figure(layout=layout(look))
    note = {"y": 0.97, "yref": "paper", "yanchor": "top", "showarrow": False}
    for name, colour, (start, end), text, ink in _bands(scan.largest_init_scale, (low, high), labels, look):
        if colour is not None:
            figure.add_vrect(
                x0=10**start, x1=10**end, fillcolor=translucent(colour, 0.22), line_width=0, layer="below",
                name=name,
            )  # fmt: skip
        middle = (start + end) / 2
        figure.add_annotation(x=middle, text=text, font={"size": look.size - 2, "color": ink}, **note)
    top = float(scan.times[scan.reached].max()) if scan.reached.any() else float(scan.ends.max())
    heights = np.where(scan.reached, scan.times, 1.08 * top)
    for mask, name, symbol in (
        (scan.reached, labels.reached, "circle"),
        (~scan.reached, labels.missed, "x"),
    ):
        figure.add_scatter(
            x=scan.scales[mask].tolist(),
            y=heights[mask].tolist(),
            mode="lines+markers" if mask.all() else "markers",
            name=name,
            marker={"symbol": symbol, "size": 10 * look.scale, "color": stroke("lsa").colour(look)},
            line={"color": stroke("lsa").colour(look), "width": 1.5 * look.scale},
            hovertemplate=f"{labels.scale} %{{x:.3g}}: %{{y:.3g}} ({name})<extra></extra>",
        )
    figure.add_vline(x=current, line={"color": look.ink, "width": 2 * look.scale})
    figure.add_annotation(
        x=float(np.log10(np.clip(current, 10**low, 10**high))),
        y=0,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        xshift=5,
        showarrow=False,
        text=f"<b>{labels.now.format(value=f'{current:.3g}')}</b>",
        font={"size": look.size - 2, "color": look.ink},
    )
    figure.update_xaxes(title_text=labels.scale, type="log", range=[low, high], dtick=1, showgrid=False)
    figure.update_yaxes(title_text=labels.time, range=[0, 1.35 * top], nticks=5)
    figure.update_layout(height=round(HEIGHT * look.size / 16), hovermode="closest")
    return figure


def _bands(
    largest: float | None, ends: tuple[float, float], labels: ScaleLabels, look: Theme
) -> list[tuple[str, str | None, tuple[float, float], str, str]]:
    """What the theorem says of parts of the scales: name, colour, ends in powers of ten, text, ink."""
    if largest is None:
        return [("other", GREY, ends, labels.other, look.muted)]
    low, high = ends
    edge = float(np.clip(np.log10(largest), low, high))
    parts = [
        ("promised", GREEN, (low, edge), labels.promised, look.ink),
        ("silent", None, (edge, high), labels.silent, look.muted),
    ]
    return [part for part in parts if part[2][0] < part[2][1]]


def balance_figure(
    trajectory: Trajectory, labels: BalanceLabels, *, theme: ThemeName = "light", log_time: bool = True
) -> go.Figure:
    """u^2 and ||U||_F^2 over time, and their difference, which the flow conserves."""
    look = THEMES[theme]
    path = trajectory.path
    clock = np.maximum(path.times, path.times[1]) if log_time else path.times
    lines = (
        (labels.U_squared, np.sum(path.U**2, axis=(1, 2)), stroke("transformer").colour(look), "solid", 5.0),
        (labels.u_squared, path.u**2, stroke("ols").colour(look), "dash", 2.5),
        (labels.difference, path.balance, look.ink, "dot", 2.0),
    )
    figure = go.Figure(layout=layout(look))
    for name, values, colour, dash, width in lines:
        figure.add_scatter(
            x=clock.tolist(),
            y=values.tolist(),
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": width * look.scale},
            hovertemplate="%{y:.6g}",
        )
    figure.update_xaxes(title_text=labels.time, showgrid=False, type="log" if log_time else "linear")
    if log_time:
        figure.update_xaxes(exponentformat="power", dtick=1)
    figure.update_yaxes(nticks=6)
    legend_above(figure, look, 1.02)
    figure.update_layout(height=round(HEIGHT * look.size / 16), margin={"t": 60})
    return figure
