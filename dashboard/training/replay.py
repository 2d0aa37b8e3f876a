"""A finished training as a chart that plays, and its words: of any library model, or of one just trained."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.texts import joined, plain, t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from dashboard.knobs.changes import State
from dashboard.say.amounts import error
from dashboard.say.describe import names_in
from dashboard.say.trainings import least_squares, training_labels
from icl_core.figures.training_curve import TrainingCurve, training_curve_figure
from icl_core.library import Card, Library
from icl_core.training.loop import VALIDATION_PROMPTS

WATCHED = "training_watched"


def watch(state: State) -> None:
    """Remembers that this viewer watches the page's model learn, to play it back to them afterwards."""
    st.session_state[WATCHED] = state.experiment.hash


def just_trained(state: State, library: Library) -> Card | None:
    """The card of the page's model where this viewer watched it learn, until they go on or turn a knob."""
    experiment = state.experiment
    if st.session_state.get(WATCHED) != experiment.hash:
        return None
    entry = library.find(experiment.pretraining.hash)
    return entry.card if entry else None


def go_on_button() -> None:
    """From the replay to the learning curve among all the others."""
    st.button(
        t("train.compare"),
        key="train_compare",
        icon=":material/show_chart:",
        type="primary",
        on_click=partial(st.session_state.pop, WATCHED, None),
    )


def title(card: Card) -> str:
    """Whose training is played."""
    return t("library.title", name=plain(card.name))


def draw_training(card: Card, presentation: Presentation) -> None:
    """The chart, with its sentence as alternative text."""
    figure = training_curve_figure(
        training_curve(card),
        training_labels(names_in(card.spec.mixture)),
        read_out=halfway(card),
        theme=figure_theme(presentation),
        compact=is_narrow(),
    )
    stem = f"icl-training-{card.spec.hash}"
    draw_chart(figure, "training", alt=reading(card), stem=stem, camera="hover")


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
    text = t(
        "library.reading",
        name=plain(card.name),
        k=k,
        first=f"{first.step:,}",
        last=f"{last.step:,}",
        fell=joined("clauses", fell),
        prompts=VALIDATION_PROMPTS,
    )
    return joined("sentences", filter(None, (text, _graded(card, k))))


def _graded(card: Card, k: int) -> str:
    """The same errors on the card's own prompts, which are more, where it has them at this k."""
    names, found = names_in(card.spec.mixture), [entry for entry in card.errors if entry.tasks == "new"]
    at = [(entry, entry.context_lengths.index(k)) for entry in found if k in entry.context_lengths]
    if not at:
        return ""
    said = [
        t(
            "library.reading.card",
            family=names.get(entry.family, entry.family),
            error=error(entry.mean[place]),
        )
        for entry, place in at
    ]
    return t("library.reading.graded", prompts=f"{found[0].prompts:,}", errors=joined("clauses", said))
