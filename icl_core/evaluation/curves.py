"""Learning curves: the error of every predictor against the number of pairs seen, on the same prompts."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from icl_core.data.prompts import Prompts
from icl_core.evaluation.estimate import Estimate
from icl_core.evaluation.heavy_tails import heavy_context_lengths
from icl_core.evaluation.measure import averaged, cut, measure, prompt_chunks, squared_errors
from icl_core.predictors import Predictor
from icl_core.specs import Experiment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One predictor's normalised error with k = 0..M pairs, and its 90% interval.

    Where the mean is infinite (`medians` lists those k), the entries are the median and the 5-95% quantiles
    over prompts instead.
    """

    mean: Array
    low: Array
    high: Array
    medians: tuple[int, ...] = ()

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        """Means with their intervals."""
        return cls(estimate.mean, *estimate.interval())

    @classmethod
    def of_part(cls, estimate: Estimate, entries: slice, length: int) -> Self:
        """The same where the estimate is of some entries alone: the others, of `length` in all, are NaN."""
        parts = np.full((3, length), np.nan)
        parts[:, entries] = estimate.mean, *estimate.interval()
        mean, low, high = parts
        return cls(mean, low, high)


@dataclass(frozen=True)
class LearningCurves:
    """A figure's numbers: one curve per predictor, all on the same prompts.

    `exact` holds closed-form risks over v, where there is one, as lines [M + 1]; `refused` says in a sentence
    why a method that these prompts have gives no curve.
    """

    experiment: Experiment
    prompts: int
    normaliser: float
    curves: Mapping[str, Curve]
    exact: Mapping[str, Array]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def context_lengths(self) -> list[int]:
        return list(range(self.experiment.context_length + 1))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; non-finite numbers are null."""
        return {
            "spec": self.experiment.to_dict(),
            "spec_hash": self.experiment.hash,
            "model_hash": self.experiment.pretraining.hash,
            "seed": self.experiment.evaluation.seed,
            "n_prompts": self.prompts,
            "normaliser": self.normaliser,
            "context_lengths": self.context_lengths,
            "predictors": {
                name: {
                    "mean": _finite(curve.mean),
                    "low": _finite(curve.low),
                    "high": _finite(curve.high),
                    "median_at": list(curve.medians),
                }
                for name, curve in self.curves.items()
            },
            "exact": {name: _finite(line) for name, line in self.exact.items()},
            **({"refused": dict(self.refused)} if self.refused else {}),
        }

    def to_json(self) -> str:
        """`to_dict` as the text of a file."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False) + "\n"

    def to_csv(self) -> str:
        """A row for each method and k: error, 90% interval, exact risk, and whether the error is a median."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["k", "method", "error", "low", "high", "exact", "statistic"])
        for name in dict.fromkeys((*self.curves, *self.exact)):
            curve, exact = self.curves.get(name), self.exact.get(name)
            for k in self.context_lengths:
                estimate = ("", "", "") if curve is None else (curve.mean[k], curve.low[k], curve.high[k])
                statistic = "" if curve is None else "median" if k in curve.medians else "mean"
                writer.writerow([k, name, *estimate, "" if exact is None else exact[k], statistic])
        return text.getvalue()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`. Raises KeyError, TypeError or ValueError for anything else."""
        curves = {
            name: Curve(
                _floats(curve["mean"]),
                _floats(curve["low"]),
                _floats(curve["high"]),
                tuple(int(k) for k in curve["median_at"]),
            )
            for name, curve in data["predictors"].items()
        }
        exact = {name: _floats(line) for name, line in data["exact"].items()}
        experiment = Experiment.from_dict(data["spec"])
        refused = {str(name): str(reason) for name, reason in data.get("refused", {}).items()}
        return cls(experiment, int(data["n_prompts"]), float(data["normaliser"]), curves, exact, refused)


def learning_curves(
    experiment: Experiment,
    predictors: Mapping[str, Predictor],
    exact: Mapping[str, Array] | None = None,
    heavy_tailed: Collection[str] = ("ols",),
    given: Prompts | None = None,
) -> LearningCurves:
    """Errors of `predictors` on the experiment's prompts, chunk by chunk: memory does not grow with prompts.

    `given`: prompts, as many and as long as the experiment's, in their place. Those of `heavy_tailed` give
    medians where least squares has an infinite mean. One that refuses some prompts (a ValueError of its
    solver) has no curve, and says why; the others have theirs.
    """
    normaliser = experiment.pretraining.label_variance
    heavy = heavy_context_lengths(experiment, given)
    tails: dict[str, list[Array]] = {name: [] for name in predictors if name in heavy_tailed and heavy}

    running, refused = dict(predictors), dict[str, str]()

    def errors(prompts: Prompts) -> dict[str, Array]:
        found = {}
        for name, predictor in list(running.items()):
            try:
                found[name] = squared_errors(predictor, prompts) / normaliser
            except ValueError as error:
                refused[name] = str(error)
                del running[name]
        for name in tails.keys() & found.keys():
            tails[name].append(found[name][:, heavy])
        return found

    chunks = prompt_chunks(experiment) if given is None else cut(given)
    estimates = averaged(((prompts,) for prompts in chunks), errors)
    curves = {name: Curve.of(estimates[name]) for name in running}
    for name in tails.keys() & running.keys():
        curves[name] = _with_medians(curves[name], heavy, np.concatenate(tails[name]))
    prompts = experiment.evaluation.prompts
    return LearningCurves(experiment, prompts, normaliser, curves, dict(exact or {}), refused)


def curve_at(experiment: Experiment, predictor: Predictor, k: int) -> Curve:
    """Mean error of one predictor on the experiment's prompts with k pairs alone; other entries are NaN."""
    v = experiment.pretraining.label_variance

    def errors(prompts: Prompts) -> Array:
        said = predictor.predict_at(prompts.xs, prompts.ys, prompts.queries, k)
        return ((said - prompts.targets[:, k]).square() / v)[:, None].numpy()

    estimate = measure(experiment, {"error": errors})["error"]
    return Curve.of_part(estimate, slice(k, k + 1), experiment.context_length + 1)


def _with_medians(curve: Curve, heavy: list[int], tails: Array) -> Curve:
    """The curve with medians and 5-95% quantiles of the errors `tails` [prompts, heavy] at those entries."""
    low, mean, high = curve.low.copy(), curve.mean.copy(), curve.high.copy()
    low[heavy], mean[heavy], high[heavy] = np.quantile(tails, [0.05, 0.5, 0.95], axis=0)
    return Curve(mean, low, high, tuple(heavy))


def _finite(values: Array) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _floats(values: list[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
