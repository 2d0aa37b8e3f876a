"""Where a line's name can stand beside it, clear of every line and of what else stands there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GAP = 8  # pixels between a line and its name
SIDES = (
    (-1, 0),
    (1, 0),
    (-1, 1),
    (1, -1),
    (1, 1),
    (-1, -1),
)  # left or right of the point, level, over or under


class Box(NamedTuple):
    """A text's centre and half its size, in parts of the plot."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            abs(self.x - other.x) < self.width + other.width
            and abs(self.y - other.y) < self.height + other.height
        )


@dataclass(frozen=True)
class Room:
    """A plot of about this size in pixels; in it x and y run from 0 to 1."""

    width: float
    height: float

    def box(self, x: float, y: float, text: str, size: float, side: tuple[int, int]) -> Box:
        """The text's box beside a point."""
        half_width, half_height = 0.28 * size * len(text) / self.width, 0.65 * size / self.height
        across, up = side
        return Box(
            x + across * (half_width + GAP / self.width),
            y + up * half_height,
            half_width,
            half_height,
        )

    def beside(
        self, xs: Array, ys: Array, index: int, level: float, text: str, size: float, taken: list[Box]
    ) -> Box | None:
        """A place for the name of line `index` of ys [t, lines] over xs [t]; None if none is free.

        The place is beside a point of the line, inside the plot, and meets neither a line nor what is taken.
        Best is where the line has gone the share `level` of its way, then where it is on its way at all.
        """
        line = ys[:, index].clip(0, 1)
        wanted = line[0] + level * (line[-1] - line[0])
        arrived = np.abs(line - line[-1]) < 0.1
        for moment in np.lexsort((np.abs(line - wanted), arrived)):
            for side in SIDES:
                found = self.box(float(xs[moment]), float(line[moment]), text, size, side)
                if self._is_inside(found) and not any(map(found.meets, taken)) and _is_clear(found, xs, ys):
                    return found
        return None

    def _is_inside(self, box: Box) -> bool:
        edge = GAP / self.width / 2
        return (
            box.x - box.width >= edge
            and box.x + box.width <= 1
            and box.y - box.height >= 0
            and box.y + box.height <= 1
        )


def _is_clear(box: Box, xs: Array, ys: Array) -> bool:
    """Whether no line passes through the box."""
    points = np.linspace(box.x - box.width, box.x + box.width, 9)
    heights = np.array([np.interp(points, xs, line) for line in ys.T])
    over = heights.min(axis=1) > box.y + box.height
    under = heights.max(axis=1) < box.y - box.height
    return bool(np.all(over | under))
