"""Sweeps over families worth keeping: one learner's errors by sweep and weights, shipped or computed once."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

from icl_core.evaluation.family_sweep import (
    FamilySweep,
    SweepCurve,
    ideal_sweep,
    measured_sweep,
    oracle_sweep,
)
from icl_core.library.results import load_once
from icl_core.library.store import Entry, Library
from icl_core.predictors import Network

VERSION = 1  # raised when the same specs no longer give the same numbers
IDEAL: dict[str, Callable[[FamilySweep], SweepCurve]] = {"bayes": ideal_sweep, "bayes_test": oracle_sweep}
"""The Bayes learners: with the pretraining prior, and with the family of the test."""

log = logging.getLogger(__name__)


def cached_ideal_sweep(sweep: FamilySweep, learner: str, library: Library) -> SweepCurve:
    """The errors of a learner of IDEAL: stored ones where there are, else computed and stored."""
    return _cached(library, f"{sweep.hash}-{learner}.json", "", lambda: IDEAL[learner](sweep))


def cached_model_sweep(sweep: FamilySweep, entry: Entry, library: Library) -> SweepCurve:
    """The errors of a library model: stored ones of just these weights, else computed and stored.

    Raises LibraryError if the model is damaged.
    """
    weights = entry.card.weights_sha256 if entry.card else ""
    name = f"{sweep.hash}-{entry.card.spec.hash if entry.card else entry.folder.name}.json"
    return _cached(library, name, weights, lambda: measured_sweep(sweep, Network(load_once(library, entry))))


def _cached(library: Library, name: str, weights: str, measure: Callable[[], SweepCurve]) -> SweepCurve:
    own = library.own / "sweeps"
    for folder in (library.shipped / "sweeps", own):
        stored = _read(folder / name, weights)
        if stored is not None:
            return stored
    curve = measure()
    _write(own / name, weights, curve)
    return curve


def _read(path: Path, weights: str) -> SweepCurve | None:
    try:
        data = json.loads(path.read_text())
        if (data["version"], data["weights_sha256"]) == (VERSION, weights):
            return SweepCurve.from_dict(data["curve"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("The stored sweep %s is damaged (%r): it is computed again.", path, error)
    return None


def _write(path: Path, weights: str, curve: SweepCurve) -> None:
    """A folder that cannot be written costs only the time to compute again."""
    data = {"version": VERSION, "weights_sha256": weights, "curve": curve.to_dict()}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(data, allow_nan=False))
        os.replace(draft, path)
    except OSError as error:
        log.warning("The folder %s cannot be written (%s).", path.parent, error.strerror)
