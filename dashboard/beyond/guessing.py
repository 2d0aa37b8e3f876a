"""Predict first: the transformer's function of a prompt is guessed before any is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.frame.hand import Question, say_score
from dashboard.frame.texts import t
from icl_core.evaluation.prompt_functions import PromptFunctions, input_range
from icl_core.specs import Experiment

SCORED = ("transformer", "ols", "bayes", "bayes_test")
"""Whom a guess is compared with, beside the true function."""


def question(experiment: Experiment, number: int, k: int, drawn: PromptFunctions) -> Question:
    """Which function goes through the first k examples of this prompt?"""
    return Question(("functions", experiment.hash, number, k), drawn.grid)


def say(
    question: Question, experiment: Experiment, drawn: PromptFunctions, names: Mapping[str, str], k: int
) -> None:
    """How near the guess came to each learner and to the truth."""
    answers = {names[name]: drawn.functions[name][k] for name in SCORED if name in drawn.functions}
    if drawn.prompt.truth is not None:
        answers[t("beyond.truth")] = drawn.prompt.truth
    say_score(question, answers, input_range(experiment.pretraining))
