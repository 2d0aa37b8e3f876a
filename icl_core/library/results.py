"""Evaluations worth keeping: a learning curve's JSON by model and evaluation, shipped or computed once."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from icl_core.evaluation.closed_forms import exact_lines
from icl_core.evaluation.curves import LearningCurves, learning_curves
from icl_core.evaluation.suite import suite, unregularised
from icl_core.files import atomic_write
from icl_core.library.store import Entry, Library
from icl_core.models import InContextNetwork
from icl_core.specs import Experiment

VERSION = 2  # raised when the same specs no longer give the same numbers
KEPT = 2000  # evaluations kept in the user's store; the oldest give way

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Results:
    """Learning curves stored under folders, the first of which may be shipped and the last is written to."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, library: Library) -> Results:
        """Those beside the library's models."""
        return cls((library.shipped / "results", library.own / "results"))

    def read(self, experiment: Experiment, weights_sha256: str) -> LearningCurves | None:
        """The stored curves of an experiment with just these weights; None if there are no sound ones."""
        for folder in self.folders:
            path = folder / _file_name(experiment)
            try:
                data: Mapping[str, Any] = json.loads(path.read_text())
                if data["version"] == VERSION and data["weights_sha256"] == weights_sha256:
                    return _fitting(LearningCurves.from_dict(data["curves"]), experiment)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.warning("The stored result %s is damaged (%r): it is computed again.", path, error)
        return None

    def write(self, curves: LearningCurves, weights_sha256: str) -> None:
        """Stores curves; a folder that cannot be written costs only the time to compute them again."""
        folder = self.folders[-1]
        path = folder / _file_name(curves.experiment)
        data = {"version": VERSION, "weights_sha256": weights_sha256, "curves": curves.to_dict()}
        try:
            atomic_write(path, json.dumps(data, allow_nan=False).encode())
            _prune(folder)
        except OSError as error:
            log.warning("The results folder %s cannot be written (%s).", folder, error.strerror)


def cached_curves(experiment: Experiment, library: Library) -> LearningCurves:
    """The learning curves of an experiment: stored ones where there are, else computed and stored.

    The model is the library's, where it has it; without one the curves have everything but a model.
    Raises LibraryError if the library's model is damaged.
    """
    entry = library.find(experiment.pretraining.hash)
    weights = entry.card.weights_sha256 if entry and entry.card else ""
    results = Results.of(library)
    stored = results.read(experiment, weights)
    if stored is not None:
        return stored
    network = load_once(library, entry) if entry else None
    predictors, exact = suite(experiment, network), exact_lines(experiment)
    curves = learning_curves(experiment, predictors, exact, unregularised(experiment))
    results.write(curves, weights)
    return curves


def load_once(library: Library, entry: Entry) -> InContextNetwork:
    """The entry's model, kept in memory for the next call while its card stays the same."""
    return _load(library, entry.folder, entry.card.weights_sha256 if entry.card else "")


@lru_cache(maxsize=8)
def _load(library: Library, folder: Path, weights_sha256: str) -> InContextNetwork:
    entry = library.find(folder.name)
    assert entry is not None
    return library.load(entry)


def _fitting(curves: LearningCurves, experiment: Experiment) -> LearningCurves:
    """The curves themselves; raises ValueError where they are of another experiment or of another length."""
    if curves.experiment != experiment:
        raise ValueError(f"it holds experiment {curves.experiment.hash}, not {experiment.hash}")
    points = experiment.context_length + 1
    lines = [line for curve in curves.curves.values() for line in (curve.mean, curve.low, curve.high)]
    if any(line.shape != (points,) for line in [*lines, *curves.exact.values()]):
        raise ValueError(f"it holds curves of another length than {points}")
    return curves


def _file_name(experiment: Experiment) -> str:
    return f"{experiment.pretraining.hash}-{experiment.evaluation.hash}.json"


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[: max(0, len(kept) - KEPT)]:
        path.unlink(missing_ok=True)
