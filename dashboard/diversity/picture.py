"""The figure of the Task diversity page: its panels and its sentence, by picture."""

from __future__ import annotations

from dashboard.diversity import charts, results, words
from dashboard.diversity.results import Setting
from dashboard.diversity.state import DiversityView, read_out
from dashboard.frame.line_chart import Drawn
from icl_core.library import Library


def drawn(now: Setting, view: DiversityView, library: Library) -> Drawn:
    """The picture that the view asks for."""
    k = read_out(now.experiment, view)
    if view.picture == "pools":
        found = results.sweep(now, k, library)
        trained = {tasks: results.trained(now, tasks, k, library) for tasks in charts.TASKS}
        return Drawn(charts.pool_panels(now, found, trained), words.pool_reading(now, found, trained))
    tested = charts.TASKS if now.pretraining.task_pool is not None else charts.TASKS[:1]
    curves = {tasks: results.at_pool(now, tasks, library) for tasks in tested}
    return Drawn(charts.curve_panels(now, curves, k), words.curve_reading(now, curves, k))
