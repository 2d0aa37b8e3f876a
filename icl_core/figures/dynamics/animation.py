"""The figure of a training, and how it moves: cells and marks that frames change, everything else fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from icl_core.figures.animation import Frame, animated, controls_below
from icl_core.figures.dynamics.cells import (
    COLOUR_AXES,
    cells,
    colour_ends,
    contents,
    full_matrices,
    matrices_at,
    set_cell_axes,
)
from icl_core.figures.dynamics.curves import add_directions, add_loss, set_curve_axes
from icl_core.figures.dynamics.scene import Array, DynamicsLabels, Scene
from icl_core.figures.palette import THEMES, Theme, ThemeName
from icl_core.figures.panels import panels

if TYPE_CHECKING:
    from icl_core.evaluation.dynamics import Trajectory
    from icl_core.evaluation.sgd_check import SgdRun

FRAMES = 48
MOST_SIZE = 19  # pixels of a letter
STILL = ({"type": "bar"}, {"type": "bar"})
"""The limits in a frame: unchanged, but named, since Plotly takes away bars that a frame is silent about."""


def dynamics_figure(
    trajectory: Trajectory,
    labels: DynamicsLabels,
    *,
    theme: ThemeName = "light",
    log_time: bool = True,
    sgd: SgdRun | None = None,
    compact: bool = False,
) -> go.Figure:
    """The animation; at rest it shows the end of training. `compact` stacks the plots, for narrow screens.

    The first four traces move: the cells of W^KQ and W^PV, marks on the loss and on the directions.
    """
    scene = Scene(trajectory, labels, _type(THEMES[theme]), log_time, compact, sgd)
    figure = _grid(scene)
    (key_query, key_query_limit), (value, value_limit) = scene.matrix_places
    loss, directions = scene.curve_places
    for trace, place in zip(_moving(scene), (key_query, value, loss, directions), strict=True):
        figure.add_trace(trace, **place)
    limits = full_matrices(trajectory.limit.U, trajectory.limit.u)
    places = (key_query_limit, value_limit)
    for trace, place in zip(_matrices(scene, limits, "_limit"), places, strict=True):
        figure.add_trace(trace, **place)
    frames = [
        Frame(name, [*_moved(scene, moment), *STILL]) for name, moment in frame_moments(trajectory, log_time)
    ]
    # Frames speak of the figure's first traces, so that those added from here on stand still.
    figure = animated(figure, frames, play=labels.play, pause=labels.pause, prefix=labels.prefix, theme=theme)
    add_loss(figure, scene, loss)
    add_directions(figure, scene, directions)
    set_cell_axes(figure, scene)
    set_curve_axes(figure, scene)
    return _with_controls_below(figure, scene)


def _type(look: Theme) -> Theme:
    """Letters that six plots have room for in one window."""
    return replace(look, size=min(look.size, MOST_SIZE))


def frame_moments(trajectory: Trajectory, log_time: bool) -> list[tuple[str, int]]:
    """The name of each frame, and the position on the path that it shows."""
    times = trajectory.path.times
    return [(f"{times[moment]:.3g}", moment) for moment in trajectory.frames(FRAMES, log_time)]


def _grid(scene: Scene) -> go.Figure:
    labels = scene.labels
    titles = (labels.key_query, labels.limit, labels.value, labels.limit, labels.loss, labels.learned)
    wide: list[dict[str, Any] | None] = [{"colspan": 2}, None]
    if scene.compact:
        specs, rows, gaps = [[{}, {}], [{}, {}], wide, wide], [0.22, 0.22, 0.28, 0.28], (0.1, 0.09)
    else:
        specs, rows, gaps = [[{}] * 4, wide * 2], [0.46, 0.54], (0.045, 0.17)
    return panels(
        len(rows),
        len(specs[0]),
        scene.look,
        titles,
        specs=specs,
        row_heights=rows,
        horizontal_spacing=gaps[0],
        vertical_spacing=gaps[1],
    )


def _moving(scene: Scene) -> list[go.Bar | go.Scatter]:
    """What moves, as it stands at the end."""
    look, last = scene.look, len(scene.clock) - 1
    dot = {"size": 13 * look.scale, "color": look.ink, "line": {"color": look.paper, "width": 2}}
    small = {"size": 9 * look.scale, "color": scene.colours, "line": {"color": look.paper, "width": 1}}
    mark = {"mode": "markers", "hoverinfo": "skip", "meta": {"role": "now"}}
    loss, directions = _marks(scene, last)
    return [
        *_matrices(scene, matrices_at(scene, last)),
        go.Scatter(marker=dot, **loss, **mark),
        go.Scatter(marker=small, **directions, **mark),
    ]


def _matrices(scene: Scene, matrices: tuple[Array, Array], kind: str = "") -> list[go.Bar]:
    """The cells of W^KQ and of W^PV."""
    roles = (f"key_query{kind}", f"value{kind}")
    return [
        cells(matrix, axis, end, scene.look, role)
        for matrix, axis, end, role in zip(matrices, COLOUR_AXES, colour_ends(scene), roles, strict=True)
    ]


def _moved(scene: Scene, moment: int) -> list[dict[str, Any]]:
    """Of what moves, what a frame changes."""
    changed = [
        {"type": "bar", **contents(matrix, end)}
        for matrix, end in zip(matrices_at(scene, moment), colour_ends(scene), strict=True)
    ]
    return [*changed, *({"type": "scatter", **mark} for mark in _marks(scene, moment))]


def _marks(scene: Scene, moment: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the marks on the loss and on the directions stand."""
    now, learned = float(scene.clock[moment]), scene.trajectory.learned[moment]
    return (
        {"x": [now], "y": [float(scene.trajectory.losses[moment])]},
        {"x": [now] * len(learned), "y": learned.round(5).tolist()},
    )


def _with_controls_below(figure: go.Figure, scene: Scene) -> go.Figure:
    """Play, pause and the slider in a row of their own under the plots and their axis titles."""
    look, compact = scene.look, scene.compact
    unit = look.size / 16
    top, below = (44, 60) if compact else (66, round(2.6 * look.size) + 8)  # with room for the mode bar
    bottom = below + (90 if compact else round(84 * unit))
    height = 1180 if compact else round(look.height + 262 * unit)
    figure.update_layout(height=height, margin={"b": bottom, "t": top}, bargap=0)
    controls_below(figure, below, start=0.0 if compact else 0.2)
    figure.layout["sliders"][0].update(
        minorticklen=0, font={"size": look.size - 5}, currentvalue={"xanchor": "right", "offset": 4}
    )
    return figure
