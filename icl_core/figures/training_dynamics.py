"""Training of linear attention, animated: both weight matrices beside their limits, loss, directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from icl_core.figures.animation import Frame, animated
from icl_core.figures.name_places import Box, Room
from icl_core.figures.palette import BLUE, ORANGE, THEMES, Theme, ThemeName, stroke
from icl_core.figures.panels import panels

if TYPE_CHECKING:
    from icl_core.evaluation.dynamics import Trajectory
    from icl_core.evaluation.sgd_check import SgdRun

Array = NDArray[np.float64]

FRAMES = 48
MOST_NUMBERS = 9  # a side with more cells leaves no room for numbers
STEEP = 3.0  # a loss that starts above this gets a logarithmic axis


@dataclass(frozen=True)
class DynamicsLabels:
    """Every text of the figure. `direction` and `floor` have a place {value}, `half_time` {time}."""

    key_query: str
    value: str
    limit: str
    time: str
    loss: str
    floor: str
    learned: str
    direction: str
    half_time: str
    logistic: str
    sgd: str
    play: str
    pause: str
    prefix: str


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

    The first four traces move: W^KQ and W^PV as heat maps, marks on the loss and on the directions.
    """
    look = THEMES[theme]
    figure = _grid(look, labels, compact)
    places = _places(compact)
    clock = _clock(trajectory.path.times, log_time)
    last = len(clock) - 1
    moments = trajectory.frames(FRAMES, log_time)
    for trace, place in zip(_moving(trajectory, clock, last, look), places[:4], strict=True):
        figure.add_trace(trace, **place)
    frames = [
        Frame(_moment_name(trajectory.path.times[moment]), _light(_moving(trajectory, clock, moment, look)))
        for moment in moments
    ]
    # Frames speak of the figure's first traces, so that those added from here on stand still.
    figure = animated(figure, frames, play=labels.play, pause=labels.pause, prefix=labels.prefix, theme=theme)
    for trace, place in zip(_limits(trajectory, look), places[4:], strict=True):
        figure.add_trace(trace, **place)
    _add_loss(figure, trajectory, clock, sgd, labels, look, places[2])
    _add_directions(figure, trajectory, clock, sgd, labels, look, places[3], log_time, compact)
    _set_axes(figure, trajectory, clock, labels, places, log_time, compact)
    for axis, end in zip(("coloraxis", "coloraxis2"), _colour_ends(trajectory), strict=True):
        figure.update_layout(
            {axis: {"cmin": -end, "cmax": end, "colorscale": _colours(look), "showscale": False}}
        )
    return _with_controls_below(figure, look, compact)


def full_matrices(U: Array, u: float) -> tuple[Array, Array]:
    """W^KQ and W^PV [d+1, d+1] from the block and the entry that move."""
    d = len(U)
    key_query, value = np.zeros((2, d + 1, d + 1))
    key_query[:d, :d], value[d, d] = U, u
    return key_query, value


def _grid(look: Theme, labels: DynamicsLabels, compact: bool) -> go.Figure:
    matrices = (labels.key_query, labels.limit, labels.value, labels.limit)
    titles = (*matrices, labels.loss, labels.learned)
    if compact:
        specs: list[list[dict[str, Any] | None]] = [
            [{}, {}],
            [{}, {}],
            [{"colspan": 2}, None],
            [{"colspan": 2}, None],
        ]
        return panels(
            4,
            2,
            look,
            titles,
            specs=specs,
            row_heights=[0.22, 0.22, 0.28, 0.28],
            horizontal_spacing=0.1,
            vertical_spacing=0.09,
        )
    specs = [[{}, {}, {}, {}], [{"colspan": 2}, None, {"colspan": 2}, None]]
    return panels(
        2,
        4,
        look,
        titles,
        specs=specs,
        row_heights=[0.46, 0.54],
        horizontal_spacing=0.045,
        vertical_spacing=0.15,
    )


def _places(compact: bool) -> list[dict[str, Any]]:
    """Row and column of: W^KQ, W^PV, loss, directions, limit of W^KQ, limit of W^PV."""
    wide = [(1, 1), (1, 3), (2, 1), (2, 3), (1, 2), (1, 4)]
    narrow = [(1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (2, 2)]
    return [{"row": row, "col": column} for row, column in (narrow if compact else wide)]


def _clock(times: Array, log_time: bool) -> Array:
    """Positions on the time axis; on a logarithmic one, time 0 stands at the first time after it."""
    return np.maximum(times, times[1]) if log_time else times


def _colour_ends(trajectory: Trajectory) -> tuple[float, float]:
    """Where the colours of each matrix end: at the limit's largest entry, so that it uses the whole scale."""
    return float(np.abs(trajectory.limit.U).max()), trajectory.limit.u


def _moving(trajectory: Trajectory, clock: Array, moment: int, look: Theme) -> list[go.Heatmap | go.Scatter]:
    key_query, value = full_matrices(trajectory.path.U[moment], float(trajectory.path.u[moment]))
    d = trajectory.spec.dimension
    dot = {"size": 13 * look.scale, "color": look.ink, "line": {"color": look.paper, "width": 2}}
    small = {
        "size": 9 * look.scale,
        "color": _direction_colours(d, look),
        "line": {"color": look.paper, "width": 1},
    }
    return [
        _matrix(key_query, "coloraxis", look, "key_query"),
        _matrix(value, "coloraxis2", look, "value"),
        go.Scatter(
            x=[float(clock[moment])],
            y=[float(trajectory.losses[moment])],
            mode="markers",
            marker=dot,
            hoverinfo="skip",
            meta={"role": "now"},
        ),
        go.Scatter(
            x=[float(clock[moment])] * d,
            y=trajectory.learned[moment].round(5).tolist(),
            mode="markers",
            marker=small,
            hoverinfo="skip",
            meta={"role": "now"},
        ),
    ]


def _limits(trajectory: Trajectory, look: Theme) -> list[go.Heatmap]:
    key_query, value = full_matrices(trajectory.limit.U, trajectory.limit.u)
    return [
        _matrix(key_query, "coloraxis", look, "key_query_limit"),
        _matrix(value, "coloraxis2", look, "value_limit"),
    ]


def _matrix(matrix: Array, axis: str, look: Theme, role: str) -> go.Heatmap:
    names = [*map(str, range(1, len(matrix))), "y"]
    size = look.size - (3 if len(matrix) <= 6 else 6)
    return go.Heatmap(
        z=matrix.round(5).tolist(),
        x=names,
        y=names,
        coloraxis=axis,
        text=_numbers(matrix),
        texttemplate="%{text}" if len(matrix) <= MOST_NUMBERS else None,
        textfont={"size": size, "color": look.ink if look.dark else None},
        hovertemplate="(%{y}, %{x}): %{z:.4f}<extra></extra>",
        xgap=1,
        ygap=1,
        meta={"role": role},
    )


def _numbers(matrix: Array) -> list[list[str]] | None:
    """Two decimals, nothing where an entry is 0; None where cells are too small for numbers."""
    if len(matrix) > MOST_NUMBERS:
        return None
    return [[f"{entry:.2f}" if abs(entry) >= 0.005 else "" for entry in row] for row in matrix]


def _light(traces: list[Any]) -> list[go.Heatmap | go.Scatter]:
    """Of the moving traces, what a frame changes."""
    key_query, value, loss, directions = traces
    return [
        go.Heatmap(z=key_query.z, text=key_query.text),
        go.Heatmap(z=value.z, text=value.text),
        go.Scatter(x=loss.x, y=loss.y),
        go.Scatter(x=directions.x, y=directions.y),
    ]


def _add_loss(
    figure: go.Figure,
    trajectory: Trajectory,
    clock: Array,
    sgd: SgdRun | None,
    labels: DynamicsLabels,
    look: Theme,
    place: dict[str, Any],
) -> None:
    colour = stroke("lsa").colour(look)
    figure.add_scatter(
        x=clock.tolist(),
        y=trajectory.losses.tolist(),
        mode="lines",
        line={"color": colour, "width": 3 * look.scale, "simplify": False},
        hovertemplate="%{y:.4f}<extra></extra>",
        meta={"role": "loss"},
        **place,
    )
    figure.add_scatter(
        x=[float(clock[0]), float(clock[-1])],
        y=[trajectory.floor] * 2,
        mode="lines",
        line={"color": look.muted, "width": 1.75 * look.scale, "dash": "dash"},
        hoverinfo="skip",
        meta={"role": "floor"},
        **place,
    )
    _add_floor_name(figure, trajectory, labels, look, place)
    if sgd is not None:
        figure.add_scatter(
            x=np.maximum(sgd.times, clock[0]).tolist(),
            y=sgd.losses.tolist(),
            mode="markers",
            marker=_open_circles(stroke("ols").colour(look), look),
            hovertemplate=f"{labels.sgd} %{{y:.4f}}<extra></extra>",
            meta={"role": "sgd"},
            **place,
        )


def _add_floor_name(
    figure: go.Figure, trajectory: Trajectory, labels: DynamicsLabels, look: Theme, place: dict[str, Any]
) -> None:
    """The floor's value at the left end of its line; under it where the loss begins close to it."""
    (low, high), is_log = _loss_axis(trajectory)
    start, floor = float(trajectory.losses[0]), trajectory.floor
    if is_log:
        start, floor = float(np.log10(start)), float(np.log10(floor))
    under = start - floor < 0.15 * (high - low) < floor - low
    figure.add_annotation(
        x=0.015,
        xref="x domain",
        y=floor,
        text=labels.floor.format(value=f"{trajectory.floor:.3f}"),
        xanchor="left",
        yanchor="top" if under else "bottom",
        yshift=-4 if under else 4,
        showarrow=False,
        borderpad=0,
        bgcolor=look.paper,  # over a line of the grid
        font={"size": look.size - 2, "color": look.muted},
        name="floor",
        **place,
    )


def _loss_axis(trajectory: Trajectory) -> tuple[tuple[float, float], bool]:
    """The ends of the loss axis, and whether it is logarithmic, with ends in powers of ten."""
    highest = float(trajectory.losses.max())
    if highest > STEEP:
        return (float(np.log10(trajectory.floor)) - 0.15, float(np.log10(highest)) + 0.1), True
    return (0.0, 1.06 * max(highest, 1.0)), False


def _share_axis(trajectory: Trajectory) -> tuple[float, float]:
    """The ends of the axis of shares learned."""
    top = float(np.clip(trajectory.learned.max(), 1.0, 5.0))
    low = float(np.clip(trajectory.learned.min(), -1.0, 0.0))
    return 1.08 * low - 0.04, 1.08 * top


def _time_axis(clock: Array, log_time: bool) -> tuple[float, float]:
    """The ends of the time axis, in powers of ten on a logarithmic one."""
    if log_time:
        return float(np.log10(clock[0])), float(np.log10(clock[-1])) + 0.06
    return 0.0, 1.02 * float(clock[-1])


def _add_directions(
    figure: go.Figure,
    trajectory: Trajectory,
    clock: Array,
    sgd: SgdRun | None,
    labels: DynamicsLabels,
    look: Theme,
    place: dict[str, Any],
    log_time: bool,
    compact: bool,
) -> None:
    learned, eigenvalues = trajectory.learned, trajectory.eigenvalues
    colours = _direction_colours(len(eigenvalues), look)
    for index in reversed(range(len(eigenvalues))):
        name = labels.direction.format(value=f"{eigenvalues[index]:.3g}")
        figure.add_scatter(
            x=clock.tolist(),
            y=learned[:, index].round(5).tolist(),
            mode="lines",
            line={"color": colours[index], "width": 2.25 * look.scale, "simplify": False},
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            meta={"role": "direction", "index": index},
            **place,
        )
    _add_direction_names(figure, trajectory, clock, labels, look, place, log_time, compact)
    if trajectory.half_time:
        _add_half_time(figure, trajectory.half_time, labels, look, place)
    if trajectory.logistic is not None:
        chosen = np.unique(np.linspace(0, len(clock) - 1, 25).round().astype(int))
        figure.add_scatter(
            x=clock[chosen].tolist(),
            y=trajectory.logistic[chosen].round(5).tolist(),
            mode="markers",
            marker=_open_circles(look.ink, look),
            hovertemplate=f"{labels.logistic} %{{y:.4f}}<extra></extra>",
            meta={"role": "logistic"},
            **place,
        )
    if sgd is not None:
        U, u = trajectory.limit
        A = sgd.u[:, None, None] * sgd.U.swapaxes(1, 2)
        ends = np.einsum("di,de,ei->i", trajectory.directions, u * U.T, trajectory.directions)
        shares = np.einsum("di,tde,ei->ti", trajectory.directions, A, trajectory.directions) / ends
        for index, colour in enumerate(colours):
            figure.add_scatter(
                x=np.maximum(sgd.times, clock[0]).tolist(),
                y=shares[:, index].round(5).tolist(),
                mode="markers",
                marker=_open_circles(colour, look),
                hovertemplate=f"{labels.sgd} %{{y:.3f}}<extra></extra>",
                meta={"role": "sgd"},
                **place,
            )


def _add_half_time(
    figure: go.Figure, half_time: float, labels: DynamicsLabels, look: Theme, place: dict[str, Any]
) -> None:
    """A line down from the half at the exact half-time."""
    figure.add_scatter(
        x=[half_time, half_time],
        y=[0.5, 0.0],
        mode="lines+text",
        text=["", "  " + labels.half_time.format(time=f"{half_time:.4g}")],
        textposition="top right",
        textfont={"size": look.size - 2, "color": look.ink},
        line={"color": look.ink, "dash": "dot", "width": 1.5 * look.scale},
        hoverinfo="skip",
        meta={"role": "half_time"},
        **place,
    )


def _add_direction_names(
    figure: go.Figure,
    trajectory: Trajectory,
    clock: Array,
    labels: DynamicsLabels,
    look: Theme,
    place: dict[str, Any],
    log_time: bool,
    compact: bool,
) -> None:
    """The first and the last direction's eigenvalue beside their lines, or the one that all share."""
    eigenvalues = trajectory.eigenvalues
    last = len(eigenvalues) - 1
    alike = bool(eigenvalues[0] - eigenvalues[-1] < 1e-9 * eigenvalues[0])
    colours = _direction_colours(last + 1, look)
    named = {0: 0.62} if alike else {0: 0.62, last: 0.38}  # how far along each name stands, if it can
    texts = {index: labels.direction.format(value=f"{eigenvalues[index]:.3g}") for index in named}
    (left, right), (low, high) = _time_axis(clock, log_time), _share_axis(trajectory)
    xs = ((np.log10(clock) if log_time else clock) - left) / (right - left)
    ys = (trajectory.learned - low) / (high - low)
    room = Room(width=(300 if compact else 440), height=(230 if compact else 250) * look.size / 16)
    taken: list[Box] = []
    if trajectory.half_time:  # its text stands at the foot of its line
        x = np.log10(trajectory.half_time) if log_time else trajectory.half_time
        foot = float((x - left) / (right - left)), -low / (high - low)
        taken.append(room.box(*foot, "t½ = 0.0000", look.size, (1, 1)))
    for index, level in named.items():
        spot = room.beside(xs, ys, index, level, texts[index], look.size - 2, taken)
        if spot is None:
            continue
        taken.append(spot)
        x = left + (right - left) * spot.x
        figure.add_scatter(
            x=[10**x if log_time else x],
            y=[low + (high - low) * spot.y],
            mode="text",
            text=[texts[index]],
            textposition="middle center",
            textfont={"size": look.size - 2, "color": look.ink if alike else colours[index]},
            hoverinfo="skip",
            meta={"role": "name"},
            **place,
        )


def _set_axes(
    figure: go.Figure,
    trajectory: Trajectory,
    clock: Array,
    labels: DynamicsLabels,
    places: list[dict[str, Any]],
    log_time: bool,
    compact: bool,
) -> None:
    for place in (places[0], places[1], *places[4:]):
        show = trajectory.spec.dimension <= MOST_NUMBERS - 1
        figure.update_xaxes(
            type="category", showgrid=False, showline=False, ticks="", showticklabels=show, **place
        )
        figure.update_yaxes(
            type="category", showgrid=False, showline=False, ticks="", showticklabels=show,
            autorange="reversed", **place,
        )  # fmt: skip
    for place in places[2:4]:
        figure.update_xaxes(
            title_text=labels.time,
            showgrid=False,
            nticks=6 if compact else 9,
            range=_time_axis(clock, log_time),
            **place,
        )
        if log_time:
            figure.update_xaxes(type="log", exponentformat="power", dtick=1, **place)
    ends, is_log = _loss_axis(trajectory)
    figure.update_yaxes(range=ends, **({"type": "log", "dtick": 1} if is_log else {"nticks": 6}), **places[2])
    figure.update_yaxes(range=_share_axis(trajectory), nticks=6, **places[3])


def _with_controls_below(figure: go.Figure, look: Theme, compact: bool) -> go.Figure:
    """Play, pause and the slider in a row of their own under the plots, at a fixed distance in pixels."""
    unit = look.size / 16
    height, bottom = (1180, 150) if compact else (round(look.height + 240 * unit), round(130 * unit))
    top = 44 if compact else 66  # with room for the mode bar
    height += top - 44
    plots = height - top - bottom  # their own height
    start = 0.0 if compact else 0.2
    figure.update_layout(height=height, margin={"b": bottom, "t": top})
    menu, slider = figure.layout["updatemenus"][0], figure.layout["sliders"][0]
    menu.update(y=-62 * unit / plots, pad={"t": 0})
    slider.update(
        x=start,
        len=1 - start,
        y=(-105 if compact else -58 * unit) / plots,
        pad={"t": 0},
        minorticklen=0,
        font={"size": look.size - 5},
    )
    return figure


def _direction_colours(count: int, look: Theme) -> list[str]:
    """From blue, the largest eigenvalue, to vermillion, the smallest."""
    ends = (stroke("transformer").colour(look), stroke("ols").colour(look))
    shares = np.linspace(0, 1, count).tolist() if count > 1 else [0.0]
    return [str(colour) for colour in sample_colorscale([[0.0, ends[0]], [1.0, ends[1]]], shares)]


def _colours(look: Theme) -> list[tuple[float, str]]:
    """Diverging around 0, where a cell has the colour of nothing on this paper."""
    neutral = "#20262F" if look.dark else "#F2F2F2"
    return [(0.0, ORANGE.light), (0.5, neutral), (1.0, BLUE.light)]


def _open_circles(colour: str, look: Theme) -> dict[str, Any]:
    return {
        "symbol": "circle-open",
        "size": 8 * look.scale,
        "color": colour,
        "line": {"width": 1.75 * look.scale},
    }


def _moment_name(time: float) -> str:
    return f"{time:.3g}"
