"""Sweeps over pool sizes for the Task diversity page, computed once for all viewers."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.pretraining import closed_form
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.task_diversity import PoolSweep, pool_sweep, with_pool
from icl_core.library import Card, Library, LibraryError
from icl_core.library.results import cached_curves, load_once
from icl_core.library.task_diversity import pool_models
from icl_core.specs import Experiment, Pretraining

MOST_KEPT = 256  # some 10 kB each


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


def sweep(now: Setting, k: int) -> PoolSweep:
    """The ideals and linear attention at every size."""
    return _sweep(with_pool(now.experiment, None, "new").hash, k, now.experiment)


def trained(now: Setting, tasks: str, library: Library) -> dict[int | None, LearningCurves]:
    """Learning curves with each of the library's models, on new tasks or on those of its pool."""
    return {
        size: _with_model(now, size, tasks, library)
        for size in now.models
        if size is not None or tasks == "new"
    }


def at_pool(now: Setting, tasks: str, library: Library) -> LearningCurves:
    """Learning curves at the pool looked at, with its model where there is one."""
    return _with_model(now, now.pretraining.task_pool, tasks, library)


def _with_model(now: Setting, size: int | None, tasks: str, library: Library) -> LearningCurves:
    asked = with_pool(now.experiment, size, tasks)
    card = now.models.get(size)
    asked = Experiment(card.spec if card else closed_form(asked.pretraining), asked.evaluation)
    weights = card.weights_sha256 if card else ""
    return _curves(asked.hash, weights, asked, library)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _sweep(experiment_hash: str, k: int, _experiment: Experiment) -> PoolSweep:
    return pool_sweep(_experiment, k)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _curves(
    experiment_hash: str, weights_sha256: str, _experiment: Experiment, _library: Library
) -> LearningCurves:
    return cached_curves(_experiment, _library)
