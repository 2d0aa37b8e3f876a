"""Python that computes each picture of the Task diversity page again."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.diversity.view import DiversityView, read_out
from dashboard.frame.exports import snippet
from icl_core.library.links import to_query
from icl_core.specs import Experiment, Pretraining

POOLS = """\
found = kept(PoolErrors(experiment, {k}), library)
for tasks in ("new", "seen"):
    for name, curve in found.estimates[tasks].items():
        print(tasks, name, *curve.mean.round(4))
    for name, line in found.exact[tasks].items():
        print(tasks, name, *line.round(4))
for size, card in pool_models(library, experiment.pretraining).items():
    tested = Experiment(card.spec, experiment.evaluation)
    for tasks in ("new", "seen") if size else ("new",):
        curves = kept(PoolCurves.of(tested, size, tasks), library).curves
        print(tasks, size, curves["transformer"].mean[{k}])
"""
CURVES = """\
size = experiment.pretraining.task_pool
for tasks in ("new", "seen") if size else ("new",):
    curves = kept(PoolCurves.of(experiment, size, tasks), library)
    for name, curve in curves.curves.items():
        print(tasks, name, *curves.exact.get(name, curve.mean).round(4))
"""
PICTURES = {
    "pools": (
        "from icl_core.library.finding import pool_models\n"
        "from icl_core.library.kept import kept\n"
        "from icl_core.library.questions import PoolCurves, PoolErrors\n"
        "from icl_core.specs import Experiment\n",
        POOLS,
    ),
    "curves": (
        "from icl_core.library.kept import kept\nfrom icl_core.library.questions import PoolCurves\n",
        CURVES,
    ),
}


def code(experiment: Experiment, view: DiversityView, models: Mapping[str, Pretraining]) -> str:
    """The script for the picture that the view shows."""
    imports, body = PICTURES[view.picture]
    return snippet(imports, to_query(experiment, models), body.format(k=read_out(experiment, view)))
