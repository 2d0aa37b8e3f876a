"""Sweeps over pool sizes for the Task diversity page, computed once for all viewers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from dashboard.diversity.view import start
from dashboard.frame import ahead
from dashboard.frame.shared import address, answer, once, stored_answer
from dashboard.frame.texts import said
from icl_core.evaluation import Curve, LearningCurves
from icl_core.evaluation.task_diversity import PoolSweep
from icl_core.library import Card, Library, LibraryError, load_once
from icl_core.library.finding import closed_form, pool_models
from icl_core.library.kept import kept
from icl_core.library.questions import PoolCurves, PoolErrors
from icl_core.specs import Experiment, Pretraining


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
            faults.append(said(error))
    return Setting(experiment, models, tuple(faults))


def sweep(now: Setting, k: int, library: Library) -> PoolSweep:
    """The ideals and linear attention at every size."""
    return answer(PoolErrors(now.experiment, k), library)


def trained(now: Setting, tasks: str, k: int, library: Library) -> dict[int | None, Curve]:
    """The curves of the library's models by pool size, on new tasks or on those of the model's pool.

    One that was not measured before is so at k alone (other entries are NaN), which takes a fraction of the
    time, and at every k while the picture is being looked at.
    """
    found, unmeasured = {}, []
    for size, card in now.models.items():
        if size is None and tasks == "seen":
            continue
        asked = PoolCurves.of(Experiment(card.spec, now.experiment.evaluation), size, tasks)
        whole = stored_answer(asked, library)
        if whole is not None:
            found[size] = whole.curves["transformer"]
            continue
        unmeasured.append(asked)
        found[size] = once(("at", k, *address(asked, library)), partial(asked.model_at, k, library))
    if unmeasured:
        ahead.shared().measure(
            (library, *unmeasured), [partial(kept, asked, library) for asked in unmeasured]
        )
    return found


def at_pool(now: Setting, tasks: str, library: Library) -> LearningCurves:
    """Learning curves at the pool looked at, with its model where there is one."""
    size = now.pretraining.task_pool
    card = now.models.get(size)
    pretraining = card.spec if card else closed_form(now.pretraining)
    return answer(PoolCurves.of(Experiment(pretraining, now.experiment.evaluation), size, tasks), library)


def first_asked(library: Library) -> list[PoolErrors | PoolCurves]:
    """The sweep of the bare page's setting, and its models on new tasks and on those of their pools."""
    first = start(library)
    curves = [
        PoolCurves.of(Experiment(card.spec, first.evaluation), size, tasks)
        for size, card in pool_models(library, first.pretraining).items()
        for tasks in (("new",) if size is None else ("new", "seen"))
    ]
    return [PoolErrors(first, first.context_length), *curves]
