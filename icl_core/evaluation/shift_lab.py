"""What a shift does: every kind beside every other on the same axes, and one kind at every magnitude."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icl_core.data.shifts import CovariateScale, NoShift
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
    """Errors over v [m, n] of one method at magnitudes [m] and context lengths [n]; `zero` [m] is what
    predicting zero costs at each magnitude.

    Measured on the experiment's prompts, with the ends of the 90% intervals [m, n] as `low` and `high`; or,
    without them, from a closed form.
    """

    experiment: Experiment
    method: str
    magnitudes: tuple[float, ...]
    lengths: tuple[int, ...]
    errors: Array
    zero: Array
    low: Array | None = None
    high: Array | None = None

    @property
    def exact(self) -> bool:
        """Whether the errors come from a closed form."""
        return self.low is None

    def over_zero(self) -> ShiftGrid:
        """The same over what predicting zero costs at each magnitude."""
        level = self.zero[:, None]
        ends = (None if end is None else end / level for end in (self.low, self.high))
        return replace(
            self,
            errors=self.errors / level,
            zero=np.ones_like(self.zero),
            **dict(zip(("low", "high"), ends, strict=True)),
        )

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
    return over_zero(learning_curves(experiment, predictors, exact, unregularised(experiment)))


def error_at(curves: LearningCurves, method: str, k: int) -> float:
    """The error at k examples: exact where it is known, else as measured."""
    line = curves.exact[method] if method in curves.exact else curves.curves[method].mean
    return float(line[k])


def grid_magnitudes(experiment: Experiment, kind: str) -> tuple[float, ...]:
    """Magnitudes over the whole range of a kind, at most eleven, no shift among them."""
    chosen: type[Any] = Shift.kinds[kind]  # type: ignore[assignment]
    span = chosen.range
    if kind == CovariateScale.kind:
        return CovariateScale.stops
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
    rows, zero = [], []
    for magnitude in magnitudes:
        line = ClosedForm.of(with_shift(experiment, kind, magnitude)).risk
        if line is None:
            return None
        rows.append(line.total(np.array(lengths, dtype=np.float64)))
        zero.append(line.zero)
    v = experiment.pretraining.label_variance
    return ShiftGrid(experiment, "lsa", magnitudes, lengths, np.stack(rows) / v, np.array(zero) / v)


def measured_grid(
    experiment: Experiment, kind: str, method: str, network: InContextNetwork | None
) -> ShiftGrid | None:
    """The grid of any method of `METHODS`, measured; None for one that the experiment lacks.

    NaN where the method's mean error is infinite.
    """
    if method not in suite(experiment, network):
        return None
    magnitudes, lengths = grid_magnitudes(experiment, kind), grid_lengths(experiment)
    rows, zero = [], []  # of mean, low and high [3, n]
    for magnitude in magnitudes:
        shifted = with_shift(experiment, kind, magnitude)
        predictors = {
            name: entry for name, entry in suite(shifted, network).items() if name in (method, "zero")
        }
        exact = {name: line for name, line in ClosedForm.of(shifted).lines.items() if name == "zero"}
        curves = learning_curves(shifted, predictors, exact, unregularised(shifted))
        curve = curves.curves[method]
        zero.append(zero_cost(curves))
        found = np.stack([curve.mean, curve.low, curve.high])
        found[:, list(curve.medians)] = np.nan
        rows.append(found[:, list(lengths)])
    mean, low, high = np.stack(rows, axis=1)
    return ShiftGrid(experiment, method, magnitudes, lengths, mean, np.array(zero), low, high)


def zero_cost(curves: LearningCurves) -> float:
    """What predicting zero costs, over v: exact where there is a formula, else as measured at all k."""
    exact = next((curves.exact[name] for name in ("zero", "lsa") if name in curves.exact), None)
    return float(curves.curves["zero"].mean.mean() if exact is None else exact[0])


def over_zero(curves: LearningCurves) -> LearningCurves:
    """The same curves over what predicting zero costs, which then is 1 everywhere.

    A measured level is taken as known: intervals are of the errors alone, not of their ratio to it.
    """
    scaled = over(curves, zero_cost(curves))
    one = np.ones_like(curves.curves["zero"].mean)
    return replace(scaled, curves={**scaled.curves, "zero": Curve(one, one, one)})


def over_v(curves: LearningCurves) -> LearningCurves:
    """The same curves over v again, whatever they were divided by since."""
    return over(curves, curves.experiment.pretraining.label_variance / curves.normaliser)


def over(curves: LearningCurves, level: float) -> LearningCurves:
    """The same curves divided by `level`."""
    return replace(
        curves,
        normaliser=curves.normaliser * level,
        curves={
            name: Curve(curve.mean / level, curve.low / level, curve.high / level, curve.medians)
            for name, curve in curves.curves.items()
        },
        exact={name: line / level for name, line in curves.exact.items()},
    )
