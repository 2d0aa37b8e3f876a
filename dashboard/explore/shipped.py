"""Results that ship beside the models, so that first pictures cost nothing."""

from __future__ import annotations

from tqdm import tqdm

from dashboard.explore import presets
from icl_core.library import Library
from icl_core.library.results import cached_curves
from icl_core.library.start import start
from icl_core.specs import Experiment


def experiments(library: Library) -> list[Experiment]:
    """What the bare page and every preset draw, and each of them before its shift."""
    models = library.specs()
    shown = [start(models)]
    shown += [settings.experiment for settings in presets.available(models).values()]
    return list(dict.fromkeys([*shown, *(each.unshifted for each in shown)]))


def ship(library: Library) -> int:
    """Writes the results beside the shipped models, in place of older ones. Returns how many."""
    for path in (library.shipped / "results").glob("*.json"):
        path.unlink()
    shipping = Library(library.shipped, library.shipped)
    wanted = experiments(shipping)
    for experiment in tqdm(wanted, unit="result", disable=None):
        cached_curves(experiment, shipping)
    return len(wanted)
