"""Comparisons of learners worth keeping: JSON files by experiment and models, shipped or computed once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from icl_core.evaluation import Curve
from icl_core.evaluation.selection import Comparison
from icl_core.library.json_store import JsonStore
from icl_core.library.store import Library
from icl_core.specs import Experiment

VERSION = 1  # raised when the same specs no longer give the same numbers
FOLDER = "comparisons"


@dataclass(frozen=True)
class ComparisonStore:
    """Comparisons beside a library's models.

    `models` names the models that take part, weights included: others give another file.
    """

    files: JsonStore

    @classmethod
    def of(cls, library: Library) -> ComparisonStore:
        return cls(JsonStore.beside(library, FOLDER, VERSION))

    def read(self, experiment: Experiment, models: str) -> Comparison | None:
        """The stored comparison; None if there is no sound one."""
        name = _file_name(experiment, models)
        return self.files.read(name, {"models": models}, lambda data: _decoded(experiment, data))

    def write(self, found: Comparison, models: str) -> None:
        """Stores a comparison."""
        data = {"spec": found.experiment.to_dict(), **_encoded(found)}
        self.files.write(_file_name(found.experiment, models), {"models": models}, data)


def _file_name(experiment: Experiment, models: str) -> str:
    digest = hashlib.sha256(models.encode()).hexdigest()[:16]
    return f"{experiment.pretraining.hash}-{experiment.evaluation.hash}-{digest}.json"


def _encoded(found: Comparison) -> dict[str, dict[str, Any]]:
    return {
        "errors": {name: _plain(curve) for name, curve in found.errors.items()},
        "distances": {" ".join(names): _plain(curve) for names, curve in found.distances.items()},
        "choices": {name: _plain(curve) for name, curve in found.choices.items()},
        "costs": {name: _plain(curve) for name, curve in found.costs.items()},
    }


def _decoded(experiment: Experiment, data: Mapping[str, Any]) -> Comparison:
    def curves(group: str) -> dict[str, Curve]:
        return {name: _curve(experiment, curve) for name, curve in data[group].items()}

    distances = {}
    for names, curve in curves("distances").items():
        chooser, other = names.split(" ")
        distances[chooser, other] = curve
    return Comparison(experiment, curves("errors"), distances, curves("choices"), curves("costs"))


def _plain(curve: Curve) -> dict[str, list[Any]]:
    parts = {"mean": curve.mean, "low": curve.low, "high": curve.high}
    plain: dict[str, list[Any]] = {
        name: [value if math.isfinite(value) else None for value in values.tolist()]
        for name, values in parts.items()
    }
    return plain | ({"median_at": [*curve.medians]} if curve.medians else {})


def _curve(experiment: Experiment, data: Mapping[str, Any]) -> Curve:
    entries = experiment.context_length + 1
    mean, low, high = (
        np.array([np.nan if value is None else value for value in data[name]], dtype=np.float64)
        for name in ("mean", "low", "high")
    )
    if not mean.shape == low.shape == high.shape == (entries,):
        raise ValueError(f"its curves do not have {entries} entries")
    return Curve(mean, low, high, tuple(int(k) for k in data.get("median_at", ())))
