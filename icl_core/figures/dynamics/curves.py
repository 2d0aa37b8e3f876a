"""What stands still beside the matrices: the loss and each direction's share learned, over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.dynamics.scene import Place, Scene
from icl_core.figures.name_places import Box, Room
from icl_core.figures.palette import stroke


def add_loss(figure: go.Figure, scene: Scene, place: Place) -> None:
    """The loss over time, the floor under it, SGD's losses over both."""
    trajectory, look = scene.trajectory, scene.look
    figure.add_scatter(
        x=scene.clock.tolist(),
        y=trajectory.losses.tolist(),
        mode="lines",
        line={"color": stroke("lsa").colour(look), "width": 3 * look.scale, "simplify": False},
        hovertemplate="%{y:.4f}<extra></extra>",
        meta={"role": "loss"},
        **place,
    )
    figure.add_scatter(
        x=[float(scene.clock[0]), float(scene.clock[-1])],
        y=[trajectory.floor] * 2,
        mode="lines",
        line={"color": look.muted, "width": 1.75 * look.scale, "dash": "dash"},
        hoverinfo="skip",
        meta={"role": "floor"},
        **place,
    )
    _add_floor_name(figure, scene, place)
    if scene.sgd is not None:
        _add_sgd(figure, scene, scene.sgd.losses, stroke("ols").colour(look), 4, place)


def add_directions(figure: go.Figure, scene: Scene, place: Place) -> None:
    """Each direction's share learned over time, its name, the half-time, and what lies over the flow."""
    trajectory, look = scene.trajectory, scene.look
    for index in reversed(range(len(trajectory.eigenvalues))):
        name = scene.labels.direction.format(value=f"{trajectory.eigenvalues[index]:.3g}")
        figure.add_scatter(
            x=scene.clock.tolist(),
            y=trajectory.learned[:, index].round(5).tolist(),
            mode="lines",
            line={"color": scene.colours[index], "width": 2.25 * look.scale, "simplify": False},
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            meta={"role": "direction", "index": index},
            **place,
        )
    _add_direction_names(figure, scene, place)
    if trajectory.half_time:
        _add_half_time(figure, scene, trajectory.half_time, place)
    if trajectory.logistic is not None:
        chosen = np.unique(np.linspace(0, len(scene.clock) - 1, 25).round().astype(int))
        figure.add_scatter(
            x=scene.clock[chosen].tolist(),
            y=trajectory.logistic[chosen].round(5).tolist(),
            mode="markers",
            marker=scene.open_circles(look.ink),
            hovertemplate=f"{scene.labels.logistic} %{{y:.4f}}<extra></extra>",
            meta={"role": "logistic"},
            **place,
        )
    if scene.sgd is not None:
        U, u = trajectory.limit
        A = scene.sgd.u[:, None, None] * scene.sgd.U.swapaxes(1, 2)
        ends = np.einsum("di,de,ei->i", trajectory.directions, u * U.T, trajectory.directions)
        shares = np.einsum("di,tde,ei->ti", trajectory.directions, A, trajectory.directions) / ends
        for index, colour in enumerate(scene.colours):
            _add_sgd(figure, scene, shares[:, index].round(5), colour, 3, place)


def set_curve_axes(figure: go.Figure, scene: Scene) -> None:
    """Time below both plots, losses and shares beside them."""
    loss, shares = scene.curve_places
    for place in (loss, shares):
        figure.update_xaxes(
            title_text=scene.labels.time,
            showgrid=False,
            nticks=6 if scene.compact else 9,
            range=scene.time_ends,
            **place,
        )
        if scene.log_time:
            figure.update_xaxes(type="log", exponentformat="power", dtick=1, **place)
    scale: dict[str, Any] = {"type": "log", "dtick": 1} if scene.loss_is_steep else {"nticks": 6}
    figure.update_yaxes(range=scene.loss_ends, **scale, **loss)
    figure.update_yaxes(range=scene.share_ends, nticks=6, **shares)


def _add_sgd(
    figure: go.Figure, scene: Scene, values: np.ndarray, colour: str, decimals: int, place: Place
) -> None:
    figure.add_scatter(
        x=scene.sgd_clock,
        y=values.tolist(),
        mode="markers",
        marker=scene.open_circles(colour),
        hovertemplate=f"{scene.labels.sgd} %{{y:.{decimals}f}}<extra></extra>",
        meta={"role": "sgd"},
        **place,
    )


def _add_floor_name(figure: go.Figure, scene: Scene, place: Place) -> None:
    """The floor's value at the left end of its line; under it where the loss begins close to it."""
    low, high = scene.loss_ends
    start, floor = float(scene.trajectory.losses[0]), scene.trajectory.floor
    if scene.loss_is_steep:
        start, floor = float(np.log10(start)), float(np.log10(floor))
    under = start - floor < 0.15 * (high - low) < floor - low
    figure.add_annotation(
        x=0.015,
        xref="x domain",
        y=floor,
        text=scene.labels.floor.format(value=f"{scene.trajectory.floor:.3f}"),
        xanchor="left",
        yanchor="top" if under else "bottom",
        yshift=-4 if under else 4,
        showarrow=False,
        borderpad=0,
        bgcolor=scene.look.paper,  # over a line of the grid
        font={"size": scene.look.size - 2, "color": scene.look.muted},
        name="floor",
        **place,
    )


def _add_half_time(figure: go.Figure, scene: Scene, half_time: float, place: Place) -> None:
    """A line down from the half at the exact half-time."""
    look = scene.look
    figure.add_scatter(
        x=[half_time, half_time],
        y=[0.5, 0.0],
        mode="lines+text",
        text=["", "  " + scene.labels.half_time.format(time=f"{half_time:.4g}")],
        textposition="top right",
        textfont={"size": look.size - 2, "color": look.ink},
        line={"color": look.ink, "dash": "dot", "width": 1.5 * look.scale},
        hoverinfo="skip",
        meta={"role": "half_time"},
        **place,
    )


def _add_direction_names(figure: go.Figure, scene: Scene, place: Place) -> None:
    """The first and the last direction's eigenvalue beside their lines, or the one that all share."""
    eigenvalues, look = scene.trajectory.eigenvalues, scene.look
    last = len(eigenvalues) - 1
    alike = bool(eigenvalues[0] - eigenvalues[-1] < 1e-9 * eigenvalues[0])
    named = {0: 0.62} if alike else {0: 0.62, last: 0.38}  # how far along each name stands, if it can
    texts = {index: scene.labels.direction.format(value=f"{eigenvalues[index]:.3g}") for index in named}
    (left, right), (low, high) = scene.time_ends, scene.share_ends
    xs = ((np.log10(scene.clock) if scene.log_time else scene.clock) - left) / (right - left)
    ys = (scene.trajectory.learned - low) / (high - low)
    room = Room(
        width=(300 if scene.compact else 440), height=(230 if scene.compact else 250) * look.size / 16
    )
    taken: list[Box] = []
    half_time = scene.trajectory.half_time
    if half_time:  # its text stands at the foot of its line
        x = np.log10(half_time) if scene.log_time else half_time
        foot = float((x - left) / (right - left)), -low / (high - low)
        taken.append(room.box(*foot, "t½ = 0.0000", look.size, (1, 1)))
    for index, level in named.items():
        spot = room.beside(xs, ys, index, level, texts[index], look.size - 2, taken)
        if spot is None:
            continue
        taken.append(spot)
        x = left + (right - left) * spot.x
        figure.add_scatter(
            x=[10**x if scene.log_time else x],
            y=[low + (high - low) * spot.y],
            mode="text",
            text=[texts[index]],
            textposition="middle center",
            textfont={"size": look.size - 2, "color": look.ink if alike else scene.colours[index]},
            hoverinfo="skip",
            meta={"role": "name"},
            **place,
        )
