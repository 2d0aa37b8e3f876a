"""The lab's numbers: every learner's function of the points, and the posterior over families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.frame.texts import said
from dashboard.lab.view import LabView, prompt_of
from icl_core.evaluation.prompt_functions import (
    Prompt,
    PromptFunctions,
    bayes_learner,
    input_range,
    prompt_functions,
)
from icl_core.library import Entry, Library, LibraryError, load_once
from icl_core.predictors import LeastSquares, Network, Predictor
from icl_core.specs import Mixture, Pretraining

Array = NDArray[np.float64]

MARGIN = 1.0  # inputs drawn beyond the trained ones, on both sides
GRID_POINTS = 113


@dataclass(frozen=True)
class Answer:
    """The functions; what kept a model from answering, in a sentence."""

    functions: PromptFunctions
    fault: str = ""

    def at_end(self, learner: str) -> Array | None:
        """A learner's function after all points [G]; None where it has none."""
        rows = self.functions.functions.get(learner)
        return None if rows is None else rows[-1]

    @property
    def posterior(self) -> dict[str, float]:
        """Probabilities of lines and of sinusoids, by kind of family."""
        return dict(zip(("dense", "sinusoid"), self.functions.posterior[-1].tolist(), strict=True))


def lab_grid(pretraining: Pretraining) -> Array:
    """The trained inputs and a margin."""
    low, high = input_range(pretraining)
    return np.linspace(low - MARGIN, high + MARGIN, GRID_POINTS)


def answer(view: LabView, pretraining: Pretraining, library: Library) -> Answer:
    """Every learner on the view's points."""
    grid = lab_grid(pretraining)
    return _answer(view, pretraining, library, prompt_of(view, pretraining, grid), grid)


def answers_at(view: LabView, pretraining: Pretraining, library: Library) -> dict[str, Array]:
    """What every learner says after all points at the view's queries."""
    prompt = prompt_of(view, pretraining, lab_grid(pretraining))
    found = _answer(view, pretraining, library, prompt, np.array(view.query, dtype=np.float64))
    return {name: rows[-1] for name, rows in found.functions.functions.items()}


def _answer(view: LabView, pretraining: Pretraining, library: Library, prompt: Prompt, grid: Array) -> Answer:
    sinusoid = pretraining.mixture.families[1]
    mixture = bayes_learner(pretraining, pretraining.mixture, view.noise**2)
    ideal = {
        "sinusoid_fit": bayes_learner(pretraining, Mixture.of(sinusoid), view.noise**2),
        "bayes": mixture,
    }
    predictors: dict[str, Predictor] = {"ols": LeastSquares()}
    network, fault = _network(library.find(pretraining.hash), library)
    if network is not None:
        predictors["transformer"] = network
    return Answer(prompt_functions(prompt, grid, predictors, ideal, mixture), fault)


def _network(entry: Entry | None, library: Library) -> tuple[Network | None, str]:
    if entry is None:
        return None, ""
    try:
        return Network(load_once(library, entry)), ""
    except LibraryError as error:
        return None, said(error)
