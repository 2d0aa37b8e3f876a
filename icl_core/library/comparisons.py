"""Comparisons of learners worth keeping: JSON files by experiment and models, shipped or computed once."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from icl_core.evaluation import Curve
from icl_core.evaluation.selection import Comparison
from icl_core.files import atomic_write
from icl_core.library.store import Library
from icl_core.specs import Experiment

VERSION = 1  # raised when the same specs no longer give the same numbers
FOLDER = "comparisons"
KEPT = 2000  # comparisons kept in the user's store, some 10 kB each; the oldest give way

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ComparisonStore:
    """Comparisons under folders, the first of which may be shipped and the last is written to.

    `models` names the models that take part, weights included: others give another file.
    """

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, library: Library) -> ComparisonStore:
        """Those beside the library's models."""
        return cls((library.shipped / FOLDER, library.own / FOLDER))

    def read(self, experiment: Experiment, models: str) -> Comparison | None:
        """The stored comparison; None if there is no sound one."""
        for folder in self.folders:
            path = folder / _file_name(experiment, models)
            try:
                data: Mapping[str, Any] = json.loads(path.read_text())
                if data["version"] == VERSION and data["models"] == models:
                    return _decoded(experiment, data)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.warning("The stored comparison %s is damaged (%r): it is computed again.", path, error)
        return None

    def write(self, found: Comparison, models: str) -> None:
        """Stores a comparison; a folder that cannot be written costs only the time to compute it again."""
        path = self.folders[-1] / _file_name(found.experiment, models)
        data = {"version": VERSION, "models": models, "spec": found.experiment.to_dict(), **_encoded(found)}
        try:
            atomic_write(path, json.dumps(data, allow_nan=False).encode())
            _prune(path.parent)
        except OSError as error:
            log.warning("The results folder %s cannot be written (%s).", path.parent, error.strerror)


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in files[: max(0, len(files) - KEPT)]:
        path.unlink(missing_ok=True)


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
