"""A training replayed: the learning curve at every checkpoint, and the error over the steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.animation import MOST_FRAMES, Frame, animated, controls_below
from icl_core.figures.palette import THEMES, Theme, ThemeName, family_strokes, stroke, translucent
from icl_core.figures.panels import legend_above, panels
from icl_core.specs import Mixture

Array = NDArray[np.float64]

HEADROOM = 1.25
FLOOR = 1e-4  # the logarithmic axis of errors begins here at the lowest
HEIGHT = 430


@dataclass(frozen=True)
class TrainingCurve:
    """Errors during a training: `errors` [S, F, K+1] at `steps` [S], families F of `mixture`, k = 0..K pairs.

    `references` are lines [K+1] to compare with, by name.
    """

    steps: tuple[int, ...]
    mixture: Mixture
    errors: Array
    references: Mapping[str, Array]

    def __post_init__(self) -> None:
        shape = (len(self.steps), len(self.mixture.families))
        if self.errors.ndim != 3 or self.errors.shape[:2] != shape:
            raise ValueError(
                f"errors have shape {self.errors.shape}: pass one curve for each of {shape[0]} steps and "
                f"{shape[1]} families."
            )

    def thinned(self) -> TrainingCurve:
        """At most as many checkpoints as an animation has frames, evenly chosen, the last among them."""
        count = len(self.steps)
        if count <= MOST_FRAMES:
            return self
        chosen = np.unique(np.linspace(0, count - 1, MOST_FRAMES).round().astype(int))
        steps = tuple(self.steps[index] for index in chosen)
        return TrainingCurve(steps, self.mixture, self.errors[chosen], self.references)


@dataclass(frozen=True)
class TrainingLabels:
    """Texts of the figure; families by their `Mixture.names`. `at` has a place {k}."""

    families: Mapping[str, str]
    context_length: str
    error: str
    steps: str
    learning_curve: str
    at: str
    play: str
    pause: str
    prefix: str


def training_curve_figure(
    training: TrainingCurve,
    labels: TrainingLabels,
    *,
    read_out: int,
    theme: ThemeName = "light",
    compact: bool = False,
) -> go.Figure:
    """Left (above, if `compact`) error against k at one checkpoint, right that at k = `read_out` over steps.

    It plays in the browser, one frame a checkpoint; at rest it shows the last one.
    """
    training, look = training.thinned(), THEMES[theme]
    figure = _panels(labels, look, read_out, compact)
    beside: dict[str, Any] = {"row": 2, "col": 1} if compact else {"row": 1, "col": 2}
    moving = [_moment(training, index, read_out, labels, look) for index in (-1, *range(len(training.steps)))]
    families = len(training.mixture.families)
    first: dict[str, Any] = {"row": 1, "col": 1}
    for position, trace in enumerate(moving[0]):
        place = first if position < families else beside
        figure.add_trace(trace, **place)
    _add_references(figure, training, look)
    _add_progress(figure, training, read_out, look, beside)
    _set_axes(figure, training, labels, read_out, look, beside)
    still = [go.Scatter()] * (len(tuple(figure.data)) - len(moving[0]))
    frames = [
        Frame(f"{step:,}", [*(go.Scatter(y=trace.y, x=trace.x) for trace in traces), *still])
        for step, traces in zip(training.steps, moving[1:], strict=True)
    ]
    played = animated(
        figure,
        frames,
        play=labels.play,
        pause=labels.pause,
        prefix=labels.prefix,
        theme=theme,
        milliseconds=120,
    )
    return _with_controls_below(played, look, compact)


def _panels(labels: TrainingLabels, look: Theme, read_out: int, compact: bool) -> go.Figure:
    titles = (labels.learning_curve, labels.at.format(k=read_out))
    if compact:
        return panels(2, 1, look, titles, vertical_spacing=0.2)
    return panels(1, 2, look, titles, column_widths=[0.6, 0.4], horizontal_spacing=0.09)


def _moment(
    training: TrainingCurve, index: int, read_out: int, labels: TrainingLabels, look: Theme
) -> list[go.Scatter]:
    """What moves, at one checkpoint: the learning curve of each family, then a mark of each on the right."""
    curves, marks = [], []
    strokes = family_strokes(training.mixture)
    for (family, style), errors in zip(strokes.items(), training.errors[index], strict=True):
        line = {"color": style.colour(look), "dash": style.dash, "width": 1.2 * style.width * look.scale}
        curves.append(
            go.Scatter(
                x=list(range(len(errors))),
                y=errors.round(5).tolist(),
                mode="lines",
                name=labels.families[family],
                line=line,
                hovertemplate="%{y:.3f}",
                meta={"role": "curve", "family": family},
            )
        )
        marks.append(
            go.Scatter(
                x=[training.steps[index]],
                y=[max(float(errors[read_out]), FLOOR)],
                mode="markers",
                showlegend=False,
                hoverinfo="skip",
                cliponaxis=False,
                marker={
                    "size": 13 * look.scale,
                    "color": style.colour(look),
                    "line": {"color": look.paper, "width": 2},
                },
                meta={"role": "now", "family": family},
            )
        )
    return [*curves, *marks]


def _add_references(figure: go.Figure, training: TrainingCurve, look: Theme) -> None:
    for name, line in training.references.items():
        figure.add_scatter(
            x=list(range(len(line))),
            y=line.tolist(),
            mode="lines",
            name=name,
            line={"color": stroke("zero").colour(look), "dash": stroke("ols").dash, "width": 2 * look.scale},
            hovertemplate="%{y:.3f}",
            meta={"role": "reference"},
            row=1,
            col=1,
        )


def _add_progress(
    figure: go.Figure, training: TrainingCurve, read_out: int, look: Theme, place: dict[str, Any]
) -> None:
    for position, (family, style) in enumerate(family_strokes(training.mixture).items()):
        figure.add_scatter(
            x=list(training.steps),
            y=np.maximum(training.errors[:, position, read_out], FLOOR).round(6).tolist(),
            mode="lines",
            showlegend=False,
            line={
                "color": translucent(style.colour(look), 0.75),
                "dash": style.dash,
                "width": 2 * look.scale,
            },
            hovertemplate="%{y:.3g}<extra></extra>",
            meta={"role": "progress", "family": family},
            **place,
        )


def _set_axes(
    figure: go.Figure,
    training: TrainingCurve,
    labels: TrainingLabels,
    read_out: int,
    look: Theme,
    place: dict[str, Any],
) -> None:
    last = training.errors.shape[2] - 1
    figure.update_xaxes(title_text=labels.context_length, range=[-0.01 * last, last], row=1, col=1)
    figure.update_yaxes(title_text=labels.error, range=[0, HEADROOM], nticks=6, row=1, col=1)
    line = {"color": look.muted, "width": 1.25 * look.scale, "dash": "dot"}
    first: dict[str, Any] = {"row": 1, "col": 1}
    figure.add_vline(x=read_out, line=line, **first)
    lowest = max(float(training.errors[:, :, read_out].min()), FLOOR)
    figure.update_xaxes(title_text=labels.steps, rangemode="tozero", nticks=5, **place)
    figure.update_yaxes(
        type="log",
        range=[math.floor(math.log10(lowest)), math.log10(2)],
        dtick=1,
        tickformat="~g",
        **place,
    )
    figure.update_layout(hovermode="x unified")


def _with_controls_below(figure: go.Figure, look: Theme, compact: bool) -> go.Figure:
    """Play, pause and slider under the plots, clear of their axis titles."""
    height = round((1.75 if compact else 1.0) * HEIGHT * look.size / 16)
    below = round(2.6 * look.size) + 14
    room = below + round((84 if compact else 74) * look.size / 16)
    figure.update_layout(
        height=height + room, margin={"l": round(4.2 * look.size), "r": 16, "t": 80, "b": room}
    )
    controls_below(figure, below, start=0.0 if compact else 0.22)
    if compact:  # the slider under the buttons
        figure.layout.sliders[0].update(pad={"t": below + 45})  # type: ignore[index]
        figure.update_layout(margin={"b": room + 45}, height=height + room + 45)
    legend_above(figure, look, 1.09 if compact else 1.12)
    return figure
