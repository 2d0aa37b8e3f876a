"""What every chart of a training says: its labels, and the exact error of least squares beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dashboard.frame.texts import t
from dashboard.say.describe import family_name
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.figures.training_curve import TrainingLabels
from icl_core.specs import Evaluation, Experiment, Pretraining


def least_squares(spec: Pretraining) -> dict[str, np.ndarray]:
    """The exact error of least squares by name: one line for the families that share it."""
    lines: dict[str, np.ndarray] = {}
    for family in spec.mixture.families:
        evaluation = Evaluation(context_length=spec.context_length, function_class=family)
        exact = ClosedForm.of(Experiment(spec, evaluation)).lines.get("ols")
        if exact is None or not np.isfinite(exact).all():
            continue
        if not any(np.allclose(exact, line) for line in lines.values()):
            lines[t("library.reference", family=family_name(family)) if lines else t("method.ols")] = exact
    return lines


def training_labels(families: Mapping[str, str]) -> TrainingLabels:
    """The texts of a training's figures; families by their names in the mixture."""
    return TrainingLabels(
        families=families,
        context_length=t("figure.context_length"),
        error=t("figure.error"),
        steps=t("library.steps"),
        learning_curve=t("library.learning_curve"),
        at=t("library.at"),
        play=t("library.play"),
        pause=t("library.pause"),
        prefix=t("library.prefix"),
    )
