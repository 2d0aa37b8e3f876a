"""The questions whose answers are worth keeping: learning curves, comparisons, and sweeps."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from icl_core.evaluation import Curve, LearningCurves, learning_curves
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.evaluation.curves import curve_at
from icl_core.evaluation.family_sweep import (
    FamilySweep,
    SweepCurve,
    ideal_sweep,
    measured_sweep,
    oracle_sweep,
)
from icl_core.evaluation.selection import Comparison, compare, ideal_learners, on_family
from icl_core.evaluation.suite import suite, unregularised
from icl_core.evaluation.task_diversity import SIZES, PoolSweep, pool_sweep, with_pool
from icl_core.library.finding import SelectionModels
from icl_core.library.kept import Question
from icl_core.library.store import Library, load_once
from icl_core.predictors import Network, Predictor
from icl_core.specs import Evaluation, Experiment, FunctionClass

Array = NDArray[np.float64]
T = TypeVar("T")

IDEAL: dict[str, Callable[[FamilySweep], SweepCurve]] = {"bayes": ideal_sweep, "bayes_test": oracle_sweep}
"""The Bayes learners of a sweep: with the pretraining prior, and with the family of the test."""


@dataclass(frozen=True)
class Curves(Question[LearningCurves]):
    """The learning curves of an experiment: every method that the evaluation measures, and exact lines.

    The model is the library's, where it has it; without one the curves have everything but a model.
    """

    folder: ClassVar[str] = "results"
    version: ClassVar[int] = 2
    learners: ClassVar[tuple[str, ...] | None] = None
    """The methods that somebody shows; None: all."""

    experiment: Experiment

    @property
    def name(self) -> str:
        return f"{self.experiment.pretraining.hash}-{self.experiment.evaluation.hash}"

    def key(self, library: Library) -> dict[str, str]:
        """The weights and the methods: one more method to measure makes other curves."""
        key = {"weights_sha256": library.weights(self.experiment.pretraining.hash)}
        if self.learners is not None:
            key["learners"] = " ".join(self.learners)
        return key | {"methods": _listed(self._shown(suite(self.experiment, None)))}

    def keyed(self, data: Mapping[str, Any], key: Mapping[str, str]) -> bool:
        """The methods of a file are those it has curves of or whose refusal it tells, beside the model."""
        curves = data["curves"]
        found = {*curves["predictors"], *curves.get("refused", {})} - {self.experiment.pretraining.model.kind}
        return super().keyed({**data, "methods": _listed(found)}, key)

    def compute(self, library: Library) -> LearningCurves:
        experiment, entry = self.experiment, library.find(self.experiment.pretraining.hash)
        network = load_once(library, entry) if entry else None
        measured, exact = (
            self._shown(suite(experiment, network)),
            self._shown(ClosedForm.of(experiment).lines),
        )
        return learning_curves(experiment, measured, exact, unregularised(experiment))

    def encode(self, found: LearningCurves) -> dict[str, Any]:
        return {"curves": found.to_dict()}

    def decode(self, data: Mapping[str, Any]) -> LearningCurves:
        """Raises ValueError where the curves are of another experiment or of another length."""
        curves = LearningCurves.from_dict(data["curves"])
        if curves.experiment != self.experiment:
            raise ValueError(f"it holds experiment {curves.experiment.hash}, not {self.experiment.hash}")
        points = self.experiment.context_length + 1
        lines = [line for curve in curves.curves.values() for line in (curve.mean, curve.low, curve.high)]
        if any(line.shape != (points,) for line in [*lines, *curves.exact.values()]):
            raise ValueError(f"it holds curves of another length than {points}")
        return curves

    def _shown(self, lines: Mapping[str, T]) -> dict[str, T]:
        return {name: line for name, line in lines.items() if self.learners is None or name in self.learners}


@dataclass(frozen=True)
class PoolCurves(Curves):
    """Curves on one task pool: of the model, the two ideals, and linear attention trained on its tasks."""

    folder: ClassVar[str] = "pools"
    learners: ClassVar[tuple[str, ...] | None] = ("transformer", "dmmse", "ridge", "lsa")

    @classmethod
    def of(cls, experiment: Experiment, size: int | None, tasks: str) -> Self:
        """A pool of this size, tested on its own 'seen' tasks or on 'new' ones."""
        return cls(with_pool(experiment, size, tasks))

    def model_at(self, k: int, library: Library) -> Curve:
        """The model's curve with k pairs alone, in a fraction of the time: never stored.

        Raises LibraryError where the library has no such model, or a damaged one.
        """
        entry = library.present(self.experiment.pretraining.hash)
        return curve_at(self.experiment, Network(load_once(library, entry)), k)


@dataclass(frozen=True)
class PoolErrors(Question[PoolSweep]):
    """Errors of the ideals and of linear attention with k pairs, at every size of the pool.

    They depend on the data, on the pool's seed and on the prompts; which model or pool is looked at does not
    matter.
    """

    folder: ClassVar[str] = "pools"

    experiment: Experiment
    k: int

    @property
    def swept(self) -> Experiment:
        """The experiment without what does not matter."""
        asked = self.experiment.pretraining
        data = replace(asked.data, task_pool=None, seed=asked.seed)
        return with_pool(replace(self.experiment, pretraining=data), None, "new")

    @property
    def name(self) -> str:
        return f"sweep-{self.swept.hash}-{self.k}"

    def key(self, library: Library) -> dict[str, str]:
        return {}

    def compute(self, library: Library) -> PoolSweep:
        return pool_sweep(self.swept, self.k)

    def encode(self, found: PoolSweep) -> dict[str, Any]:
        return {
            "spec": self.swept.to_dict(),
            "k": found.k,
            "sizes": list(found.sizes),
            "estimates": {
                tasks: {name: _plain(curve) for name, curve in curves.items()}
                for tasks, curves in found.estimates.items()
            },
            "exact": {
                tasks: {name: _finite(line) for name, line in lines.items()}
                for tasks, lines in found.exact.items()
            },
            "unlimited": found.unlimited,
        }

    def decode(self, data: Mapping[str, Any]) -> PoolSweep:
        """Raises ValueError where the sweep is of another experiment, k or range of sizes."""
        given = Experiment.from_dict(data["spec"]), data["k"], tuple(data["sizes"])
        if given != (self.swept, self.k, SIZES):
            raise ValueError(f"it holds another sweep than that of {self.swept.hash} at {self.k}")
        estimates = {
            tasks: {name: _curve(curve, len(SIZES)) for name, curve in curves.items()}
            for tasks, curves in data["estimates"].items()
        }
        exact = {
            tasks: {name: _line(line, len(SIZES)) for name, line in lines.items()}
            for tasks, lines in data["exact"].items()
        }
        if not estimates.keys() == exact.keys() == {"new", "seen"}:
            raise ValueError("it does not hold new and seen tasks")
        return PoolSweep(SIZES, self.k, estimates, exact, float(data["unlimited"]))


@dataclass(frozen=True)
class Compared(Question[Comparison]):
    """The models of a selection, the ideal learners and least squares on the same prompts."""

    folder: ClassVar[str] = "comparisons"

    experiment: Experiment
    models: SelectionModels

    @classmethod
    def on(cls, family: FunctionClass, experiment: Experiment, models: SelectionModels) -> Self:
        """On one family's prompts; the Lasso's alpha, which has no effect here, at its default."""
        tested = on_family(experiment, family)
        return cls(replace(tested, evaluation=replace(tested.evaluation, alpha=Evaluation().alpha)), models)

    @property
    def name(self) -> str:
        digest = hashlib.sha256(self.models.key.encode()).hexdigest()[:16]
        return f"{self.experiment.pretraining.hash}-{self.experiment.evaluation.hash}-{digest}"

    def key(self, library: Library) -> dict[str, str]:
        return {"models": self.models.key}

    def compute(self, library: Library) -> Comparison:
        return compare(self.experiment, self._learners(library))

    def at(self, k: int, library: Library) -> Comparison:
        """With k pairs alone, all other entries NaN: never stored. Raises as `compute` does."""
        return compare(self.experiment, self._learners(library), k)

    def encode(self, found: Comparison) -> dict[str, Any]:
        groups = {
            "errors": found.errors,
            "distances": {" ".join(names): curve for names, curve in found.distances.items()},
            "choices": found.choices,
            "costs": found.costs,
        }
        curves = {
            group: {name: _plain(curve) for name, curve in each.items()} for group, each in groups.items()
        }
        return {"spec": found.experiment.to_dict(), **curves}

    def decode(self, data: Mapping[str, Any]) -> Comparison:
        entries = self.experiment.context_length + 1
        errors, distances, choices, costs = (
            {name: _curve(curve, entries) for name, curve in data[group].items()}
            for group in ("errors", "distances", "choices", "costs")
        )
        pairs = {}
        for names, curve in distances.items():
            chooser, other = names.split(" ")
            pairs[chooser, other] = curve
        return Comparison(self.experiment, errors, pairs, choices, costs)

    def _learners(self, library: Library) -> dict[str, Predictor]:
        return ideal_learners(self.experiment.pretraining) | self.models.networks(library)


@dataclass(frozen=True)
class SweepErrors(Question[SweepCurve]):
    """Errors over a sweep of families: of a learner of IDEAL, or of the library's model of that spec hash."""

    folder: ClassVar[str] = "sweeps"

    sweep: FamilySweep
    learner: str

    @property
    def name(self) -> str:
        return f"{self.sweep.hash}-{self.learner}"

    def key(self, library: Library) -> dict[str, str]:
        return {"weights_sha256": "" if self.learner in IDEAL else library.weights(self.learner)}

    def compute(self, library: Library) -> SweepCurve:
        if self.learner in IDEAL:
            return IDEAL[self.learner](self.sweep)
        return measured_sweep(self.sweep, Network(load_once(library, library.present(self.learner))))

    def encode(self, found: SweepCurve) -> dict[str, Any]:
        return {"curve": found.to_dict()}

    def decode(self, data: Mapping[str, Any]) -> SweepCurve:
        """Raises ValueError where the table is of another shape than the sweep's."""
        curve = SweepCurve.from_dict(data["curve"])
        shape = (len(self.sweep.values), self.sweep.pretraining.context_length + 1)
        if any(values.shape != shape for values in (curve.mean, curve.low, curve.high)):
            raise ValueError(f"it holds a table of another shape than {shape}")
        return curve


def _listed(names: Any) -> str:
    return " ".join(sorted(names))


def _plain(curve: Curve) -> dict[str, list[Any]]:
    plain: dict[str, list[Any]] = {name: _finite(getattr(curve, name)) for name in ("mean", "low", "high")}
    return plain | ({"median_at": [*curve.medians]} if curve.medians else {})


def _curve(data: Mapping[str, Any], entries: int) -> Curve:
    mean, low, high = (_line(data[name], entries) for name in ("mean", "low", "high"))
    return Curve(mean, low, high, tuple(int(k) for k in data.get("median_at", ())))


def _finite(line: Array) -> list[float | None]:
    """The numbers, null in place of those that are not finite."""
    return [value if math.isfinite(value) else None for value in line.tolist()]


def _line(values: list[float | None], entries: int) -> Array:
    line = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if line.shape != (entries,):
        raise ValueError(f"its lines do not have {entries} entries")
    return line
