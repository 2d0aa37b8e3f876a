"""Python that computes each picture of the Task diversity page again."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.code import snippet
from dashboard.diversity.state import DiversityView, read_out
from icl_core.library.links import to_query
from icl_core.specs import Experiment, Pretraining

POOLS = """\
found = pool_sweep(experiment, {k})
for tasks in ("new", "seen"):
    for name, curve in found.estimates[tasks].items():
        print(tasks, name, *curve.mean.round(4))
    for name, line in found.exact[tasks].items():
        print(tasks, name, *line.round(4))
for size, card in pool_models(library, experiment.pretraining).items():
    for tasks in ("new", "seen") if size else ("new",):
        tested = Experiment(card.spec, with_pool(experiment, size, tasks).evaluation)
        print(tasks, size, cached_curves(tested, library).curves["transformer"].mean[{k}])
"""
CURVES = """\
size = experiment.pretraining.task_pool
for tasks in ("new", "seen") if size else ("new",):
    tested = Experiment(experiment.pretraining, with_pool(experiment, size, tasks).evaluation)
    for name, curve in cached_curves(tested, library).curves.items():
        print(tasks, name, *curve.mean.round(4))
"""
SHARED = """\
from icl_core.library.results import cached_curves
from icl_core.specs import Experiment
"""
PICTURES = {
    "pools": (
        "from icl_core.evaluation.task_diversity import pool_sweep, with_pool\n"
        f"from icl_core.library.task_diversity import pool_models\n{SHARED}",
        POOLS,
    ),
    "curves": (f"from icl_core.evaluation.task_diversity import with_pool\n{SHARED}", CURVES),
}


def code(experiment: Experiment, view: DiversityView, models: Mapping[str, Pretraining]) -> str:
    """The script for the picture that the view shows."""
    imports, body = PICTURES[view.picture]
    return snippet(imports, to_query(experiment, models), body.format(k=read_out(experiment, view)))
