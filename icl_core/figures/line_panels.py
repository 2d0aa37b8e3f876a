"""Panels of lines with bands, side by side or, on narrow screens, one under the other; one legend for all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.band import band
from icl_core.figures.palette import THEMES, Stroke, Theme, ThemeName, faint, translucent
from icl_core.figures.panels import panels, top_rows
from icl_core.figures.text_width import columns

Array = NDArray[np.float64]

HEIGHT = 0.85  # of the plot, as a share of a single figure's height
LEGEND_ROW = 1.65  # heights of a letter from one row of the legend to the next


@dataclass(frozen=True)
class Line:
    """One line: `key` names it for whoever reads the figure's data, `label` in the legend ('' keeps it out).

    NaN leaves a gap. `low` and `high` are the ends of its band; `points` draws marks with error bars instead.
    A `faint` one was pinned, and stays on behind the others.
    """

    key: str
    label: str
    stroke: Stroke
    y: Array
    low: Array | None = None
    high: Array | None = None
    points: bool = False
    x: Array | None = None
    faint: bool = False


@dataclass(frozen=True)
class Mark:
    """A vertical line with a few words on top: 'read_out' where the figure is read, 'reference' elsewhere."""

    x: float
    text: str
    role: Literal["read_out", "reference"] = "reference"


@dataclass(frozen=True)
class Panel:
    """One plot: lines over `x`, a range of y, marks, an interval of x to shade, words for some ticks.

    `unlimited`: where on the axis x without any limit stands.
    """

    title: str
    x_title: str
    y_title: str
    x: Array
    lines: Sequence[Line]
    y_range: tuple[float, float]
    marks: Sequence[Mark] = ()
    ticks: Sequence[tuple[float, str]] = ()
    shaded: tuple[float, float] | None = None
    levels: Sequence[float] = ()
    log_x: bool = False
    unlimited: float | None = None


def line_panels_figure(
    shown: Sequence[Panel], *, interval: str, theme: ThemeName = "light", compact: bool = False
) -> go.Figure:
    """The panels, with `interval` ('90%') as the name of bands in hover texts.

    The range of y is the panel's own, so that one huge error cannot squash the rest; a line may leave it.
    """
    look = THEMES[theme]
    layout = json.loads(_frame(len(shown), theme, compact))
    labels = list(dict.fromkeys(line.label for panel in shown for line in panel.lines if line.label))
    named: set[str] = set()
    traces: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = layout["annotations"]  # the titles come first
    for position, panel in enumerate(shown):
        number = "" if position == 0 else str(position + 1)
        axes = _Axes(f"x{number}", f"y{number}")
        words[position]["text"] = panel.title
        traces += _traces(panel, labels, interval, look, axes, named)
        marks += _marks(panel, look, axes) if panel.lines else []
        words += _mark_words(panel, look, axes)
        layout[f"xaxis{number}"] |= _x_axis(panel, layout[f"xaxis{number}"])
        layout[f"yaxis{number}"] |= _y_axis(panel, layout[f"yaxis{number}"])
    layout |= {"shapes": marks, "hovermode": "x unified", **_size(labels, len(shown), look, compact)}
    return go.Figure({"data": traces, "layout": layout})


class _Axes(NamedTuple):
    """The axes of a panel, by the names that traces call them: 'x', 'y2'."""

    x: str
    y: str


@lru_cache(maxsize=32)
def _frame(count: int, theme: ThemeName, compact: bool) -> str:
    """The layout of so many empty panels, as JSON text: Plotly takes long to put it together."""
    look, titles = THEMES[theme], ["-"] * count
    figure = (
        panels(count, 1, look, titles, vertical_spacing=0.24 / count)
        if compact
        else panels(1, count, look, titles, horizontal_spacing=0.16 / count)
    )
    layout = figure.layout.to_plotly_json()
    layout.pop("template")  # every figure gets it anyway
    return json.dumps(layout)


def _traces(
    panel: Panel, labels: Sequence[str], interval: str, look: Theme, axes: _Axes, named: set[str]
) -> Iterator[dict[str, Any]]:
    """Bands, and lines over them; `named` collects the labels that stand in the legend."""
    place = {"type": "scatter", "xaxis": axes.x, "yaxis": axes.y}
    for line in reversed(panel.lines):
        if line.low is not None and line.high is not None and not line.points:
            for stretch in _stretches(line.low + line.high):
                yield _band(panel, line, stretch, look) | place
    for line in reversed(panel.lines):
        rank = labels.index(line.label) if line.label and line.label not in named else None
        if not line.faint:
            named.add(line.label)
        drawn = _points(panel, line, look) if line.points else _stroke(panel, line, look)
        words = {"hoverinfo": "skip", "showlegend": False} if line.faint else _words(line, rank, interval)
        yield drawn | words | place


def _stretches(values: Array) -> list[slice]:
    """Runs of at least two finite values."""
    finite = np.concatenate([[False], np.isfinite(values), [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(finite) == 1), np.flatnonzero(np.diff(finite) == -1)
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if end - start > 1]


def _band(panel: Panel, line: Line, stretch: slice, look: Theme) -> dict[str, Any]:
    assert line.low is not None and line.high is not None  # noqa: PT018 - the caller has looked
    x = _x(panel, line)[stretch].tolist()
    low, high = (bound[stretch].round(5).tolist() for bound in (line.low, line.high))
    fill = translucent(line.stroke.colour(look), _opacity(panel, line))
    return band(x, low, high, fill, key=line.key)


def _opacity(panel: Panel, line: Line) -> float:
    """Bands of many lines are paler, but for the panel's first, so that they do not turn to mud."""
    return 0.16 if line is panel.lines[0] or len(panel.lines) <= 4 else 0.06


def _stroke(panel: Panel, line: Line, look: Theme) -> dict[str, Any]:
    style = line.stroke
    strong = {"color": style.colour(look), "dash": style.dash, "width": style.width * look.scale}
    return {
        "x": _x(panel, line).tolist(),
        "y": _gaps(line.y),
        "mode": "lines",
        "connectgaps": False,
        "line": faint(style, look) if line.faint else strong,
        "meta": {"role": "pinned" if line.faint else "line", "key": line.key},
    }


def _points(panel: Panel, line: Line, look: Theme) -> dict[str, Any]:
    colour = line.stroke.colour(look)
    bars = None
    if line.low is not None and line.high is not None:
        bars = {
            "array": _gaps(line.high - line.y),
            "arrayminus": _gaps(line.y - line.low),
            "color": colour,
            "thickness": 2 * look.scale,
            "width": 4 * look.scale,
        }
    return {
        "x": _x(panel, line).tolist(),
        "y": _gaps(line.y),
        "mode": "markers",
        "marker": {"size": 12 * look.scale, "color": colour, "line": {"color": look.paper, "width": 1.5}},
        "error_y": bars,
        "cliponaxis": False,
        "meta": {"role": "points", "key": line.key},
    }


def _words(line: Line, rank: int | None, interval: str) -> dict[str, Any]:
    """Name, place in the legend (`rank` None: none there) and hover text of a line."""
    ends = [] if line.low is None or line.high is None else [line.low, line.high]
    numbers = np.stack([line.y, *ends], axis=1)
    text = "%{customdata[0]:.3f}"
    if ends:
        text += f" ({interval} %{{customdata[1]:.3f}} – %{{customdata[2]:.3f}})"
    return {
        "name": line.label or line.key,
        "legendgroup": line.label,
        "showlegend": rank is not None,
        "legendrank": 1000 + (rank or 0),
        "customdata": numbers.round(5),
        "hovertemplate": text if line.label else text + "<extra></extra>",
    }


def _marks(panel: Panel, look: Theme, axes: _Axes) -> Iterator[dict[str, Any]]:
    """The panel's levels, shade and vertical lines, as shapes under its lines."""
    across = {"xref": f"{axes.x} domain", "x0": 0, "x1": 1, "yref": axes.y, "layer": "below"}
    upright = {"yref": f"{axes.y} domain", "y0": 0, "y1": 1, "xref": axes.x, "layer": "below"}
    for level in panel.levels:
        line = {"color": look.muted, "width": 1.25 * look.scale, "dash": "dot"}
        yield across | {"type": "line", "y0": level, "y1": level, "line": line}
    if panel.shaded is not None:
        shade = {"fillcolor": translucent(look.muted, 0.13), "line": {"width": 0}}
        start, end = panel.shaded
        yield upright | {"type": "rect", "x0": start, "x1": end} | shade
    for mark in panel.marks:
        read = mark.role == "read_out"
        line = {
            "color": look.ink if read else look.muted,
            "width": (1.5 if read else 1.25) * look.scale,
            "dash": "solid" if read else "dash",
        }
        yield upright | {"type": "line", "x0": mark.x, "x1": mark.x, "line": line}


def _mark_words(panel: Panel, look: Theme, axes: _Axes) -> Iterator[dict[str, Any]]:
    """What stands on top of the vertical lines."""
    low, high = _x_range(panel)
    for mark in panel.marks:
        if not mark.text:
            continue
        read = mark.role == "read_out"
        x = _position(panel, mark)
        follows = any(0 < _position(panel, other) - x < 0.15 * (high - low) for other in panel.marks)
        late = follows or x - low > 0.75 * (high - low)
        yield {
            "x": x,
            "y": panel.y_range[1],
            "xref": axes.x,
            "yref": axes.y,
            "text": f"<b>{mark.text}</b>" if read else mark.text,
            "showarrow": False,
            "xanchor": "right" if late else "left",
            "yanchor": "top",
            "xshift": -4 if late else 4,
            "yshift": 0 if read else -1.4 * look.size,
            "font": {"size": look.size - 2, "color": look.ink if read else look.muted},
        }


def _x_axis(panel: Panel, style: Mapping[str, Any]) -> dict[str, Any]:
    """What the panel's x axis has beside its `style`."""
    axis = {
        "title": style["title"] | {"text": panel.x_title},
        "range": _x_range(panel),
        "type": "log" if panel.log_x else "linear",
        "showgrid": False,
        "nticks": 9,
    }
    if panel.ticks:
        values, texts = zip(*panel.ticks, strict=True)
        axis |= {"tickvals": list(values), "ticktext": list(texts), "tickangle": 0}
    return axis


def _y_axis(panel: Panel, style: Mapping[str, Any]) -> dict[str, Any]:
    """What the panel's y axis has beside its `style`."""
    title = style["title"] | {"text": panel.y_title}
    return {"title": title, "range": list(panel.y_range), "nticks": 7}


def _size(labels: Sequence[str], count: int, look: Theme, compact: bool) -> dict[str, Any]:
    """Height and margins, and the legend in so many rows above."""
    characters = sum(columns(label) + 9 for label in labels)
    rows = math.ceil(characters / (40 if compact else 130 * 16 / look.size))
    above = round((rows * LEGEND_ROW + 2.2) * look.size)
    body = round(HEIGHT * look.height * (0.8 * count if compact else 1))
    return {
        "height": body + above + round(3.6 * look.size),
        "margin": {"l": round(4.2 * look.size), "r": 16, "t": above, "b": round(3.6 * look.size)},
        **top_rows(look, 1 + 1.9 * look.size / body),
    }


def _position(panel: Panel, mark: Mark) -> float:
    """Where the mark stands on the axis."""
    return math.log10(mark.x) if panel.log_x else mark.x


def _x(panel: Panel, line: Line) -> Array:
    return panel.x if line.x is None else line.x


def _x_range(panel: Panel) -> list[float]:
    low, high = float(panel.x[0]), float(panel.x[-1])
    if panel.log_x:
        low, high = math.log10(low), math.log10(high)
    margin = 0.015 * (high - low)
    return [low - margin, high + margin]


def _gaps(values: Array) -> list[float | None]:
    return [float(value) if math.isfinite(value) else None for value in values.round(6)]
