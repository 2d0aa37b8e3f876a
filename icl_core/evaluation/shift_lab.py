"""What a shift does: every kind beside every other on the same axes, and one kind at every magnitude."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icl_core.data.shifts import NoShift
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.evaluation.curves import Curve, LearningCurves, learning_curves
from icl_core.evaluation.suite import suite, unregularised
from icl_core.models import InContextNetwork
from icl_core.specs import Experiment, Shift, SpecError

Array = NDArray[np.float64]

METHODS = ("transformer", "linear_attention", "lsa", "ols", "ridge", "zero")
MOST_COLUMNS = 10


@dataclass(frozen=True, eq=False)
class ShiftGrid:
    """Errors over v [m, n] of one method at magnitudes [m] and context lengths [n].

    Measured on the experiment's prompts, with the ends of the 90% intervals [m, n] as `low` and `high`; or,
    without them, from a closed form.
    """

    experiment: Experiment
    method: str
    magnitudes: tuple[float, ...]
    lengths: tuple[int, ...]
    errors: Array
    low: Array | None = None
    high: Array | None = None

    @property
    def exact(self) -> bool:
        """Whether the errors come from a closed form."""
        return self.low is None

    def interval(self, row: int, column: int) -> tuple[float, float] | None:
        """The ends of a cell's 90% interval; None where its error is exact."""
        if self.low is None or self.high is None:
            return None
        return float(self.low[row, column]), float(self.high[row, column])


def with_shift(experiment: Experiment, kind: str, magnitude: float) -> Experiment:
    """The same test under another shift. Raises SpecError where the shift does not fit."""
    chosen: type[Any] = Shift.kinds[kind]  # type: ignore[assignment]
    shift = NoShift() if kind == NoShift.kind else chosen(magnitude)
    return replace(experiment, evaluation=replace(experiment.evaluation, shift=shift))


def strong_magnitude(experiment: Experiment, kind: str, strength: float) -> float:
    """A share of the way from no shift to the strongest, on the slider's grid; counts go from 1 to d."""
    chosen: type[Any] = Shift.kinds[kind]  # type: ignore[assignment]
    span = chosen.range
    if isinstance(span.step, int):
        return max(1, round(strength * experiment.pretraining.dimension)) if strength > 0 else 0
    return span.neutral + round(strength * (span.high - span.neutral) / span.step) * span.step


def fitting_kinds(experiment: Experiment) -> list[str]:
    """The kinds of shift that fit the experiment's inputs and functions, without 'none'."""
    found = []
    for kind in Shift.kinds:
        try:
            with_shift(experiment, kind, strong_magnitude(experiment, kind, 0.5))
        except SpecError:
            continue
        found.append(kind)
    return [kind for kind in found if kind != NoShift.kind]


def shift_curves(experiment: Experiment, network: InContextNetwork | None) -> LearningCurves:
    """The model, linear attention (exact where it can be), OLS, ridge and the zero predictor.

    Errors are over E f^2 of the shifted test prompts, so that predicting zero costs 1 under every shift.
    """
    predictors = {name: entry for name, entry in suite(experiment, network).items() if name in METHODS}
    exact = {name: line for name, line in ClosedForm.of(experiment).lines.items() if name == "lsa"}
    return _over_zero(learning_curves(experiment, predictors, exact, unregularised(experiment)))


def error_at(curves: LearningCurves, method: str, k: int) -> float:
    """The error at k examples: exact where it is known, else as measured."""
    line = curves.exact[method] if method in curves.exact else curves.curves[method].mean
    return float(line[k])


def grid_magnitudes(experiment: Experiment, kind: str) -> tuple[float, ...]:
    """Magnitudes over the whole range of a kind, at most eleven, no shift among them."""
    chosen: type[Any] = Shift.kinds[kind]  # type: ignore[assignment]
    span = chosen.range
    if isinstance(span.step, int):
        return tuple(
            sorted({0, *np.linspace(1, experiment.pretraining.dimension, 8).round().astype(int).tolist()})
        )
    count = 9 if span.low < span.neutral else 11
    return tuple(np.linspace(span.low, span.high, count).round(4).tolist())


def grid_lengths(experiment: Experiment) -> tuple[int, ...]:
    """Context lengths from 1 to the experiment's, the trained one among them where it is in reach."""
    end, N = experiment.context_length, experiment.pretraining.context_length
    spaced = np.geomspace(1, end, MOST_COLUMNS).round().astype(int).tolist()
    return tuple(sorted({*spaced, min(N, end)}))


def attention_grid(experiment: Experiment, kind: str) -> ShiftGrid | None:
    """The grid of linear attention from its closed form; None where there is none for this kind."""
    magnitudes, lengths = grid_magnitudes(experiment, kind), grid_lengths(experiment)
    rows = []
    for magnitude in magnitudes:
        line = ClosedForm.of(with_shift(experiment, kind, magnitude)).risk
        if line is None:
            return None
        rows.append(line.total(np.array(lengths, dtype=np.float64)))
    errors = np.stack(rows) / experiment.pretraining.label_variance
    return ShiftGrid(experiment, "lsa", magnitudes, lengths, errors)


def measured_grid(
    experiment: Experiment, kind: str, method: str, network: InContextNetwork | None
) -> ShiftGrid | None:
    """The grid of any method of `METHODS`, measured; None for one that the experiment lacks.

    NaN where the method's mean error is infinite.
    """
    if method not in suite(experiment, network):
        return None
    magnitudes, lengths = grid_magnitudes(experiment, kind), grid_lengths(experiment)
    rows = []  # of mean, low and high [3, n]
    for magnitude in magnitudes:
        shifted = with_shift(experiment, kind, magnitude)
        predictors = {method: suite(shifted, network)[method]}
        curve = learning_curves(shifted, predictors, heavy_tailed=unregularised(shifted)).curves[method]
        found = np.stack([curve.mean, curve.low, curve.high])
        found[:, list(curve.medians)] = np.nan
        rows.append(found[:, list(lengths)])
    mean, low, high = np.stack(rows, axis=1)
    return ShiftGrid(experiment, method, magnitudes, lengths, mean, low, high)


def _over_zero(curves: LearningCurves) -> LearningCurves:
    """The same curves over the zero predictor's error: exact without examples, else as measured at all k.

    A measured level is taken as known: intervals are of the errors alone, not of their ratio to it.
    """
    measured = float(curves.curves["zero"].mean.mean())
    level = float(curves.exact["lsa"][0]) if "lsa" in curves.exact else measured
    one = np.ones_like(curves.curves["zero"].mean)
    scaled = {
        name: Curve(curve.mean / level, curve.low / level, curve.high / level, curve.medians)
        for name, curve in curves.curves.items()
    }
    return replace(
        curves,
        normaliser=curves.normaliser * level,
        curves={**scaled, "zero": Curve(one, one, one)},
        exact={name: line / level for name, line in curves.exact.items()},
    )
