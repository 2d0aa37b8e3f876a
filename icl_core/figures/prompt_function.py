"""One prompt drawn: its points, the true function, and what each learner makes of the points so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.animation import Frame, animated, controls_below
from icl_core.figures.function_strokes import LEARNERS, TRUTH, in_order
from icl_core.figures.palette import THEMES, Stroke, Theme, ThemeName, layout, translucent
from icl_core.figures.top_legend import add_top_legend

if TYPE_CHECKING:
    from icl_core.evaluation.prompt_functions import PromptFunctions

Array = NDArray[np.float64]
Trace = dict[str, Any]

TRUTH_OPACITY = 0.55
CONTROLS_HEIGHT = 80  # pixels below the axis for the play button and the slider
COMPACT_CONTROLS_HEIGHT = 125  # where the slider stands below the buttons


@dataclass(frozen=True)
class PromptLabels:
    """Every text of the figure. `learners` names the lines; `shade` stands where inputs were never seen."""

    learners: Mapping[str, str]
    truth: str
    seen: str
    coming: str
    input: str
    output: str
    shade: str = ""
    play: str = ""
    pause: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Canvas:
    """What the axes span, and which inputs pretraining had."""

    low: float
    high: float
    bottom: float
    top: float
    trained: tuple[float, float] | None = None

    @classmethod
    def around(cls, drawn: PromptFunctions) -> Canvas:
        """The grid across; up and down the truth and the points with some room, the same on both sides."""
        known = [drawn.prompt.ys] if drawn.prompt.truth is None else [drawn.prompt.ys, drawn.prompt.truth]
        reach = 1.3 * max(0.8, float(np.abs(np.concatenate(known)).max(initial=0.0)))
        return cls(float(drawn.grid[0]), float(drawn.grid[-1]), -reach, reach)


def prompt_figure(
    drawn: PromptFunctions,
    labels: PromptLabels,
    canvas: Canvas,
    *,
    k: int,
    shown: tuple[str, ...],
    theme: ThemeName = "light",
    height: int | None = None,
    compact: bool = False,
) -> go.Figure:
    """The `shown` learners' functions after k pairs; later pairs are drawn faint."""
    look = THEMES[theme]
    traces = _traces(drawn, labels, k, shown, look)
    # Put together as plain values: Plotly checks the whole once, and not at every addition.
    drawing = layout(look).to_plotly_json()
    drawing |= {"hovermode": "closest", "height": height or look.height}
    across, up = drawing["xaxis"], drawing["yaxis"]
    across |= {"range": [canvas.low, canvas.high], "showgrid": False}
    up |= {"range": [canvas.bottom, canvas.top], "nticks": 7, "zeroline": True, "zerolinecolor": look.grid}
    for axis, title in ((across, labels.input), (up, labels.output)):
        axis["title"] = axis["title"] | {"text": title}
    figure = go.Figure({"data": traces, "layout": drawing | _trained_range(canvas, labels, look)})
    add_top_legend(figure, look, compact=compact)
    return figure


def growing_prompt_figure(
    drawn: PromptFunctions,
    labels: PromptLabels,
    canvas: Canvas,
    *,
    k: int,
    shown: tuple[str, ...],
    theme: ThemeName = "light",
    height: int | None = None,
    compact: bool = False,
) -> go.Figure:
    """`prompt_figure` with a frame for every number of pairs, which the browser plays; it starts at k."""
    look = THEMES[theme]
    still = prompt_figure(
        drawn, labels, canvas, k=k, shown=shown, theme=theme, height=height, compact=compact
    )
    frames = [
        Frame(str(count), _moving(_traces(drawn, labels, count, shown, look)))
        for count in range(len(drawn.prompt.xs) + 1)
    ]
    figure = animated(
        still,
        frames,
        play=labels.play,
        pause=labels.pause,
        prefix=labels.prefix,
        theme=theme,
        milliseconds=450,
    )
    tall = height or look.height
    controls = COMPACT_CONTROLS_HEIGHT if compact else CONTROLS_HEIGHT
    controls_below(figure, round(4.3 * look.size), start=0.42)
    slider: dict[str, Any] = {"pad": {"t": round(3.3 * look.size) + 4}}
    if compact:  # below the buttons
        slider = {"x": -0.05, "len": 1.05, "pad": {"t": round(6.8 * look.size) + 4}}
    figure.layout["sliders"][0].update(active=k, **slider)
    figure.update_layout(height=tall + controls, margin={"b": round(3.6 * look.size) + controls})
    return figure


def _moving(traces: list[Trace]) -> list[Trace]:
    """What changes from frame to frame: the points' places and the lines' heights."""
    return [
        {name: trace[name] for name in (("type", "x", "y") if trace["mode"] == "markers" else ("type", "y"))}
        for trace in traces
    ]


def _traces(
    drawn: PromptFunctions, labels: PromptLabels, k: int, shown: tuple[str, ...], look: Theme
) -> list[Trace]:
    """Truth, lines and points, the ones on top last; a figure has as many for every k."""
    traces = []
    if drawn.prompt.truth is not None:
        colour = translucent(TRUTH.colour(look), TRUTH_OPACITY)
        traces.append(_line(drawn.grid, drawn.prompt.truth, labels.truth, TRUTH, colour, look, "truth", 1))
    names = in_order(tuple(name for name in drawn.functions if name in shown))
    for rank, name in reversed(list(enumerate(names, start=2))):
        stroke, values, label = LEARNERS[name], drawn.functions[name][k], labels.learners[name]
        traces.append(_line(drawn.grid, values, label, stroke, stroke.colour(look), look, name, rank))
    xs, ys = drawn.prompt.xs, drawn.prompt.ys
    traces.append(_points(xs[k:], ys[k:], labels.coming, look, faint=True))
    traces.append(_points(xs[:k], ys[:k], labels.seen, look, faint=False))
    return traces


def _line(
    grid: Array, values: Array, label: str, stroke: Stroke, colour: str, look: Theme, name: str, rank: int
) -> Trace:
    return dict(
        type="scatter",
        x=grid.round(3),
        y=values.round(3),
        mode="lines",
        name=label,
        line={
            "color": colour,
            "dash": stroke.dash,
            "width": stroke.width * look.scale,
            "simplify": False,
        },
        hovertemplate="%{y:.2f}",
        legendrank=rank,
        meta={"role": "function", "learner": name},
    )


def _points(xs: Array, ys: Array, label: str, look: Theme, *, faint: bool) -> Trace:
    return dict(
        type="scatter",
        x=xs.round(3),
        y=ys.round(3),
        mode="markers",
        name=label,
        marker={
            "size": (9 if faint else 12) * look.scale,
            "color": look.paper if faint else look.ink,
            "line": {"color": look.muted if faint else look.paper, "width": 1.5 * look.scale},
        },
        hovertemplate="%{x:.2f}, %{y:.2f}",
        legendrank=100,
        showlegend=False,
        meta={"role": "coming" if faint else "seen"},
    )


def _trained_range(canvas: Canvas, labels: PromptLabels, look: Theme) -> dict[str, Any]:
    """What a layout has for a shade over inputs that pretraining never had."""
    if canvas.trained is None:
        return {}
    low, high = canvas.trained
    shade = {
        "type": "rect",
        "yref": "y domain",
        "y0": 0,
        "y1": 1,
        "fillcolor": translucent(look.muted, 0.13),
        "line": {"width": 0},
        "layer": "below",
        "xref": "x",
    }
    outside = ((canvas.low, low), (high, canvas.high))
    shapes = [shade | {"x0": start, "x1": end} for start, end in outside if end > start]
    note = {
        "x": canvas.high,
        "y": 0.985,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -4,
        "text": labels.shade,
        "showarrow": False,
        "font": {"size": look.size - 3, "color": look.muted},
    }
    return {"shapes": shapes, "annotations": [note] if high < canvas.high else []}
