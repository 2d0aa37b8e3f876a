"""The training of a library model as a chart that plays, and its words."""

from __future__ import annotations

import numpy as np

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.texts import joined, t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from dashboard.models.code import stem
from dashboard.say.amounts import error
from dashboard.say.describe import names_in
from dashboard.say.trainings import least_squares, training_labels
from icl_core.figures.training_curve import TrainingCurve, training_curve_figure
from icl_core.library import Card


def training_curve(card: Card) -> TrainingCurve:
    """The card's checkpoints, with the exact error of least squares beside each family that has one."""
    spec = card.spec
    errors = np.array([snapshot.errors for snapshot in card.history])  # [S, F, K+1]
    return TrainingCurve(
        tuple(snapshot.step for snapshot in card.history), spec.mixture, errors, least_squares(spec)
    )


def halfway(card: Card) -> int:
    """The k at which the training is read aloud: half of the trained length."""
    return max(1, card.spec.context_length // 2)


def reading(card: Card) -> str:
    """How far the training came, at k = K/2, family by family."""
    k, first, last = halfway(card), card.history[0], card.history[-1]
    names = names_in(card.spec.mixture)
    fell = [
        t(
            "library.reading.family",
            family=name,
            before=error(first.errors[position][k]),
            after=error(last.errors[position][k]),
        )
        for position, name in enumerate(names.values())
    ]
    return t(
        "library.reading",
        name=card.name,
        k=k,
        first=f"{first.step:,}",
        last=f"{last.step:,}",
        fell=joined("clauses", fell),
    )


def draw_training(card: Card, presentation: Presentation) -> None:
    """The chart, with its sentence as alternative text."""
    figure = training_curve_figure(
        training_curve(card),
        training_labels(names_in(card.spec.mixture)),
        read_out=halfway(card),
        theme=figure_theme(presentation),
        compact=is_narrow(),
    )
    draw_chart(figure, "training", alt=reading(card), stem=stem(card), camera="hover")
