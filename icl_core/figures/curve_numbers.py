"""What of a learning curve is drawn, and how high the picture is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from icl_core.figures.palette import ordered
from icl_core.methods import REGISTERED

if TYPE_CHECKING:
    from icl_core.evaluation import LearningCurves

Array = NDArray[np.float64]

HEADROOM = 1.25  # a linear axis ends at this multiple of the zero predictor's error
LOG_HEADROOM = 3.0
LOG_LIMIT = 1000.0
LOG_FLOOR = 1e-4  # a logarithmic axis begins no lower; what lies below is drawn on the floor


def drawn_lines(curves: LearningCurves, shown: tuple[str, ...]) -> dict[str, Array]:
    """The line of each shown method in reading order.

    Linear attention's and the zero predictor's is the exact risk, where there is one. Every other is the
    estimate from the prompts that all methods share, since only paired errors can be compared; a closed form
    goes beneath it.
    """
    lines = {name: curve.mean for name, curve in curves.curves.items()}
    lines |= {name: curves.exact[name] for name in curves.exact if is_exact(curves, name)}
    return {name: lines[name] for name in ordered(lines) if name in shown}


def is_exact(curves: LearningCurves, method: str) -> bool:
    """Whether the method is drawn as its closed form."""
    exact = curves.exact.get(method)
    return is_formula(method) and exact is not None and bool(np.all(np.isfinite(exact)))


def is_formula(method: str) -> bool:
    """Whether a method is drawn as its exact risk, where there is one."""
    return method in REGISTERED and REGISTERED[method].exact


def zero_level(curves: LearningCurves) -> float:
    """The zero predictor's error: 1, or c where a shift gives the functions c times the variance.

    Exact where there is a formula; else the average over all k.
    """
    exact, zero = curves.exact.get("zero"), curves.curves.get("zero")
    if exact is not None:
        return float(exact[0])
    return 1.0 if zero is None else float(np.mean(zero.mean))


def axis_top(curves: LearningCurves, shown: tuple[str, ...], log_axis: bool) -> float:
    """Upper end of the error axis: set by the zero predictor alone if linear; if logarithmic, the decade that
    holds all shown lines, up to a thousand times the zero predictor."""
    level = max(1.0, round(zero_level(curves), 1))
    if not log_axis:
        return HEADROOM * level
    known = [line[np.isfinite(line)].max(initial=level) for line in drawn_lines(curves, shown).values()]
    decade = 10.0 ** math.ceil(math.log10(max([*known, LOG_HEADROOM * level])))
    return min(decade, LOG_LIMIT * level)


def axis_bottom(lines: Mapping[str, Array]) -> float:
    """Lower end of a logarithmic axis: the decade under all lines, or the floor."""
    least = min((float(line[np.isfinite(line)].min(initial=1.0)) for line in lines.values()), default=1.0)
    return max(LOG_FLOOR, 10.0 ** math.floor(math.log10(max(least, LOG_FLOOR))))


def off_scale(
    curves: LearningCurves, shown: tuple[str, ...], log_axis: bool = False, top: float | None = None
) -> dict[str, tuple[int, float]]:
    """Methods whose line leaves the axis at its `top`: the k and the value of the largest error."""
    top = axis_top(curves, shown, log_axis) if top is None else top
    found = {}
    for method, line in drawn_lines(curves, shown).items():
        known = np.where(np.isnan(line), -math.inf, line)
        if known.max() > top:
            found[method] = (int(known.argmax()), float(known.max()))
    return found


def needs_log_axis(curves: LearningCurves, shown: tuple[str, ...]) -> bool:
    """Whether a linear axis loses the trained model, or most of the shown methods."""
    gone = set(off_scale(curves, shown)) - {"zero"}
    drawn = set(drawn_lines(curves, shown)) - {"zero"}
    return any(REGISTERED[name].trained for name in gone) or 2 * len(gone) > len(drawn)


@dataclass(frozen=True)
class ErrorAxis:
    """The axis of errors from `bottom` to `top`; a linear one begins at 0."""

    bottom: float
    top: float
    is_log: bool

    @classmethod
    def of(cls, curves: LearningCurves, shown: tuple[str, ...], log_axis: bool) -> ErrorAxis:
        """The axis on which the shown lines are drawn."""
        bottom = axis_bottom(drawn_lines(curves, shown)) if log_axis else 0.0
        return cls(bottom, axis_top(curves, shown, log_axis), log_axis)

    @classmethod
    def fixed_by(cls, pinned: LearningCurves, shown: tuple[str, ...], log_axis: bool) -> ErrorAxis:
        """The axis of pinned curves, which others move over: a logarithmic one goes down to its floor."""
        return cls(LOG_FLOOR if log_axis else 0.0, axis_top(pinned, shown, log_axis), log_axis)

    def heights(self, line: Array) -> Array:
        """Where the line's values stand, as shares of the axis."""
        clipped = np.clip(np.nan_to_num(line, posinf=self.top), self.bottom, self.top)
        if not self.is_log:
            return clipped / self.top
        return np.log(clipped / self.bottom) / math.log(self.top / self.bottom)


def drawable(values: Array, log_axis: bool) -> Array:
    """The values, lifted to the floor of a logarithmic axis."""
    return np.maximum(values, LOG_FLOOR) if log_axis else values


def amount(value: float) -> str:
    """An error off the axis, roughly."""
    if math.isinf(value):
        return "∞"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
