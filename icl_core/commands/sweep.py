"""sweep: a grid of models through the training service, into one tidy table."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from icl_core.commands.answer import Answer
from icl_core.commands.curve import read_text
from icl_core.commands.progress import Meter
from icl_core.commands.train import add_device
from icl_core.library import Library
from icl_core.library.jobs import Job, Limits, local_service
from icl_core.library.jobs.grid import Grid
from icl_core.library.jobs.sweep import PARQUET, run_sweep, stop_sweep, write_table
from icl_core.training.devices import available

NAME, ABOUT = "sweep", "train a grid of models through the training service, into one table"
SUFFIXES = (".csv", PARQUET)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("grid", help='a JSON file {"base": PRETRAINING, "axes": {"seed": [0, 1], ...}}, or -')
    parser.add_argument(
        "--out", metavar="FILE", default="sweep.csv", help="the table, .csv or .parquet (default sweep.csv)"
    )
    add_device(parser)
    parser.add_argument("--stop", action="store_true", help="stop what an interrupted sweep left in training")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises SpecError for a senseless grid, JobRefused for a model that cannot be trained, ValueError for a
    device that is not there or a table that cannot be written: all before any training.
    """
    available(chosen.device)
    out = _writable(Path(chosen.out))
    points = list(Grid.from_json(read_text(chosen.grid)).points())
    service = local_service(library, Limits.of_the_operator(), chosen.device)
    if chosen.stop:
        stopped = stop_sweep(service, points)
        service.engine.close()
        return Answer({"stopped": stopped}, f"{stopped} trainings stop; the same command goes on with them.")
    total = sum(spec.recipe.steps for spec in {point.spec for point in points})
    try:
        with Meter("sweep", total) as meter:
            outcomes = run_sweep(service, points, lambda jobs: _show(meter, jobs))
    except KeyboardInterrupt:
        raise ValueError(
            "interrupted: what is training goes on, and the same command picks it up (with --stop: stops it)"
        ) from None
    finally:
        service.engine.close()
    write_table(outcomes, out)
    states = [outcome.job.state for outcome in outcomes]
    data = {"file": str(out), "models": [row for outcome in outcomes for row in outcome.rows()]}
    finished = states.count("finished")
    others = "; the others say why they failed" if finished < len(states) else ""
    text = f"{out} has {finished} of {len(states)} models{others}."
    return Answer(data, text, failed=finished < len(states))


def _writable(out: Path) -> Path:
    if out.suffix not in SUFFIXES:
        raise ValueError(f"{out} has to end in {' or '.join(SUFFIXES)}")
    if out.is_dir():
        raise ValueError(f"{out} is a folder: give the table another --out")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise ValueError(f"{out.parent} is no folder that can be written to: give another --out")
    return out


def _show(meter: Meter, jobs: Sequence[Job]) -> None:
    over = sum(not job.active for job in jobs)
    meter.show(sum(job.standing.step for job in jobs), f"{over} of {len(jobs)} models are over")
