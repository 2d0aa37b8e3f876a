"""Claims at a glance: how far each measured quantity lies on its claim's side of the threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, Theme, ThemeName, translucent
from icl_core.figures.panels import panels
from icl_core.figures.verdict_marks import VERDICTS

LINEAR = 0.02  # margins below this are drawn in proportion, larger ones by their order of magnitude
DECADES = (0.1, 1.0, 10.0, 100.0, 1000.0)
FEW_DECADES = (1.0, 100.0)  # beside the names there is little room
LEAST_SHOWN = 1.3  # of the margin on either side
ROW = 1.62  # heights of a letter from one claim to the next; on narrow screens its name has a line of its own
NARROW_ROW = 2.7
GAP = 0.7  # rows between groups
SMALL = 0.8  # a claim's words against the figure's other type
NAMES, WORDS = 13.0, 7.4  # room for the claims' names and for their outcomes, in letters' heights


@dataclass(frozen=True)
class Dot:
    """One limit's margin with the ends of its interval; 0 is the threshold, positive the claim's side.

    `outcome` is a key of VERDICTS. `decides`: of a claim's limits the one to speak of. `hover` is what the
    pointer reads.
    """

    value: float
    low: float
    high: float
    outcome: str
    decides: bool
    hover: str


@dataclass(frozen=True)
class ClaimRow:
    """A claim: its id, a few words, its outcome (a key of VERDICTS) and the word for that."""

    id: str
    name: str
    outcome: str
    word: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class ClaimGroup:
    """The claims of one paper."""

    title: str
    rows: tuple[ClaimRow, ...]


@dataclass(frozen=True)
class MarginLabels:
    """Texts of the axis: its title, and the word for its 0."""

    axis: str
    threshold: str


def claim_margins_figure(
    groups: Sequence[ClaimGroup],
    labels: MarginLabels,
    *,
    beside: Sequence[ClaimGroup] = (),
    theme: ThemeName = "light",
    compact: bool = False,
) -> go.Figure:
    """A row for each claim, group under group. `compact` gives each claim's name a line of its own, and has
    the axis above the rows: on a phone its foot is several screens away.

    Margins are on an inverse hyperbolic sine scale, so that 0.1, 1 and 10 thresholds are equally far apart.
    `beside` are the groups of the figure next to this one, which shares its axis and, unless they stand one
    under the other, its height.
    """
    look = THEMES[theme]
    figure = panels(1, 1, look)
    reach = _reach([*groups, *beside])
    _add_ground(figure, reach, look)
    y = 0.0
    for group in groups:
        _write(figure, f"<b>{group.title}</b>", y, look, size=look.size - 1, inside=compact)
        for position, row in enumerate(group.rows, start=1):
            _add_row(figure, row, y + position, look, compact)
        y += _depth([group])
    depth = _depth(groups) if compact else max(_depth(groups), _depth(beside))
    _set_axes(figure, labels, reach, depth, look, DECADES if compact else FEW_DECADES)
    row_height = look.size * (NARROW_ROW if compact else ROW)
    left, right = (6, 6) if compact else (round(NAMES * look.size), round(WORDS * look.size))
    axis_height = round(4.5 * look.size)
    above, below = (axis_height, 6) if compact else (6, 10)
    figure.update_xaxes(side="top" if compact else "bottom")
    figure.update_layout(
        height=round(depth * row_height + axis_height),
        margin={"l": left, "r": right, "t": above, "b": below},
    )
    return figure


def _depth(groups: Sequence[ClaimGroup]) -> float:
    """How many rows groups take, titles and gaps included."""
    return sum(1 + len(group.rows) + GAP for group in groups)


def _scaled(margin: float) -> float:
    return math.asinh(margin / LINEAR)


def _reach(groups: Sequence[ClaimGroup]) -> tuple[float, float]:
    """The scaled ends of the axis: all that was measured, and something of both sides."""
    ends = [end for group in groups for row in group.rows for dot in row.dots for end in (dot.low, dot.high)]
    low, high = min([-LEAST_SHOWN, *ends]), max([LEAST_SHOWN, *ends])
    return _scaled(low) - 0.5, _scaled(high) + 0.5


def _add_ground(figure: go.Figure, reach: tuple[float, float], look: Theme) -> None:
    """The threshold, and a shade over the side on which claims fail."""
    place = {"yref": "y domain", "layer": "below"}
    shade = translucent(VERDICTS["not_reproduced"].colour(look), 0.09)
    figure.add_shape(type="rect", x0=reach[0], x1=0, y0=0, y1=1, fillcolor=shade, line={"width": 0}, **place)
    figure.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, line={"color": look.muted, "width": 1.5 * look.scale}, **place
    )


def _add_row(figure: go.Figure, row: ClaimRow, y: float, look: Theme, compact: bool) -> None:
    said = VERDICTS[row.outcome]
    strong = row.outcome == "not_reproduced"
    sign = f"<span style='color:{said.colour(look)}'>{said.letter}</span>"
    word = f"<b>{row.word}</b>" if strong else row.word
    size = SMALL * look.size
    if compact:
        _write(figure, f"<b>{row.id}</b> {row.name}", y - 0.36, look, size=size, inside=True)
        _write(figure, f"{sign} {word}", y - 0.36, look, size=size, inside=True, right=True)
    else:
        _write(figure, f"<b>{row.id}</b> {row.name}", y, look, size=size)
        _write(figure, f"{sign} {word}", y, look, size=size, right=True)
    for dot in sorted(row.dots, key=lambda dot: dot.decides):
        mark = VERDICTS[dot.outcome]
        colour = mark.colour(look)
        value, low, high = map(_scaled, (dot.value, dot.low, dot.high))
        figure.add_scatter(
            x=[value],
            y=[y],
            mode="markers",
            marker={
                "color": colour if dot.decides else translucent(colour, 0.45),
                "symbol": mark.symbol,
                "size": (10 if dot.decides else 7) * look.scale,
                "line": {"width": 1, "color": look.paper if "open" not in mark.symbol else colour},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - value],
                "arrayminus": [value - low],
                "color": colour if dot.decides else translucent(colour, 0.45),
                "thickness": (2.4 if dot.decides else 1.6) * look.scale,
                "width": 0,
            },
            hovertemplate=f"{dot.hover}<extra></extra>",
            meta={"role": "claim", "id": row.id, "outcome": dot.outcome, "decides": dot.decides},
        )


def _write(
    figure: go.Figure,
    text: str,
    y: float,
    look: Theme,
    *,
    size: float,
    right: bool = False,
    inside: bool = False,
) -> None:
    """Words of a row: left of the plot (or right of it), or `inside` along its edges."""
    outwards = 6 if right else -round((NAMES - 0.3) * look.size)
    figure.add_annotation(
        text=text,
        xref="x domain",
        x=1 if right else 0,
        y=y,
        xanchor="right" if right and inside else "left",
        xshift=0 if inside else outwards,
        showarrow=False,
        align="left",
        font={"size": size, "color": look.ink},
    )


def _set_axes(
    figure: go.Figure,
    labels: MarginLabels,
    reach: tuple[float, float],
    depth: float,
    look: Theme,
    shown: Sequence[float],
) -> None:
    decades = [sign * decade for decade in shown for sign in (-1, 1)]
    ticks = [decade for decade in decades if reach[0] < _scaled(decade) < reach[1]]
    figure.update_xaxes(
        range=list(reach),
        tickvals=[0, *map(_scaled, ticks)],
        ticktext=[labels.threshold, *(f"{abs(tick):g}×" for tick in ticks)],
        tickangle=0,
        title_text=labels.axis,
        showgrid=True,
        tickfont={"size": look.size - 4},
    )
    figure.update_yaxes(
        range=[depth - 1 - GAP + 0.7, -0.7],
        showticklabels=False,
        showgrid=False,
        showline=False,
        ticks="",
        automargin=False,
    )
