"""Comparisons that ship beside the models, so that the first curves and the first sweep cost a file each."""

from __future__ import annotations

from collections.abc import Iterator

from tqdm import tqdm

from dashboard.selection.view import USUAL, experiment_on, start, with_share
from icl_core.evaluation.selection import FamilyPair
from icl_core.library import Library
from icl_core.library.comparisons import FOLDER
from icl_core.library.selection import comparison, selection_models
from icl_core.specs import Experiment, FunctionClass


def experiments(library: Library) -> list[Experiment]:
    """What the bare page shows, and the other pairs that the library has a mixture of."""
    first = start(library)
    others = [experiment_on(with_share(library, pair, 0.5), first.evaluation) for pair in USUAL[1:]]
    return [first, *(each for each in others if each.pretraining.model.kind == "transformer")]


def compared(library: Library) -> Iterator[tuple[Experiment, FunctionClass]]:
    """Every family that the curves and the sweep over nonzero weights are drawn of."""
    for experiment in experiments(library):
        pair = FamilyPair.of(experiment.pretraining)
        counts = range(1, experiment.pretraining.dimension + 1)
        swept = [pair.with_nonzero(count) for count in counts]
        for family in dict.fromkeys([*experiment.mixture.families, *swept]):
            yield experiment, family


def ship(library: Library) -> int:
    """Writes the comparisons beside the shipped models, in place of older ones. Returns how many."""
    for path in (library.shipped / FOLDER).glob("*.json"):
        path.unlink()
    shipping = Library(library.shipped, library.shipped)
    wanted = list(compared(shipping))
    for experiment, family in tqdm(wanted, unit="comparison", disable=None):
        comparison(shipping, experiment, family, selection_models(shipping, experiment.pretraining))
    return len(wanted)
