"""Sweeps over pool sizes for the Task diversity page, computed once for all viewers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.frame import ahead
from dashboard.frame.pretraining import closed_form
from icl_core.evaluation import Curve, LearningCurves
from icl_core.evaluation.task_diversity import PoolSweep, with_pool
from icl_core.library import Card, Library, LibraryError
from icl_core.library.pool_results import (
    cached_pool_curves,
    cached_pool_sweep,
    pool_model_at,
    stored_pool_curves,
)
from icl_core.library.results import load_once
from icl_core.library.task_diversity import pool_models
from icl_core.specs import Experiment, Pretraining

MOST_KEPT = 256  # some 10 kB each

Key = tuple[str, str]
"""What determines a model's curves: the tested experiment's hash and the model's weights."""
Place = tuple[Experiment, int | None, str, Library]
"""The experiment, the pool's size, whose tasks, and where the model is."""


class _Unmeasured(Exception):
    """A model's curve is not stored."""


@dataclass(frozen=True)
class Setting:
    """The experiment with the pool looked at, the library's models by pool size, faults of damaged ones."""

    experiment: Experiment
    models: dict[int | None, Card]
    faults: tuple[str, ...]

    @property
    def pretraining(self) -> Pretraining:
        return self.experiment.pretraining


def setting(experiment: Experiment, library: Library) -> Setting:
    """The library's models for the experiment; a damaged one counts as lacking."""
    models, faults = {}, []
    for size, card in pool_models(library, experiment.pretraining).items():
        entry = library.find(card.spec.hash)
        try:
            assert entry is not None  # cards come from entries
            load_once(library, entry)
            models[size] = card
        except LibraryError as error:
            faults.append(str(error))
    return Setting(experiment, models, tuple(faults))


def sweep(now: Setting, k: int, library: Library) -> PoolSweep:
    """The ideals and linear attention at every size."""
    return _sweep(with_pool(now.experiment, None, "new").hash, k, now.experiment, library)


def trained(now: Setting, tasks: str, k: int, library: Library) -> dict[int | None, Curve]:
    """The curves of the library's models by pool size, on new tasks or on those of the model's pool.

    One that was not measured before is so at k alone (other entries are NaN), which takes a fraction of the
    time, and at every k while the picture is being looked at.
    """
    found, unmeasured, rest = {}, [], []
    for size, card in now.models.items():
        if size is None and tasks == "seen":
            continue
        asked = Experiment(card.spec, now.experiment.evaluation)
        place = (asked, size, tasks, library)
        key = (with_pool(asked, size, tasks).hash, card.weights_sha256)
        try:
            found[size] = _stored(key, place).curves["transformer"]
        except _Unmeasured:
            found[size] = _model_at(k, key, place)
            unmeasured.append(key)
            rest.append(partial(cached_pool_curves, asked, size, tasks, library))
    if rest:
        ahead.shared().measure((library, *unmeasured), rest)
    return found


def at_pool(now: Setting, tasks: str, library: Library) -> LearningCurves:
    """Learning curves at the pool looked at, with its model where there is one."""
    size = now.pretraining.task_pool
    card = now.models.get(size)
    pretraining = card.spec if card else closed_form(now.pretraining)
    asked = Experiment(pretraining, now.experiment.evaluation)
    weights = card.weights_sha256 if card else ""
    return _curves((with_pool(asked, size, tasks).hash, weights), (asked, size, tasks, library))


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _sweep(experiment_hash: str, k: int, _experiment: Experiment, _library: Library) -> PoolSweep:
    return cached_pool_sweep(_experiment, k, _library)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _curves(key: Key, _place: Place) -> LearningCurves:
    return cached_pool_curves(*_place)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _stored(key: Key, _place: Place) -> LearningCurves:
    found = stored_pool_curves(*_place)
    if found is None:
        raise _Unmeasured
    return found


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _model_at(k: int, key: Key, _place: Place) -> Curve:
    experiment, size, tasks, library = _place
    return pool_model_at(experiment, size, tasks, k, library)
