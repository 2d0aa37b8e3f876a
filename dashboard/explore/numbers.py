"""Learning curves for pages: computed or read once for all viewers, and what could not be had."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.frame.pretraining import closed_form, is_closed_form
from dashboard.say.describe import is_shifted
from icl_core.evaluation import LearningCurves
from icl_core.library import Card, Library, LibraryError
from icl_core.library.results import cached_curves
from icl_core.specs import Experiment, Pretraining

MOST_KEPT = 512  # learning curves in memory, some 10 kB each


@dataclass(frozen=True)
class Outcome:
    """The curves of an experiment, the same without its shift (None: there is none), and the model's card.

    `lacks_model`: a trained model was asked for, and the library does not have it. `faults` are sentences
    about what is damaged.
    """

    curves: LearningCurves
    unshifted: LearningCurves | None
    card: Card | None
    lacks_model: bool
    faults: tuple[str, ...] = ()


def explored(experiment: Experiment, library: Library) -> Outcome:
    """The experiment with the library's model; where that is missing or damaged, without a trained model."""
    try:
        card = card_of(experiment.pretraining, library)
        return _outcome(experiment, library, card)
    except LibraryError as error:
        formula = replace(experiment, pretraining=closed_form(experiment.pretraining))
        return replace(_outcome(formula, library, None), lacks_model=True, faults=(str(error),))


def card_of(pretraining: Pretraining, library: Library) -> Card | None:
    """The card of the library's model with exactly this spec."""
    entry = library.find(pretraining.hash)
    return entry.card if entry else None


def _outcome(experiment: Experiment, library: Library, card: Card | None) -> Outcome:
    weights = card.weights_sha256 if card else ""
    curves = _curves(experiment.hash, weights, experiment, library)
    before = None
    if is_shifted(experiment):
        original = experiment.unshifted
        before = _curves(original.hash, weights, original, library)
    lacks_model = card is None and not is_closed_form(experiment.pretraining)
    return Outcome(curves, before, card, lacks_model)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _curves(
    experiment_hash: str, weights_sha256: str, _experiment: Experiment, _library: Library
) -> LearningCurves:
    """Keyed by what determines the numbers: the experiment's hash and the weights."""
    return cached_curves(_experiment, _library)
