"""What ships beside the models for Task diversity, so that both its pictures at first cost a few files."""

from __future__ import annotations

from dataclasses import replace

from tqdm import tqdm

from dashboard.diversity.view import start
from icl_core.library import Library
from icl_core.library.pool_results import FOLDER, cached_pool_curves, cached_pool_sweep
from icl_core.library.task_diversity import pool_models
from icl_core.specs import Experiment


def tested(library: Library) -> list[tuple[Experiment, int | None, str]]:
    """What the models of the bare page's setting are tested on: new tasks, and those of their pools."""
    first = start(library)
    return [
        (replace(first, pretraining=card.spec), size, tasks)
        for size, card in pool_models(library, first.pretraining).items()
        for tasks in (("new",) if size is None else ("new", "seen"))
    ]


def ship(library: Library) -> int:
    """Writes the sweep and the curves beside the shipped models, in place of older ones. Returns how many."""
    for path in (library.shipped / FOLDER).glob("*.json"):
        path.unlink()
    shipping = Library(library.shipped, library.shipped)
    first, wanted = start(shipping), tested(shipping)
    cached_pool_sweep(first, first.context_length, shipping)
    for experiment, size, tasks in tqdm(wanted, unit="curve", disable=None):
        cached_pool_curves(experiment, size, tasks, shipping)
    return 1 + len(wanted)
