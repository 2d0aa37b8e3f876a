"""Error against test length at a fixed training length: stacked parts, floor, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.palette import THEMES, Theme, ThemeName, faint, layout, stroke, translucent
from icl_core.figures.panels import legend_above

if TYPE_CHECKING:
    from icl_core.evaluation.length_sweep import LengthSweep

Array = NDArray[np.float64]

PARTS = {"bias": "#D55E00", "sampling": "#56B4E9", "noise": "#CC79A7"}
STROKES = {
    "lsa_reoptimised": "lsa_reoptimised",
    "gradient_step": "gradient_descent",
    "ols": "ols",
    "ridge": "ridge",
}
"""The method whose colour and dash each reference has."""
LOG_FLOOR = 1e-3
HEADROOM = 1.3


@dataclass(frozen=True)
class LengthLabels:
    """Texts: `parts` by 'bias', 'sampling', 'noise', `references` by name; `floor` has a place {value}."""

    parts: Mapping[str, str]
    references: Mapping[str, str]
    fixed: str
    theorem: str
    bound: str
    length: str
    error: str
    floor: str
    beyond: str
    read_out: str


def length_figure(
    sweep: LengthSweep,
    labels: LengthLabels,
    *,
    theme: ThemeName = "light",
    read_out: int,
    log_axis: bool = False,
    pinned: LengthSweep | None = None,
) -> go.Figure:
    """Errors over v against M on a logarithmic axis.

    The parts are stacked areas under the total, on a linear error axis only: elsewhere areas mean nothing.
    The total of a `pinned` sweep stays on faintly behind, and the axes are its own.
    """
    look = THEMES[theme]
    figure = go.Figure(layout=layout(look))
    lengths = sweep.lengths.tolist()
    if pinned is not None:
        _add_pinned(figure, pinned, look)
    if not log_axis:
        _add_parts(figure, sweep, labels, look)
    _add_line(figure, lengths, sweep.fixed, labels.fixed, "lsa", look)
    for name, values in sweep.references.items():
        _add_line(figure, lengths, values, labels.references[name], STROKES[name], look)
    if sweep.bound is not None:
        _add_line(figure, lengths, sweep.bound, labels.bound, "zero", look)
    if sweep.theorem is not None:
        figure.add_scatter(
            x=sweep.theorem[0].tolist(),
            y=sweep.theorem[1].tolist(),
            mode="markers",
            name=labels.theorem,
            marker={
                "symbol": "diamond-open",
                "size": 11 * look.scale,
                "color": look.ink,
                "line": {"width": 1.75 * look.scale},
            },
            hovertemplate="%{y:.5g}",
            meta={"role": "theorem"},
        )
    _add_marks(figure, sweep, labels, look, read_out, log_axis)
    _set_axes(figure, pinned or sweep, labels, log_axis)
    legend_above(figure, look, 1.06)
    figure.update_layout(height=look.height + 60, margin={"t": 96})
    return figure


def _add_pinned(figure: go.Figure, pinned: LengthSweep, look: Theme) -> None:
    figure.add_scatter(
        x=pinned.lengths.tolist(),
        y=pinned.fixed.tolist(),
        mode="lines",
        showlegend=False,
        line=faint(stroke("lsa"), look),
        hoverinfo="skip",
        meta={"role": "pinned"},
    )


def _add_parts(figure: go.Figure, sweep: LengthSweep, labels: LengthLabels, look: Theme) -> None:
    for (name, colour), values in zip(PARTS.items(), sweep.parts, strict=True):
        if not values.any():
            continue
        figure.add_scatter(
            x=sweep.lengths.tolist(),
            y=values.tolist(),
            mode="lines",
            name=labels.parts[name],
            stackgroup="parts",
            line={"width": 0.5, "color": colour},
            fillcolor=translucent(colour, 0.38),
            hovertemplate="%{y:.4g}",
            meta={"role": "part", "part": name},
        )


def _add_line(
    figure: go.Figure, lengths: list[int], values: Array, name: str, method: str, look: Theme
) -> None:
    style = stroke(method)
    figure.add_scatter(
        x=lengths,
        y=[value if np.isfinite(value) else None for value in values.tolist()],
        mode="lines",
        name=name,
        line={"color": style.colour(look), "dash": style.dash, "width": style.width * look.scale},
        hovertemplate="%{y:.4g}",
        meta={"role": "line"},
    )


def _add_marks(
    figure: go.Figure, sweep: LengthSweep, labels: LengthLabels, look: Theme, read_out: int, log_axis: bool
) -> None:
    end, N = int(sweep.lengths[-1]), sweep.experiment.pretraining.context_length
    note = {"yref": "paper", "showarrow": False, "font": {"size": look.size - 2, "color": look.muted}}
    figure.add_vrect(x0=N, x1=end, fillcolor=translucent(look.muted, 0.1), line_width=0, layer="below")
    figure.add_annotation(
        x=np.log10(N), y=0.99, xanchor="left", yanchor="top", xshift=4, text=labels.beyond, **note
    )
    figure.add_hline(y=sweep.floor, line={"color": look.ink, "dash": "dot", "width": 1.5 * look.scale})
    figure.add_annotation(
        x=0.01,
        xref="paper",
        y=np.log10(sweep.floor) if log_axis else sweep.floor,
        yanchor="bottom",
        xanchor="left",
        text=labels.floor.format(value=f"{sweep.floor:.3f}"),
        showarrow=False,
        font={"size": look.size - 1, "color": look.ink},
    )
    figure.add_vline(x=read_out, line={"color": look.ink, "width": 1.5 * look.scale})
    figure.add_annotation(
        x=np.log10(read_out),
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"<b>{labels.read_out.format(k=read_out)}</b>",
        font={"size": look.size - 1, "color": look.ink},
    )


def _set_axes(figure: go.Figure, sweep: LengthSweep, labels: LengthLabels, log_axis: bool) -> None:
    end = float(sweep.lengths[-1])
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if tick <= end]
    figure.update_xaxes(
        title_text=labels.length, type="log", range=[0, np.log10(end)], tickvals=ticks, showgrid=False
    )
    figure.update_yaxes(title_text=labels.error)
    top = HEADROOM * max(
        1.0, float(sweep.references.get("lsa_reoptimised", np.ones(1)).max()), 2 * sweep.floor
    )
    if log_axis:
        figure.update_yaxes(
            type="log", range=[np.log10(LOG_FLOOR), np.log10(3 * max(top, sweep.fixed.max()))], dtick=1
        )
    else:
        figure.update_yaxes(range=[0, top], nticks=7)
