"""The page's numbers: computed or read once for all viewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.beyond.view import SCENES, SWEPT, USUAL, BeyondView, current, sweep_of, usual, with_scene
from dashboard.frame.shared import answer, once
from dashboard.frame.texts import said
from icl_core.evaluation.family_sweep import SweepCurve
from icl_core.evaluation.prompt_functions import (
    PromptFunctions,
    bayes_learner,
    drawn_prompt,
    input_grid,
    prompt_functions,
)
from icl_core.library import Card, Entry, Library, LibraryError, load_once
from icl_core.library.finding import beside, main_model
from icl_core.library.ladder import RECIPES
from icl_core.library.questions import SweepErrors
from icl_core.predictors import LeastSquares, Network, Predictor, SmoothInterpolator
from icl_core.specs import Experiment, Pretraining

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
    return {name: answer(_question(experiment, name, learners), library) for name in names}


def first_asked(library: Library) -> list[SweepErrors]:
    """The sweeps of the page's pictures, and the narrow rung's along the mixture, of every usual learner that
    can be shown."""
    first = usual(main_model(library.specs()))
    shown = [with_scene(first, scene) for scene in SCENES.values()]
    shown += [usual(spec) for spec in library.specs().values() if spec == RECIPES["narrow"]]
    found: dict[SweepErrors, None] = {}
    for experiment in shown:
        learners, parameter = Learners.of(experiment.pretraining, library), current(experiment).parameter
        names = [name for name in SWEPT[parameter] if name in learners.available(parameter)]
        found |= dict.fromkeys(_question(experiment, name, learners) for name in names)
    return list(found)


def _question(experiment: Experiment, name: str, learners: Learners) -> SweepErrors:
    (card,) = learners.cards((name,)).values() or (None,)
    return SweepErrors(sweep_of(experiment), card.spec.hash if card else name)


def drawn(
    experiment: Experiment, number: int, learners: Learners, names: tuple[str, ...], library: Library
) -> PromptFunctions:
    """The named learners' functions on one prompt."""
    weights = tuple((name, _weights(learners.entries.get(name))) for name in names)
    key = ("drawn", experiment.hash, number, weights)
    return once(key, lambda: _drawn(experiment, number, learners, names, library))


def _drawn(
    experiment: Experiment, number: int, learners: Learners, names: tuple[str, ...], library: Library
) -> PromptFunctions:
    pretraining = experiment.pretraining
    grid = input_grid(pretraining)
    ideal = {
        "bayes": bayes_learner(pretraining, pretraining.mixture, pretraining.noise_variance),
        "bayes_test": bayes_learner(pretraining, experiment.mixture, experiment.test_noise_variance),
    }
    predictors: dict[str, Predictor] = {
        name: Network(load_once(library, learners.entries[name]))
        for name in names
        if name in learners.entries
    }
    if "ols" in names:
        predictors["ols"] = LeastSquares()
    if "smooth" in names:
        predictors["smooth"] = SmoothInterpolator()
    asked = {name: learner for name, learner in ideal.items() if name in names}
    prompt = drawn_prompt(experiment, number, grid)
    return prompt_functions(prompt, grid, predictors, asked, ideal["bayes"])


def _weights(entry: Entry | None) -> str:
    return entry.card.weights_sha256 if entry and entry.card else ""


def _fault(entry: Entry, library: Library) -> str:
    """Why a model cannot be used, in a sentence; empty where it can."""
    try:
        load_once(library, entry)
    except LibraryError as error:
        return said(error)
    return ""
