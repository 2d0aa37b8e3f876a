"""One colour, dash and width for each method and family on every page, and one look for each theme.

Colours follow M. Okabe and K. Ito, "Color universal design" (2008), without its yellow, which vanishes on
white; on dark paper each keeps its hue and gains lightness. No line is told apart by colour alone. Dense
functions have the hue of least squares and sparse ones that of the Lasso, their classical counterparts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import plotly.graph_objects as go

from icl_core.look import LONG_DASH
from icl_core.methods import REGISTERED, methods
from icl_core.specs import FunctionClass, Mixture

ThemeName = Literal["light", "dark", "present"]

SEQUENTIAL = "Cividis"
FAMILY = "Source Sans, Source Sans Pro, Noto Sans, Noto Sans CJK SC, DejaVu Sans, sans-serif"


@dataclass(frozen=True)
class Hue:
    """A colour, as it is on light and on dark paper."""

    light: str
    dark: str

    def on(self, theme: Theme) -> str:
        return self.dark if theme.dark else self.light


@dataclass(frozen=True)
class Stroke:
    """How a method's line looks: its hue, dash, width in pixels."""

    hue: Hue
    dash: str
    width: float

    def colour(self, theme: Theme) -> str:
        return self.hue.on(theme)


@dataclass(frozen=True)
class Theme:
    """Paper, ink and type sizes of a figure. `scale` multiplies the widths of lines and marks."""

    dark: bool
    paper: str
    ink: str
    muted: str
    grid: str
    size: int
    height: int
    scale: float


THEMES: Mapping[ThemeName, Theme] = {
    "light": Theme(False, "#FFFFFF", "#1A1C21", "#5A626D", "#E4E7EB", 16, 520, 1.0),
    "dark": Theme(True, "#0F1217", "#F0F2F5", "#A3ADBA", "#2A313B", 16, 520, 1.0),
    "present": Theme(False, "#FFFFFF", "#000000", "#444B55", "#DDE1E6", 24, 640, 1.6),
}

BLUE = Hue("#0072B2", "#4FB0EE")
SKY = Hue("#3E97CC", "#A8DDF8")
ORANGE = Hue("#D55E00", "#FF8A3D")
AMBER = Hue("#B37700", "#F2BE4A")
GREEN = Hue("#009E73", "#2BCB9B")
TEAL = Hue("#117A7A", "#5CCFCF")
PINK = Hue("#B8558F", "#E59CC6")
PURPLE = Hue("#5A3E9E", "#B7A3F5")
BROWN = Hue("#7A4A12", "#E0A96D")
INK = Hue("#1A1C21", "#F0F2F5")
GREY = Hue("#5A626D", "#A3ADBA")
DIVERGING = ((0.0, ORANGE.light), (0.5, "#F2F2F2"), (1.0, BLUE.light))

HUES: Mapping[str, Hue] = {
    "blue": BLUE,
    "sky": SKY,
    "orange": ORANGE,
    "amber": AMBER,
    "green": GREEN,
    "teal": TEAL,
    "pink": PINK,
    "purple": PURPLE,
    "brown": BROWN,
    "ink": INK,
    "grey": GREY,
}
METHOD_CYCLE = (
    Stroke(Hue("#8B2FC9", "#C99BF2"), "10px,2px,2px,2px,2px,2px", 2.25),
    Stroke(Hue("#A33B3B", "#FF9C9C"), "18px,4px", 2.25),
    Stroke(Hue("#5F6B00", "#C7D65A"), "3px,3px", 2.25),
    Stroke(Hue("#006B4E", "#7FE3C3"), "14px,3px,6px,3px", 2.25),
)
"""For methods that ask for no look, one after the other."""
FAMILY_CYCLE = tuple(stroke.hue for stroke in METHOD_CYCLE)
FAMILY_DASHES = (LONG_DASH, "dot", "dashdot", "6px,3px,1px,3px")
"""For families of one kind, or of one look, in one mixture: one after the other."""


class _MethodStrokes(Mapping[str, Stroke]):
    """The stroke of every registered method, in reading order; later ones are drawn underneath."""

    def __getitem__(self, name: str) -> Stroke:
        look = REGISTERED[name].look
        if look is not None:
            return Stroke(HUES[look.hue], look.dash, look.width)
        free = [method.name for method in methods() if method.look is None]
        return METHOD_CYCLE[free.index(name) % len(METHOD_CYCLE)]

    def __iter__(self) -> Iterator[str]:
        return (method.name for method in methods())

    def __len__(self) -> int:
        return len(REGISTERED)


METHODS: Mapping[str, Stroke] = _MethodStrokes()


def stroke(method: str) -> Stroke:
    """The stroke of a method. Raises KeyError where there is none: nothing is drawn in a chance colour."""
    return METHODS[method]


def family_stroke(kind: str) -> Stroke:
    """The stroke of a kind of family. Raises KeyError where there is none."""
    looks = {family.kind: family.look for family in FunctionClass.in_order()}
    look = looks[kind]
    if look is not None:
        return Stroke(HUES[look.hue], look.dash, look.width)
    free = [name for name, look in looks.items() if look is None]
    return Stroke(FAMILY_CYCLE[free.index(kind) % len(FAMILY_CYCLE)], LONG_DASH, 3.0)


def family_strokes(mixture: Mixture) -> dict[str, Stroke]:
    """A stroke of its own for each family of a mixture, by its `Mixture.names`."""
    found: dict[str, Stroke] = {}
    for name, family in zip(mixture.names, mixture.families, strict=True):
        asked = family_stroke(family.kind)
        dashes = (asked.dash, *(dash for dash in FAMILY_DASHES if dash != asked.dash))
        choices = (replace(asked, dash=dash) for dash in dashes)
        found[name] = next((choice for choice in choices if choice not in found.values()), asked)
    return found


def ordered(names: Mapping[str, object] | tuple[str, ...]) -> list[str]:
    """The given methods in reading order."""
    return [name for name in METHODS if name in names]


def translucent(colour: str, opacity: float) -> str:
    """#RRGGBB as an rgba() colour."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def faint(stroke: Stroke, theme: Theme) -> dict[str, Any]:
    """The line of what was pinned: the same hue, paler, dotted and thin."""
    width = 0.75 * stroke.width * theme.scale
    return {"color": translucent(stroke.colour(theme), 0.55), "dash": "dot", "width": width}


def layout(theme: Theme) -> go.Layout:
    """What every figure shares: type, paper, axes, hover, no change of view on a stray touch."""
    axis = {
        "gridcolor": theme.grid,
        "linecolor": theme.muted,
        "tickcolor": theme.muted,
        "ticks": "outside",
        "showline": True,
        "zeroline": False,
        "title": {"font": {"size": theme.size + 1}, "standoff": 10},
        "fixedrange": True,
    }
    return go.Layout(
        font={"family": FAMILY, "size": theme.size, "color": theme.ink},
        paper_bgcolor=theme.paper,
        plot_bgcolor=theme.paper,
        height=theme.height,
        margin={"l": 4 * theme.size, "r": 10, "t": 2 * theme.size, "b": round(3.6 * theme.size)},
        xaxis=axis,
        yaxis=axis,
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": theme.paper, "font": {"color": theme.ink, "size": theme.size - 2}},
        dragmode=False,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": theme.muted, "activecolor": theme.ink},
    )
