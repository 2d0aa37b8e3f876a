"""Predict first: the curve of the model is guessed before any is drawn."""

from __future__ import annotations

import numpy as np

from dashboard.explore.words import protagonist
from dashboard.frame.hand import Question, say_score
from dashboard.frame.texts import t
from icl_core.evaluation import LearningCurves
from icl_core.figures import drawn_lines

WAITING = ("zero",)
"""What is drawn while the answer waits."""
SCORED = ("ols", "bayes")
"""Whom a guess is compared with beside the model."""


def question(curves: LearningCurves) -> Question:
    """How does the model's error fall with the examples?"""
    return Question(("curve", curves.experiment.hash), np.array(curves.context_lengths, dtype=np.float64))


def say(question: Question, curves: LearningCurves) -> None:
    """How near the guess came to the model and to its comparisons."""
    model = protagonist(curves)
    names = (*((model,) if model else ()), *SCORED)
    lines = {t(f"method.{name}"): line for name, line in drawn_lines(curves, names).items()}
    say_score(question, lines, (0, float(question.grid[-1])))
