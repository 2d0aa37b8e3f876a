"""Numbers on task pools worth keeping: sweeps over the pool's size, and the learners' curves on one pool."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icl_core.evaluation import Curve, LearningCurves
from icl_core.evaluation.curves import curve_at
from icl_core.evaluation.task_diversity import SIZES, PoolSweep, pool_sweep, with_pool
from icl_core.library.json_store import JsonStore
from icl_core.library.results import Part, cached_curves, load_once, stored_curves
from icl_core.library.store import Library, LibraryError
from icl_core.library.task_diversity import data_of
from icl_core.predictors import Network
from icl_core.specs import Experiment

Array = NDArray[np.float64]

VERSION = 1  # of sweeps: raised when the same specs no longer give the same numbers
FOLDER = "pools"
LEARNERS = Part(FOLDER, ("transformer", "dmmse", "ridge", "lsa"))
"""The model, the two ideals, and linear attention trained on the same tasks."""


def cached_pool_sweep(experiment: Experiment, k: int, library: Library) -> PoolSweep:
    """The ideals and linear attention at every size: a stored sweep where there is one, else computed.

    It depends on the data, on the pool's seed and on the prompts; which model or pool is looked at does not
    matter.
    """
    swept, store, name = _place(experiment, k, library)
    stored = store.read(name, {}, lambda data: _decoded(data, swept, k))
    if stored is not None:
        return stored
    found = pool_sweep(swept, k)
    store.write(name, {}, _encoded(found, swept))
    return found


def cached_pool_curves(
    experiment: Experiment, size: int | None, tasks: str, library: Library
) -> LearningCurves:
    """Curves of the LEARNERS on a pool of this size, on its tasks or on new ones: stored, or computed once.

    Raises LibraryError if the library's model of the experiment's pretraining with this pool is damaged.
    """
    return cached_curves(with_pool(experiment, size, tasks), library, LEARNERS)


def stored_pool_curves(
    experiment: Experiment, size: int | None, tasks: str, library: Library
) -> LearningCurves | None:
    """What `cached_pool_curves` has computed before; None if nothing."""
    return stored_curves(with_pool(experiment, size, tasks), library, LEARNERS)


def pool_model_at(experiment: Experiment, size: int | None, tasks: str, k: int, library: Library) -> Curve:
    """The model's curve of `cached_pool_curves` with k pairs alone, in a fraction of the time: never stored.

    Raises LibraryError where the library has no such model, or a damaged one.
    """
    tested = with_pool(experiment, size, tasks)
    entry = library.find(tested.pretraining.hash)
    if entry is None:
        raise LibraryError("The model has left the library: open the page again.")
    return curve_at(tested, Network(load_once(library, entry)), k)


def _place(experiment: Experiment, k: int, library: Library) -> tuple[Experiment, JsonStore, str]:
    """The experiment without what does not matter, the store, and the file's name."""
    data = replace(data_of(experiment.pretraining), seed=experiment.pretraining.seed)
    swept = with_pool(replace(experiment, pretraining=data), None, "new")
    return swept, JsonStore.beside(library, FOLDER, VERSION), f"sweep-{swept.hash}-{k}.json"


def _encoded(found: PoolSweep, swept: Experiment) -> dict[str, Any]:
    return {
        "spec": swept.to_dict(),
        "k": found.k,
        "sizes": list(found.sizes),
        "estimates": {
            tasks: {
                name: {"mean": _plain(curve.mean), "low": _plain(curve.low), "high": _plain(curve.high)}
                for name, curve in curves.items()
            }
            for tasks, curves in found.estimates.items()
        },
        "exact": {
            tasks: {name: _plain(line) for name, line in lines.items()}
            for tasks, lines in found.exact.items()
        },
        "unlimited": found.unlimited,
    }


def _decoded(data: Mapping[str, Any], swept: Experiment, k: int) -> PoolSweep:
    """The stored sweep; raises ValueError where it is of another experiment, k or range of sizes."""
    if Experiment.from_dict(data["spec"]) != swept or data["k"] != k or tuple(data["sizes"]) != SIZES:
        raise ValueError(f"it holds another sweep than that of {swept.hash} at {k}")
    estimates = {
        tasks: {
            name: Curve(_line(curve["mean"]), _line(curve["low"]), _line(curve["high"]))
            for name, curve in curves.items()
        }
        for tasks, curves in data["estimates"].items()
    }
    exact = {
        tasks: {name: _line(line) for name, line in lines.items()} for tasks, lines in data["exact"].items()
    }
    if not estimates.keys() == exact.keys() == {"new", "seen"}:
        raise ValueError("it does not hold new and seen tasks")
    return PoolSweep(SIZES, k, estimates, exact, float(data["unlimited"]))


def _plain(line: Array) -> list[float | None]:
    """The numbers, null in place of those that are not finite."""
    return [value if math.isfinite(value) else None for value in line.tolist()]


def _line(values: list[float | None]) -> Array:
    line = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if line.shape != (len(SIZES),):
        raise ValueError(f"its lines do not have {len(SIZES)} entries")
    return line
