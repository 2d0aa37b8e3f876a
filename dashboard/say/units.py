"""What errors are divided by: what predicting zero costs under the shift, or without it."""

from __future__ import annotations

from dashboard.frame.texts import t
from dashboard.frame.views import Unit
from dashboard.say.describe import is_shifted
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.shift_lab import over_zero


def error_label(unit: Unit) -> str:
    """The axis of errors."""
    return t("shift_lab.relative" if unit == "here" else "figure.error")


def in_unit(curves: LearningCurves, unit: Unit) -> LearningCurves:
    """The curves as the page shows them; without a shift both units are one."""
    return over_zero(curves) if unit == "here" and is_shifted(curves.experiment) else curves
