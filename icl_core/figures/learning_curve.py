"""The learning curve: error against the number of examples, every method on the same prompts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from icl_core.figures.curve_labels import Labels
from icl_core.figures.curve_notes import (
    end_label_width,
    end_labels,
    off_scale_notes,
    read_out_notes,
    region_notes,
)
from icl_core.figures.curve_numbers import LOG_FLOOR, ErrorAxis, drawn_lines, off_scale
from icl_core.figures.curve_traces import curve_traces
from icl_core.figures.palette import METHODS, THEMES, Theme, ThemeName, layout

if TYPE_CHECKING:
    from icl_core.evaluation import LearningCurves

DECADES = tuple(10.0**exponent for exponent in range(-4, 7))
STEPS = (1, 2, 4, 5, 8, 10, 16, 20, 25, 50, 64, 100, 128)


def learning_curve_figure(
    curves: LearningCurves,
    labels: Labels,
    *,
    theme: ThemeName = "light",
    read_out: int | None = None,
    trained_length: int | None = None,
    log_axis: bool = False,
    shown: tuple[str, ...] | None = None,
    compact: bool = False,
) -> go.Figure:
    """Error of the `shown` methods (None: all) with k = 0..M pairs and 90% bands.

    Linear attention is drawn by its exact risk, with its Monte Carlo interval as the band around it. Beyond
    `trained_length` the paper is shaded; at k = d stands a line; `read_out` marks one k. A linear axis
    depends on the zero predictor's level alone, so that one huge error cannot squash the rest; what leaves it
    is named. `compact`, for narrow screens, puts a legend above instead of labels at the line ends, has fewer
    ticks, and leaves it to the caption to name what is off the axis.
    """
    look, last = THEMES[theme], curves.context_lengths[-1]
    shown = tuple(METHODS) if shown is None else shown
    lines = drawn_lines(curves, shown)
    axis = ErrorAxis.of(curves, shown, log_axis)
    dimension = curves.experiment.pretraining.dimension
    notes = [
        region_notes(dimension, trained_length, last, labels, look),
        read_out_notes(read_out, last, labels, look),
    ]
    if compact:
        sides: dict[str, Any] = {"showlegend": True, "legend": _legend(look), "margin": {"r": 12}}
    else:
        ends = end_labels(lines, labels, look, axis)
        notes += [ends, off_scale_notes(off_scale(curves, shown, log_axis), labels, look)]
        sides = {"margin": {"r": end_label_width(ends, look)}}
    figure = go.Figure(curve_traces(curves, lines, labels, look, read_out, log_axis), layout(look))
    sides["margin"]["l"] = round((5.2 if log_axis else 4 if not compact else 3.4) * look.size)
    figure.update_layout(
        shapes=[shape for note in notes for shape in note.shapes],
        annotations=[text for note in notes for text in note.annotations],
        xaxis=_context_axis(labels, last, most=5 if compact else 8),
        yaxis=_error_axis(labels, axis),
        **sides,
    )
    return figure


def _context_axis(labels: Labels, last: int, most: int) -> dict[str, Any]:
    """0 to `last`, with at most `most` ticks at a round distance after 0."""
    step = next(step for step in (*STEPS, last) if last / step <= most)
    return {
        "title": {"text": labels.context_length},
        "range": [-0.01 * last, last],
        "dtick": step,
        "showgrid": False,
    }


def _error_axis(labels: Labels, axis: ErrorAxis) -> dict[str, Any]:
    if not axis.is_log:
        return {"title": {"text": labels.error}, "range": [0, axis.top], "nticks": 7}
    return {
        "title": {"text": labels.error},
        "type": "log",
        "range": [math.log10(axis.bottom), math.log10(axis.top)],
        "tickvals": DECADES,
        "ticktext": [f"≤ {LOG_FLOOR:g}", *(f"{value:,g}" for value in DECADES[1:])],
    }


def _legend(look: Theme) -> dict[str, Any]:
    """Two columns above the picture, in reading order; a tap hides nothing."""
    return {
        "orientation": "h",
        "yanchor": "bottom",
        "y": 1.08,
        "x": -0.05,
        "font": {"size": look.size - 2},
        "traceorder": "reversed",
        "entrywidth": 0.5,
        "entrywidthmode": "fraction",
        "itemclick": False,
        "itemdoubleclick": False,
    }
