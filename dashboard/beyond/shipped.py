"""Sweeps that ship beside the models, so that the page's first pictures cost nothing."""

from __future__ import annotations

from tqdm import tqdm

from dashboard.beyond.knobs import SCENES
from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import SWEPT, current, start, sweep_of, with_scene
from icl_core.evaluation.family_sweep import FamilySweep
from icl_core.library import Library
from icl_core.library.sweeps import cached_ideal_sweep, cached_model_sweep
from icl_core.specs import Experiment


def experiments(library: Library) -> list[Experiment]:
    """One experiment for each sweep of the page's pictures."""
    first = start(library.specs()).experiment
    shown = [with_scene(first, scene) for scene in SCENES.values()]
    return list({sweep_of(experiment).hash: experiment for experiment in shown}.values())


def ship(library: Library) -> int:
    """Writes the sweeps beside the shipped models, in place of older ones. Returns how many."""
    for path in (library.shipped / "sweeps").glob("*.json"):
        path.unlink()
    shipping = Library(library.shipped, library.shipped)
    wanted = [
        (sweep_of(experiment), name, Learners.of(experiment.pretraining, shipping))
        for experiment in experiments(shipping)
        for name in SWEPT[current(experiment).parameter]
    ]
    return sum(_keep(*each, shipping) for each in tqdm(wanted, unit="sweep", disable=None))


def _keep(sweep: FamilySweep, name: str, learners: Learners, library: Library) -> bool:
    """Measures a learner and stores the sweep; False for a model that the library lacks."""
    entry = learners.entries.get(name)
    if entry is not None:
        cached_model_sweep(sweep, entry, library)
    elif name in learners.available(sweep.parameter):
        cached_ideal_sweep(sweep, name, library)
    else:
        return False
    return True
