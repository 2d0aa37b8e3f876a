"""Evaluation: every predictor on the same prompts, with intervals."""

from icl_core.evaluation.curves import Curve, LearningCurves, learning_curves
from icl_core.evaluation.estimate import Estimate

__all__ = ["Curve", "Estimate", "LearningCurves", "learning_curves"]
