"""The learning curve: error against the number of examples, every method on the same prompts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from icl_core.figures.curve_numbers import LOG_FLOOR, Array, ErrorAxis, drawn_lines, off_scale
from icl_core.figures.curve_traces import Trace, curve_traces, read_out_marks
from icl_core.figures.palette import METHODS, THEMES, Theme, ThemeName, layout
from icl_core.figures.text_width import columns

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
    height: int | None = None,
    labelled: tuple[str, ...] | None = None,
    pinned: LearningCurves | None = None,
) -> go.Figure:
    """Error of the `shown` methods (None: all) with k = 0..M pairs and 90% bands.

    Linear attention is drawn by its exact risk, with its Monte Carlo interval as the band around it. Beyond
    `trained_length` the paper is shaded; at k = d stands a line; `read_out` marks one k. A linear axis
    depends on the zero predictor's level alone, so that one huge error cannot squash the rest; what leaves it
    is named. `compact`, for narrow screens, puts a legend above instead of labels at the line ends, has fewer
    ticks, and leaves it to the caption to name what is off the axis. Of the shown methods those not
    `labelled` (None: all are) wait in a legend for a click; a compact figure leaves them out. `pinned` are
    curves of the labelled that stay on faintly behind: the axes are theirs.
    """
    look, last = THEMES[theme], (pinned or curves).context_lengths[-1]
    look = replace(look, height=height or look.height)
    shown = tuple(METHODS) if shown is None else shown
    first = shown if labelled is None else labelled
    lines = drawn_lines(curves, shown if not compact else first)
    visible = {name: line for name, line in lines.items() if name in first}
    axis = (
        ErrorAxis.of(curves, shown, log_axis)
        if pinned is None
        else ErrorAxis.fixed_by(pinned, shown, log_axis)
    )
    behind = None if pinned is None else drawn_lines(pinned, first)
    dimension = curves.experiment.pretraining.dimension
    notes = [
        region_notes(dimension, trained_length, last, labels, look),
        read_out_notes(read_out, last, labels, look),
    ]
    if compact:
        sides: dict[str, Any] = {"showlegend": True, "legend": _legend(look), "margin": {"r": 12}}
    else:
        waiting = [labels.methods[name] for name in lines if name not in visible]
        ends = end_labels(visible, labels, look, axis, rows_above=len(waiting) + bool(waiting))
        beyond = off_scale(curves, shown, log_axis, axis.top)
        beyond = {name: found for name, found in beyond.items() if name in visible}
        notes += [ends, off_scale_notes(beyond, labels, look)]
        sides = {"margin": {"r": max(end_label_width(ends, look), _waiting_width(waiting, look))}}
        sides |= {"showlegend": bool(waiting), "legend": _waiting_legend(labels, look)}
    traces = curve_traces(curves, lines, labels, look, log_axis, behind) + read_out_marks(
        visible, look, read_out, log_axis
    )
    if not compact:
        traces = [_waiting_or_not(trace, visible) for trace in traces]
    figure = go.Figure(traces, layout(look))
    sides["margin"]["l"] = round((5.2 if log_axis else 4 if not compact else 3.4) * look.size)
    figure.update_layout(
        shapes=[shape for note in notes for shape in note.shapes],
        annotations=[text for note in notes for text in note.annotations],
        xaxis=_context_axis(labels, last, most=5 if compact else 8),
        yaxis=_error_axis(labels, axis),
        uirevision="lines",  # a line that was asked for stays while knobs turn
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


def _waiting_or_not(trace: Trace, visible: Mapping[str, Array]) -> Trace:
    """The trace as part of its method's group, which a click in the legend shows where it waits."""
    method = trace["meta"].get("method")
    if method is None:
        return trace
    waits = method not in visible
    named = waits and trace["meta"]["role"] == "line"
    return trace | {
        "legendgroup": method,
        "visible": "legendonly" if waits else True,
        "showlegend": named,
    }


def _waiting_legend(labels: Labels, look: Theme) -> dict[str, Any]:
    """The lines that wait for a click, in the right margin above the labels of those drawn."""
    return {
        "x": 1.02,
        "y": 1.0,
        "xanchor": "left",
        "yanchor": "top",
        "title": {"text": labels.more, "font": {"size": look.size - 2, "color": look.muted}},
        "font": {"size": look.size - 2},
        "bgcolor": "rgba(0,0,0,0)",
        "tracegroupgap": 0,
        "traceorder": "reversed",
        "itemdoubleclick": False,
    }


def _waiting_width(names: Sequence[str], look: Theme) -> int:
    """Pixels that the legend of waiting lines needs: names beside the samples of their strokes."""
    return round(62 + 0.54 * (look.size - 2) * max(map(columns, names), default=0)) if names else 0


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
