"""Sweeps over families worth keeping: one learner's errors by sweep and weights, shipped or computed once."""

from __future__ import annotations

from collections.abc import Callable

from icl_core.evaluation.family_sweep import (
    FamilySweep,
    SweepCurve,
    ideal_sweep,
    measured_sweep,
    oracle_sweep,
)
from icl_core.library.json_store import JsonStore
from icl_core.library.results import load_once
from icl_core.library.store import Entry, Library
from icl_core.predictors import Network

VERSION = 1  # raised when the same specs no longer give the same numbers
FOLDER = "sweeps"
IDEAL: dict[str, Callable[[FamilySweep], SweepCurve]] = {"bayes": ideal_sweep, "bayes_test": oracle_sweep}
"""The Bayes learners: with the pretraining prior, and with the family of the test."""


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
    store, name = JsonStore.beside(library, FOLDER, VERSION), f"{sweep.hash}-{learner}.json"
    key = {"weights_sha256": weights}
    stored = store.read(name, key, lambda data: _fitting(SweepCurve.from_dict(data["curve"]), sweep))
    if stored is not None:
        return stored
    curve = measure()
    store.write(name, key, {"curve": curve.to_dict()})
    return curve


def _fitting(curve: SweepCurve, sweep: FamilySweep) -> SweepCurve:
    """The curve itself; raises ValueError where it is of another shape than the sweep's."""
    shape = (len(sweep.values), sweep.pretraining.context_length + 1)
    if any(values.shape != shape for values in (curve.mean, curve.low, curve.high)):
        raise ValueError(f"it holds a table of another shape than {shape}")
    return curve
