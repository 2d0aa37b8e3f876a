"""Sweeps over families worth keeping: one learner's errors by sweep and weights, shipped or computed once."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

from icl_core.evaluation.family_sweep import (
    FamilySweep,
    SweepCurve,
    ideal_sweep,
    measured_sweep,
    oracle_sweep,
)
from icl_core.files import atomic_write
from icl_core.library.results import load_once
from icl_core.library.store import Entry, Library
from icl_core.predictors import Network

VERSION = 1  # raised when the same specs no longer give the same numbers
IDEAL: dict[str, Callable[[FamilySweep], SweepCurve]] = {"bayes": ideal_sweep, "bayes_test": oracle_sweep}
"""The Bayes learners: with the pretraining prior, and with the family of the test."""

log = logging.getLogger(__name__)


def cached_ideal_sweep(sweep: FamilySweep, learner: str, library: Library) -> SweepCurve:
    """The errors of a learner of IDEAL: stored ones where there are, else computed and stored."""
    return _cached(library, sweep, learner, "", lambda: IDEAL[learner](sweep))


def cached_model_sweep(sweep: FamilySweep, entry: Entry, library: Library) -> SweepCurve:
    """The errors of a library model: stored ones of just these weights, else computed and stored.

    Raises LibraryError if the model is damaged.
    """
    weights = entry.card.weights_sha256 if entry.card else ""
    learner = entry.card.spec.hash if entry.card else entry.folder.name

    def measure() -> SweepCurve:
        return measured_sweep(sweep, Network(load_once(library, entry)))

    return _cached(library, sweep, learner, weights, measure)


def _cached(
    library: Library, sweep: FamilySweep, learner: str, weights: str, measure: Callable[[], SweepCurve]
) -> SweepCurve:
    own, name = library.own / "sweeps", f"{sweep.hash}-{learner}.json"
    for folder in (library.shipped / "sweeps", own):
        stored = _read(folder / name, weights, sweep)
        if stored is not None:
            return stored
    curve = measure()
    _write(own / name, weights, curve)
    return curve


def _read(path: Path, weights: str, sweep: FamilySweep) -> SweepCurve | None:
    try:
        data = json.loads(path.read_text())
        if (data["version"], data["weights_sha256"]) == (VERSION, weights):
            return _fitting(SweepCurve.from_dict(data["curve"]), sweep)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("The stored sweep %s is damaged (%r): it is computed again.", path, error)
    return None


def _fitting(curve: SweepCurve, sweep: FamilySweep) -> SweepCurve:
    """The curve itself; raises ValueError where it is of another shape than the sweep's."""
    shape = (len(sweep.values), sweep.pretraining.context_length + 1)
    if any(values.shape != shape for values in (curve.mean, curve.low, curve.high)):
        raise ValueError(f"it holds a table of another shape than {shape}")
    return curve


def _write(path: Path, weights: str, curve: SweepCurve) -> None:
    """A folder that cannot be written costs only the time to compute again."""
    data = {"version": VERSION, "weights_sha256": weights, "curve": curve.to_dict()}
    try:
        atomic_write(path, json.dumps(data, allow_nan=False).encode())
    except OSError as error:
        log.warning("The folder %s cannot be written (%s).", path.parent, error.strerror)
