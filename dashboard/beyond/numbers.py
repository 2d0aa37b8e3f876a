"""The page's numbers: computed or read once for all viewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.beyond.view import SWEPT, USUAL, BeyondView, sweep_of
from dashboard.one_input.learners import bayes_learner, input_grid
from dashboard.one_input.models import beside
from icl_core.evaluation.family_sweep import FamilySweep, SweepCurve
from icl_core.evaluation.prompt_functions import PromptFunctions, drawn_prompt, prompt_functions
from icl_core.library import Card, Entry, Library, LibraryError
from icl_core.library.results import load_once
from icl_core.library.sweeps import cached_ideal_sweep, cached_model_sweep
from icl_core.predictors import Network
from icl_core.specs import Experiment, Pretraining

MOST_KEPT = 256

Curves = Mapping[str, SweepCurve]


@dataclass(frozen=True)
class Learners:
    """Library models by role (the main one is 'transformer'), and what is damaged, in sentences."""

    entries: Mapping[str, Entry]
    faults: tuple[str, ...]

    @classmethod
    def of(cls, main: Pretraining, library: Library) -> Learners:
        entries = dict(beside(main, library))
        entry = library.find(main.hash)
        if entry is not None:
            entries = {"transformer": entry, **entries}
        faults = {role: _fault(entry, library) for role, entry in entries.items()}
        sound = {role: entry for role, entry in entries.items() if not faults[role]}
        return cls(sound, tuple(fault for fault in faults.values() if fault))

    def available(self, parameter: str) -> tuple[str, ...]:
        """Learners that can be shown; the one that knows the test's family only for combinations."""
        ideal = ("bayes", "bayes_test") if parameter == "alpha" else ("bayes",)
        return (*self.entries, *ideal)

    def shown(self, parameter: str, view: BeyondView, *, swept: bool) -> tuple[str, ...]:
        """Those asked for, else the usual ones of the sweep or of the drawn functions."""
        available = self.available(parameter)
        asked = tuple(name for name in available if name in view.show)
        usual = SWEPT if swept else USUAL
        return asked or tuple(name for name in available if name in usual[parameter])  # type: ignore[index]

    def cards(self, names: tuple[str, ...]) -> dict[str, Card]:
        """The cards of those named learners that are library models, by role."""
        found = {name: self.entries[name].card for name in names if name in self.entries}
        return {name: card for name, card in found.items() if card is not None}


def swept(experiment: Experiment, learners: Learners, names: tuple[str, ...], library: Library) -> Curves:
    """The sweep's curves of the named learners."""
    sweep = sweep_of(experiment)
    return {name: _sweep_curve(sweep, name, learners.entries.get(name), library) for name in names}


def drawn(
    experiment: Experiment, number: int, learners: Learners, names: tuple[str, ...], library: Library
) -> PromptFunctions:
    """The named learners' functions on one prompt."""
    weights = tuple((name, _weights(learners.entries.get(name))) for name in names)
    return _drawn(experiment.hash, number, weights, experiment, learners, library)


def _sweep_curve(sweep: FamilySweep, name: str, entry: Entry | None, library: Library) -> SweepCurve:
    return _curve(sweep.hash, name, _weights(entry), sweep, entry, library)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _curve(
    sweep_hash: str,
    name: str,
    weights: str,
    _sweep: FamilySweep,
    _entry: Entry | None,
    _library: Library,
) -> SweepCurve:
    """Keyed by what determines the numbers: the sweep's hash, the learner and its weights."""
    if _entry is None:
        return cached_ideal_sweep(_sweep, name, _library)
    return cached_model_sweep(_sweep, _entry, _library)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _drawn(
    experiment_hash: str,
    number: int,
    weights: tuple[tuple[str, str], ...],
    _experiment: Experiment,
    _learners: Learners,
    _library: Library,
) -> PromptFunctions:
    """Keyed by the test, the prompt's number, and the learners with their weights."""
    pretraining = _experiment.pretraining
    grid = input_grid(pretraining)
    ideal = {
        "bayes": bayes_learner(pretraining, pretraining.mixture, pretraining.noise_variance),
        "bayes_test": bayes_learner(pretraining, _experiment.mixture, _experiment.test_noise_variance),
    }
    names = [name for name, _ in weights]
    networks = {
        name: Network(load_once(_library, _learners.entries[name])) for name in names if name not in ideal
    }
    asked = {name: learner for name, learner in ideal.items() if name in names}
    return prompt_functions(drawn_prompt(_experiment, number, grid), grid, networks, asked, ideal["bayes"])


def _weights(entry: Entry | None) -> str:
    return entry.card.weights_sha256 if entry and entry.card else ""


def _fault(entry: Entry, library: Library) -> str:
    """Why a model cannot be used, in a sentence; empty where it can."""
    try:
        load_once(library, entry)
    except LibraryError as error:
        return str(error)
    return ""
