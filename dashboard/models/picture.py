"""The training of a library model as a chart that plays, and its words."""

from __future__ import annotations

import numpy as np

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from dashboard.models.code import stem
from dashboard.models.words import halfway, reading
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
