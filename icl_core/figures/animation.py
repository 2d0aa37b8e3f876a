"""Animations that the browser plays by itself: frames, a play and a pause button, a slider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, ThemeName
from icl_core.figures.top_legend import LARGEST

MOST_FRAMES = 60  # more makes the page heavy without looking smoother


@dataclass(frozen=True)
class Frame:
    """One moment: what the slider shows, and the data of the figure's traces, in their order."""

    name: str
    traces: Sequence[go.Scatter | go.Heatmap | Mapping[str, Any]]


def animated(
    figure: go.Figure,
    frames: Sequence[Frame],
    *,
    play: str,
    pause: str,
    prefix: str,
    theme: ThemeName = "light",
    milliseconds: int = 90,
) -> go.Figure:
    """A copy of `figure` that steps through `frames`; its own traces are the picture before the first click.

    `prefix` stands before the frame's name over the slider. Raises ValueError where there is no frame, more
    than 60, or one that lacks a trace of the figure.
    """
    traces = len(tuple(figure.data))
    if not 1 <= len(frames) <= MOST_FRAMES:
        raise ValueError(f"An animation has 1 to {MOST_FRAMES} frames, not {len(frames)}: thin them out.")
    wrong = next((frame.name for frame in frames if len(frame.traces) != traces), None)
    if wrong is not None:
        raise ValueError(f"Frame {wrong!r} does not have the {traces} traces of the figure.")
    look = THEMES[theme]
    result = go.Figure(figure)
    result.frames = [{"name": frame.name, "data": list(frame.traces)} for frame in frames]
    step = {"frame": {"duration": milliseconds, "redraw": True}, "transition": {"duration": 0}}
    still = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    result.update_layout(
        margin={"b": 110},
        height=look.height + 90,
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0,
                "y": -0.2,
                "xanchor": "left",
                "yanchor": "top",
                "font": {"size": min(LARGEST, look.size), "color": look.ink},
                "bgcolor": look.paper,
                "bordercolor": look.muted,
                "buttons": [
                    {
                        "label": f"▶ {play}",
                        "method": "animate",
                        "args": [None, {"fromcurrent": True, "mode": "immediate", **step}],
                    },
                    {"label": f"❚❚ {pause}", "method": "animate", "args": [[None], still]},
                ],
            }
        ],
        sliders=[
            {
                "x": 0.22,
                "len": 0.78,
                "y": -0.16,
                "active": len(frames) - 1,
                "currentvalue": {"prefix": prefix, "font": {"size": look.size}},
                "font": {"size": look.size - 4, "color": look.muted},
                "steps": [
                    {"label": frame.name, "method": "animate", "args": [[frame.name], still]}
                    for frame in frames
                ],
            }
        ],
    )
    return result


def controls_below(figure: go.Figure, below: int, *, start: float) -> None:
    """Puts buttons and slider `below` pixels under the plots, whatever the figure's height; the slider begins
    at `start`, a share of their width."""
    row = {"y": 0, "yanchor": "top", "pad": {"t": below}}
    figure.layout["updatemenus"][0].update(row)
    figure.layout["sliders"][0].update(row | {"x": start, "len": 1 - start})
