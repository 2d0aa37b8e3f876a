"""Evaluations worth keeping: a learning curve's JSON by model and evaluation, shipped or computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.evaluation.curves import LearningCurves, learning_curves
from icl_core.evaluation.suite import suite, unregularised
from icl_core.library.json_store import JsonStore
from icl_core.library.store import Entry, Library
from icl_core.models import InContextNetwork
from icl_core.specs import Experiment

VERSION = 2  # raised when the same specs no longer give the same numbers

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """Those of the suite's learners that somebody shows (None: all), and the folder for their curves."""

    folder: str
    learners: tuple[str, ...] | None = None

    def of(self, lines: Mapping[str, T]) -> dict[str, T]:
        """The lines of these learners."""
        return {name: line for name, line in lines.items() if self.learners is None or name in self.learners}


WHOLE = Part("results")


def cached_curves(experiment: Experiment, library: Library, part: Part = WHOLE) -> LearningCurves:
    """The learning curves of an experiment: stored ones where there are, else computed and stored.

    The model is the library's, where it has it; without one the curves have everything but a model.
    Raises LibraryError if the library's model is damaged.
    """
    entry = library.find(experiment.pretraining.hash)
    store, name, key = _place(experiment, library, entry, part)
    stored = store.read(name, key, lambda data: _decoded(data, experiment))
    if stored is not None:
        return stored
    network = load_once(library, entry) if entry else None
    predictors, exact = part.of(suite(experiment, network)), part.of(ClosedForm.of(experiment).lines)
    curves = learning_curves(experiment, predictors, exact, unregularised(experiment))
    store.write(name, key, {"curves": curves.to_dict()})
    return curves


def stored_curves(experiment: Experiment, library: Library, part: Part = WHOLE) -> LearningCurves | None:
    """What `cached_curves` has computed before with just these weights; None if nothing."""
    store, name, key = _place(experiment, library, library.find(experiment.pretraining.hash), part)
    return store.read(name, key, lambda data: _decoded(data, experiment))


def load_once(library: Library, entry: Entry) -> InContextNetwork:
    """The entry's model, kept in memory for the next call while its card stays the same."""
    return _load(library, entry.folder, entry.card.weights_sha256 if entry.card else "")


@lru_cache(maxsize=8)
def _load(library: Library, folder: Path, weights_sha256: str) -> InContextNetwork:
    entry = library.find(folder.name)
    assert entry is not None
    return library.load(entry)


def _place(
    experiment: Experiment, library: Library, entry: Entry | None, part: Part
) -> tuple[JsonStore, str, dict[str, str]]:
    """The store, the file's name and its key for an experiment with this model."""
    name = f"{experiment.pretraining.hash}-{experiment.evaluation.hash}.json"
    key = {"weights_sha256": entry.card.weights_sha256 if entry and entry.card else ""}
    if part.learners is not None:
        key["learners"] = " ".join(part.learners)
    return JsonStore.beside(library, part.folder, VERSION), name, key


def _decoded(data: Mapping[str, Any], experiment: Experiment) -> LearningCurves:
    """The stored curves; raises ValueError where they are of another experiment or of another length."""
    curves = LearningCurves.from_dict(data["curves"])
    if curves.experiment != experiment:
        raise ValueError(f"it holds experiment {curves.experiment.hash}, not {experiment.hash}")
    points = experiment.context_length + 1
    lines = [line for curve in curves.curves.values() for line in (curve.mean, curve.low, curve.high)]
    if any(line.shape != (points,) for line in [*lines, *curves.exact.values()]):
        raise ValueError(f"it holds curves of another length than {points}")
    return curves
