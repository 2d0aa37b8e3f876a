"""Sweeps: every model of a grid through the training service, and one tidy table of what came out."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from icl_core.files import atomic_write
from icl_core.library.card import Card
from icl_core.library.jobs.grid import GridPoint
from icl_core.library.jobs.job import Job
from icl_core.library.jobs.service import TrainingService

VIEWER = "sweep"
POLL_SECONDS = 1.0
PARQUET = ".parquet"
MEASURED = (
    "model",
    "state",
    "steps",
    "seconds",
    "parameters",
    "meets_limits",
    "family",
    "k",
    "error",
    "low",
    "high",
    "fault",
)


@dataclass(frozen=True)
class Outcome:
    """One model of a sweep when it is over: its card, or why there is none."""

    point: GridPoint
    job: Job
    card: Card | None

    def rows(self) -> list[dict[str, Any]]:
        """A row for each family and context length that the model was tested at; at least one."""
        row: dict[str, Any] = {
            axis_column(path): value
            if isinstance(value, str | int | float)
            else json.dumps(value, sort_keys=True)
            for path, value in self.point.values.items()
        }
        row |= {"model": self.job.spec.hash, "state": self.job.state, "fault": self.job.standing.fault}
        if self.card is None:
            return [row]
        row |= {
            "steps": self.card.spec.recipe.steps,
            "seconds": round(self.card.seconds, 1),
            "parameters": self.card.parameters,
            "meets_limits": self.card.meets_limits,
        }
        tested = [
            {"family": errors.family, "k": k, "error": mean, "low": low, "high": high}
            for errors in self.card.errors
            for k, mean, low, high in zip(
                errors.context_lengths, errors.mean, errors.low, errors.high, strict=True
            )
        ]
        return [row | each for each in tested] or [row]


def axis_column(path: str) -> str:
    """The column of an axis; one that is called as a measurement is, stands under 'axes.'."""
    return f"axes.{path}" if path in MEASURED else path


def run_sweep(
    service: TrainingService, points: Sequence[GridPoint], report: Callable[[Sequence[Job]], None]
) -> list[Outcome]:
    """Trains what the library lacks; `report` sees every job from time to time.

    Raises JobRefused or SpecError, and trains nothing, where one of the models cannot be trained. Jobs go on
    if this is interrupted, and the same sweep picks them up again.
    """
    specs = list(dict.fromkeys(point.spec for point in points))
    for spec in specs:
        service.check(spec)  # of all, before the first begins
    jobs = {spec: service.submit(spec, VIEWER) for spec in specs}
    report(list(jobs.values()))
    while any(job.active for job in jobs.values()):
        time.sleep(POLL_SECONDS)
        for spec, job in jobs.items():
            if job.active:
                jobs[spec] = service.status(spec) or job
        report(list(jobs.values()))
    cards = {card.spec: card for card in service.library.cards()}
    return [Outcome(point, jobs[point.spec], cards.get(point.spec)) for point in points]


def stop_sweep(service: TrainingService, points: Sequence[GridPoint]) -> int:
    """Stops what the sweep has under way and began itself; how many jobs that is. They keep checkpoints."""
    return sum(service.cancel(spec, VIEWER) for spec in dict.fromkeys(point.spec for point in points))


def table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One tidy table: a column for each axis, then what was measured."""
    rows = [row for outcome in outcomes for row in outcome.rows()]
    # Whole numbers stay whole beside a model that has none.
    return pd.DataFrame(
        rows, columns=[*map(axis_column, outcomes[0].point.values), *MEASURED]
    ).convert_dtypes()


def write_table(outcomes: Sequence[Outcome], out: Path) -> None:
    """As CSV, or as Parquet where the name ends so. Raises OSError where the file cannot be written."""
    rows = table(outcomes)
    if out.suffix != PARQUET:
        return atomic_write(out, rows.to_csv(index=False, lineterminator="\n").encode())
    for axis in map(axis_column, outcomes[0].point.values):
        if len({type(value) for value in rows[axis]}) > 1:  # Parquet has one type a column
            rows[axis] = rows[axis].map(str)
    content = io.BytesIO()
    rows.to_parquet(content, index=False)
    atomic_write(out, content.getvalue())
