"""Learning curves under several shifts, one small plot each, all on the same axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.band import band
from icl_core.figures.curve_numbers import amount, drawn_lines
from icl_core.figures.curve_traces import median_marks, without_medians
from icl_core.figures.palette import THEMES, Theme, ThemeName, faint, ordered, stroke, translucent
from icl_core.figures.panels import legend_above, note_off_scale, panels

if TYPE_CHECKING:
    from icl_core.evaluation import LearningCurves

LOG_RANGE = (1e-3, 1e3)
LINEAR_TOP = 2.0
ROW = 250
MEDIAN = 8  # pixels across a circle that stands for a median


@dataclass(frozen=True)
class Panel:
    """One plot: its title (two lines at most), its curves, and curves that stay on faintly behind them."""

    title: str
    curves: LearningCurves
    pinned: LearningCurves | None = None


@dataclass(frozen=True)
class PanelLabels:
    """Texts of the axes, names of methods, 'median', a note on a line that leaves: {method}, {value}, {k}."""

    methods: Mapping[str, str]
    context_length: str
    error: str
    off_scale: str
    median: str


def shift_panels_figure(
    shown: Sequence[Panel],
    labels: PanelLabels,
    *,
    theme: ThemeName = "light",
    read_out: int,
    log_axis: bool = True,
    columns: int = 3,
) -> go.Figure:
    """The panels in reading order; every method in its colour, the read-out as a line, bands of 90%."""
    look = THEMES[theme]
    rows = -(-len(shown) // columns)
    figure = panels(
        rows,
        columns,
        look,
        [panel.title for panel in shown],
        height=round((ROW * rows + 130) * look.size / 16),
        shared_xaxes="all",
        shared_yaxes="all",
        horizontal_spacing=0.03,
        vertical_spacing=0.32 / rows,
    )
    named: set[str] = set()
    for index, panel in enumerate(shown):
        place: dict[str, Any] = {"row": index // columns + 1, "col": index % columns + 1}
        if panel.pinned is not None:
            _add_pinned(figure, panel.pinned, look, log_axis, place)
        _add_curves(figure, panel.curves, labels, look, log_axis, named, place)
        figure.add_vline(x=read_out, line={"color": look.muted, "width": 1.25 * look.scale}, **place)
        _add_off_scale(figure, panel.curves, labels, look, log_axis, place)
    end = max(panel.curves.context_lengths[-1] for panel in shown)
    figure.update_xaxes(range=[0, end], showgrid=False, nticks=6)
    figure.update_xaxes(title_text=labels.context_length, row=rows)
    if log_axis:
        figure.update_yaxes(type="log", range=np.log10(LOG_RANGE).tolist(), dtick=1, exponentformat="power")
    else:
        figure.update_yaxes(range=[0, LINEAR_TOP], nticks=5)
    figure.update_yaxes(title_text=labels.error, col=1)
    legend_above(figure, look, 1 + 0.24 / rows)
    figure.update_layout(margin={"t": 110 if columns > 1 else 140})
    return figure


def _add_pinned(
    figure: go.Figure, pinned: LearningCurves, look: Theme, log_axis: bool, place: Mapping[str, Any]
) -> None:
    low = LOG_RANGE[0] if log_axis else -np.inf
    for method, line in drawn_lines(pinned, tuple(ordered(pinned.curves))).items():
        figure.add_scatter(
            x=pinned.context_lengths,
            y=np.maximum(line, low).tolist(),
            mode="lines",
            showlegend=False,
            line=faint(stroke(method), look),
            hoverinfo="skip",
            meta={"method": method, "role": "pinned"},
            **place,
        )


def _add_curves(
    figure: go.Figure,
    curves: LearningCurves,
    labels: PanelLabels,
    look: Theme,
    log_axis: bool,
    named: set[str],
    place: Mapping[str, Any],
) -> None:
    """Lines over their bands, circles and a gap where medians stand for infinite means; a method enters the
    legend the first time it is drawn."""
    low = LOG_RANGE[0] if log_axis else -np.inf
    k = curves.context_lengths
    for method, line in reversed(drawn_lines(curves, tuple(ordered(curves.curves))).items()):
        style = stroke(method)
        curve = curves.curves[method]
        if method != "zero":
            bottom, top = (np.maximum(bound, low).tolist() for bound in (curve.low, curve.high))
            fill = translucent(style.colour(look), 0.15)
            figure.add_scatter(**band(k, bottom, top, fill, method=method), **place)
        figure.add_scatter(
            x=k,
            y=np.maximum(without_medians(line, curve), low).tolist(),
            mode="lines",
            name=labels.methods[method],
            legendgroup=method,
            showlegend=method not in named,
            line={"color": style.colour(look), "dash": style.dash, "width": 0.8 * style.width * look.scale},
            hovertemplate=f"{labels.methods[method]}: %{{y:.3g}}<extra></extra>",
            meta={"method": method, "role": "line"},
            **place,
        )
        if curve.medians:
            text = f"{labels.methods[method]}: {labels.median}"
            marks = median_marks(curve, np.maximum(curve.mean, low), method, text, look, MEDIAN)
            figure.add_scatter(**marks, **place)
        named.add(method)


def _add_off_scale(
    figure: go.Figure,
    curves: LearningCurves,
    labels: PanelLabels,
    look: Theme,
    log_axis: bool,
    place: Mapping[str, Any],
) -> None:
    """Names what leaves the axis at the end of the curve."""
    top = LOG_RANGE[1] if log_axis else LINEAR_TOP
    lines = drawn_lines(curves, tuple(ordered(curves.curves)))
    gone = {method: float(line[-1]) for method, line in lines.items() if line[-1] > top}
    notes = [
        (
            labels.off_scale.format(
                method=labels.methods[name], value=amount(value), k=curves.context_lengths[-1]
            ),
            stroke(name).colour(look),
        )
        for name, value in gone.items()
    ]
    note_off_scale(figure, notes, look, size=look.size - 2, **place)
