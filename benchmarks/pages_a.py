"""Server time of the two pages on linear attention: what one turn of a knob costs, figure and JSON included.

Aims: a median of 100 ms for any closed-form knob with up to 50 inputs, 1 s for a full trajectory with 20.

    python -m benchmarks.pages_a [--repeats 7]
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable
from dataclasses import dataclass, replace

import plotly.graph_objects as go
import torch

from benchmarks._turns import heading, report
from icl_core.data.covariance import Identity, PowerLaw, RandomDiagonal, Wishart
from icl_core.data.shifts import CovariateScale, CovariateSkew, LabelNonlinearity, QueryCovariance, TaskMean
from icl_core.evaluation.covariance_panels import residuals
from icl_core.evaluation.dynamics import Dynamics, scale_scan, trajectory
from icl_core.evaluation.length_sweep import length_sweep
from icl_core.evaluation.shift_lab import attention_grid
from icl_core.figures.dynamics import DynamicsLabels, dynamics_figure
from icl_core.figures.length_sweep import LengthLabels, length_figure
from icl_core.figures.shift_grid import GridLabels, shift_grid_figure
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining, Shift

KNOB, TRAJECTORY = 0.1, 1.0  # seconds

LENGTH_LABELS = LengthLabels(
    parts={name: name for name in ("bias", "sampling", "noise")},
    references={name: name for name in ("lsa_reoptimised", "ols", "ridge", "gradient_step")},
    fixed="",
    theorem="",
    bound="",
    length="",
    error="",
    floor="{value}",
    beyond="",
    read_out="{k}",
)
DYNAMICS_LABELS = DynamicsLabels(**dict.fromkeys(DynamicsLabels.__dataclass_fields__, ""))


@dataclass(frozen=True)
class Task:
    """One thing that a page does: its name, what it does, the time it should stay under (None: no aim)."""

    name: str
    run: Callable[[], object]
    aim: float | None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    heading()
    for task in tasks():
        task.run()  # imports and caches of the libraries
        report(task.name, [task.run] * repeats, task.aim)


def tasks() -> list[Task]:
    found = []
    for d in (8, 20, 50):
        for name, experiment in _knobs(d).items():
            found.append(
                Task(f"Shift lab, test length, d = {d}: {name}", lambda e=experiment: _length(e), KNOB)
            )
        grid = _experiment(d)
        found.append(Task(f"Shift lab, grid, d = {d}", lambda e=grid: _grid(e), KNOB))
    found.append(Task("Shift lab, the third that stays, d = 50", lambda: residuals(50, _lengths()), KNOB))
    for spec in (
        Dynamics(4, PowerLaw(1.0), 20),
        Dynamics(20, Identity(), 50),
        Dynamics(20, PowerLaw(1.0), 50),
        Dynamics(20, PowerLaw(2.0), 50, start="random"),
        Dynamics(20, RandomDiagonal(), 50),
        Dynamics(20, Wishart(), 50),
    ):
        name = f"{spec.covariates.kind}, start {spec.start}"
        found.append(Task(f"Trajectory and animation, d = {spec.dimension}: {name}", _play(spec), TRAJECTORY))
    found.append(Task("Thirteen initial scales, d = 4", lambda: scale_scan(Dynamics()), None))
    return found


def _knobs(d: int) -> dict[str, Experiment]:
    home = _experiment(d)
    shifts: tuple[Shift, ...] = (
        CovariateScale(1.0),
        CovariateSkew(0.5),
        QueryCovariance(1.0),
        TaskMean(1.0),
        LabelNonlinearity(0.5),
    )
    shifted = {
        shift.kind: replace(home, evaluation=replace(home.evaluation, shift=shift)) for shift in shifts
    }
    noisy = replace(home, evaluation=replace(home.evaluation, label_noise=0.5))
    return {"none": home, **shifted, "label noise, with ridge": noisy}


def _experiment(d: int) -> Experiment:
    pretraining = Pretraining(
        dimension=d, context_length=2 * d, covariates=PowerLaw(1.0), model=LinearAttention()
    )
    return Experiment(pretraining, Evaluation(context_length=4 * d))


def _length(experiment: Experiment) -> str:
    sweep = length_sweep(experiment)
    assert sweep is not None
    N = experiment.pretraining.context_length
    return _json(length_figure(sweep, LENGTH_LABELS, read_out=N))


def _grid(experiment: Experiment) -> str:
    grid = attention_grid(experiment, "covariate_skew")
    assert grid is not None
    return _json(shift_grid_figure(grid, GridLabels("k", "m", "error")))


def _play(spec: Dynamics) -> Callable[[], str]:
    return lambda: _json(dynamics_figure(trajectory(spec), DYNAMICS_LABELS))


def _lengths():
    return torch.logspace(0, 6, 80, dtype=torch.float64).round().unique().numpy()


def _json(figure: go.Figure) -> str:
    return str(figure.to_json())


if __name__ == "__main__":
    main()
