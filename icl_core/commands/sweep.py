"""sweep: a grid of models through the training service, into one tidy table."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from icl_core.commands.answer import Answer
from icl_core.commands.curve import read_text
from icl_core.library import Library
from icl_core.library.jobs import Job, Limits, local_service
from icl_core.library.jobs.grid import Grid
from icl_core.library.jobs.sweep import run_sweep, to_csv

NAME, ABOUT = "sweep", "train a grid of models through the training service, into one CSV"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("grid", help='a JSON file {"base": PRETRAINING, "axes": {"seed": [0, 1], ...}}, or -')
    parser.add_argument("--out", metavar="FILE", default="sweep.csv", help="the table (default sweep.csv)")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises SpecError for a senseless grid, JobRefused for a model that cannot be trained."""
    points = list(Grid.from_json(read_text(chosen.grid)).points())
    service = local_service(library, Limits.of_the_operator())
    total = sum(spec.recipe.steps for spec in {point.spec for point in points})
    try:
        with tqdm(total=total, unit="step", desc="sweep", disable=None) as bar:
            outcomes = run_sweep(service, points, lambda jobs: _show(bar, jobs))
    except KeyboardInterrupt:
        raise ValueError("interrupted: what is training goes on, and the same command picks it up") from None
    finally:
        service.engine.close()
    out = Path(chosen.out)
    out.write_text(to_csv(outcomes))
    states = [outcome.job.state for outcome in outcomes]
    data = {"file": str(out), "models": [row for outcome in outcomes for row in outcome.rows()]}
    finished = states.count("finished")
    return Answer(data, f"{out} has {finished} of {len(states)} models; the others say why they failed.")


def _show(bar: tqdm, jobs: Sequence[Job]) -> None:
    bar.update(sum(job.standing.step for job in jobs) - bar.n)
    bar.set_postfix(models=f"{sum(not job.active for job in jobs)}/{len(jobs)}", refresh=False)
