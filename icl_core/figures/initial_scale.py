"""Two pictures beside a training: where the theorem promises success, and what the flow conserves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, ThemeName, layout, stroke, translucent
from icl_core.figures.panels import legend_above

if TYPE_CHECKING:
    from icl_core.evaluation.dynamics import ScaleScan, Trajectory

GREEN, HEIGHT = "#009E73", 300


@dataclass(frozen=True)
class ScaleLabels:
    """Texts of the scan over initial scales; `now` has a place {value}."""

    scale: str
    time: str
    promised: str
    silent: str
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
    """Time to learn against the initial scale; the theorem's condition as a green band from the left."""
    look = THEMES[theme]
    low, high = np.log10([scan.scales[0] / 1.2, scan.scales[-1] * 1.2])
    figure = go.Figure(layout=layout(look))
    edge = float(np.clip(scan.largest_init_scale, 10**low, 10**high))
    note = {"y": 0.97, "yref": "paper", "yanchor": "top", "showarrow": False}
    figure.add_vrect(
        x0=10**low, x1=edge, fillcolor=translucent(GREEN, 0.22), line_width=0, layer="below", name="promised"
    )
    for end, text, colour in ((low, labels.promised, look.ink), (high, labels.silent, look.muted)):
        middle = (end + np.log10(edge)) / 2
        figure.add_annotation(x=middle, text=text, font={"size": look.size - 2, "color": colour}, **note)
    for mask, name, symbol in (
        (scan.reached, labels.reached, "circle"),
        (~scan.reached, labels.missed, "x"),
    ):
        figure.add_scatter(
            x=scan.scales[mask].tolist(),
            y=np.nan_to_num(scan.times[mask]).tolist(),
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
    top = float(np.nanmax(scan.times)) if np.isfinite(scan.times).any() else 1.0
    figure.update_yaxes(title_text=labels.time, range=[0, 1.3 * top], nticks=5)
    figure.update_layout(height=round(HEIGHT * look.size / 16), hovermode="closest")
    return figure


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
