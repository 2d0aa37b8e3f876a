"""The traces of a learning curve: bands, closed forms, lines, medians, the marks of the read-out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from icl_core.figures.band import band
from icl_core.figures.curve_labels import Labels
from icl_core.figures.curve_numbers import Array, drawable, is_exact, is_formula
from icl_core.figures.palette import Theme, faint, stroke, translucent

if TYPE_CHECKING:
    from icl_core.evaluation import Curve, LearningCurves

Trace = dict[str, Any]


def curve_traces(
    curves: LearningCurves,
    lines: Mapping[str, Array],
    labels: Labels,
    look: Theme,
    log_axis: bool,
    pinned: Mapping[str, Array] | None = None,
) -> list[Trace]:
    """Lines with what belongs to each, from the back to the front: the first in reading order is on top.

    `pinned` are lines of another experiment, which stay on faintly behind.
    """
    backwards = [(method, lines[method]) for method in reversed(list(lines))]
    traces: list[Trace | None] = [
        _pinned(method, line, look, log_axis) for method, line in (pinned or {}).items()
    ]
    traces += [_band(curves, method, look, log_axis) for method, _ in backwards]
    for method, line in backwards:
        traces.append(_exact(curves, method, look, log_axis))
        traces.append(_line(curves, method, line, labels, look, log_axis))
    traces += [_medians(curves, method, labels, look, log_axis) for method in lines]
    return [trace for trace in traces if trace is not None]


def _band(curves: LearningCurves, method: str, look: Theme, log_axis: bool) -> Trace | None:
    """The Monte Carlo interval; none for the zero predictor's exact error, which is known without prompts."""
    curve = curves.curves.get(method)
    if curve is None or (method == "zero" and is_exact(curves, method)):
        return None
    k = curves.context_lengths
    low, high = drawable(curve.low, log_axis).tolist(), drawable(curve.high, log_axis).tolist()
    opacity = 0.22 if method == "transformer" else 0.11
    fill = translucent(stroke(method).colour(look), opacity)
    return {"type": "scatter", **band(k, low, high, fill, method=method)}


def _pinned(method: str, line: Array, look: Theme, log_axis: bool) -> Trace:
    return {
        "type": "scatter",
        "x": list(range(len(line))),
        "y": drawable(line, log_axis),
        "mode": "lines",
        "line": faint(stroke(method), look),
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"method": method, "role": "pinned"},
    }


def _exact(curves: LearningCurves, method: str, look: Theme, log_axis: bool) -> Trace | None:
    """The closed form beneath an estimate, as a hairline; it has gaps where there is no formula."""
    exact = curves.exact.get(method)
    if exact is None or is_formula(method):
        return None
    return {
        "type": "scatter",
        "x": curves.context_lengths,
        "y": drawable(np.where(np.isfinite(exact), exact, np.nan), log_axis),
        "mode": "lines",
        "line": {"color": stroke(method).colour(look), "width": look.scale},
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"method": method, "role": "exact"},
    }


def _line(
    curves: LearningCurves, method: str, line: Array, labels: Labels, look: Theme, log_axis: bool
) -> Trace:
    """The line, broken where medians stand for means: the two are not to be read as one."""
    style, curve = stroke(method), curves.curves.get(method)
    line = without_medians(line, curve)
    suffix = "" if curve is None else f" ({labels.interval} %{{customdata[0]:.3f}} – %{{customdata[1]:.3f}})"
    return {
        "type": "scatter",
        "x": curves.context_lengths,
        "y": drawable(line, log_axis),
        "mode": "lines",
        "name": labels.methods[method],
        "line": {"color": style.colour(look), "dash": style.dash, "width": style.width * look.scale},
        "customdata": None if curve is None else np.stack([curve.low, curve.high], axis=1).round(4),
        "hovertemplate": "%{y:.3f}" + suffix,
        "meta": {"method": method, "role": "line"},
    }


def without_medians(line: Array, curve: Curve | None) -> Array:
    """The line with gaps where medians stand for means."""
    if curve is None or not curve.medians:
        return line
    gaps = line.copy()
    gaps[list(curve.medians)] = np.nan
    return gaps


def median_marks(
    curve: Curve, heights: Array, method: str, text: str, look: Theme, size: float = 11
) -> dict[str, Any]:
    """The arguments of a Plotly scatter of open circles at the medians, which stand at `heights` [M + 1]."""
    at = list(curve.medians)
    return {
        "x": at,
        "y": heights[at],
        "mode": "markers",
        "marker": {
            "symbol": "circle-open",
            "size": size * look.scale,
            "color": stroke(method).colour(look),
            "line": {"width": 2 * look.scale},
        },
        "hovertemplate": f"{text} %{{y:.3f}}<extra></extra>",
        "showlegend": False,
        "meta": {"method": method, "role": "median"},
    }


def _medians(
    curves: LearningCurves, method: str, labels: Labels, look: Theme, log_axis: bool
) -> Trace | None:
    """Open circles where a mean is infinite and the median stands in its place."""
    curve = curves.curves.get(method)
    if curve is None or not curve.medians:
        return None
    heights = drawable(curve.mean, log_axis)
    return {"type": "scatter", **median_marks(curve, heights, method, labels.median, look)}


def read_out_marks(
    lines: Mapping[str, Array], look: Theme, read_out: int | None, log_axis: bool
) -> list[Trace]:
    """A mark on every line but the zero predictor's, as one trace; none without a read-out."""
    if read_out is None:
        return []
    marked = [method for method in lines if method != "zero"]
    marks = {
        "type": "scatter",
        "x": [read_out] * len(marked),
        "y": [float(drawable(lines[method], log_axis)[read_out]) for method in marked],
        "mode": "markers",
        "marker": {
            "size": 9 * look.scale,
            "color": [stroke(method).colour(look) for method in marked],
            "line": {"color": look.paper, "width": 1.5},
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"role": "read_out", "methods": marked},
    }
    return [marks]
