"""The pictures of the Task diversity page: panels of lines and the sentence that reads them aloud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dashboard.diversity import numbers, words
from dashboard.diversity.numbers import Setting
from dashboard.diversity.view import DiversityView, read_out
from dashboard.frame.line_chart import Drawn
from dashboard.frame.texts import t
from icl_core.evaluation import Curve, LearningCurves
from icl_core.evaluation.task_diversity import PoolSweep
from icl_core.figures.line_panels import Line, Mark, Panel
from icl_core.figures.palette import METHODS
from icl_core.library import Library

TASKS = ("new", "seen")
UNLIMITED = 2.0**16  # where a fresh task for every prompt stands on the axis of pool sizes
TICKS = ((1, "1"), (4, "4"), (16, "16"), (64, "64"), (256, "256"), (1024, "1k"), (4096, "4k"), (16384, "16k"))
LIMIT = replace(METHODS["lsa"], dash="2px,4px", width=2.0)
CURVES = ("transformer", "dmmse", "ridge", "lsa")
TOP, TOP_CURVES = 1.6, 2.0


def drawn(now: Setting, view: DiversityView, library: Library) -> Drawn:
    """The picture that the view asks for."""
    k = read_out(now.experiment, view)
    if view.picture == "pools":
        found = numbers.sweep(now, k, library)
        trained = {tasks: numbers.trained(now, tasks, k, library) for tasks in TASKS}
        return Drawn(pool_panels(now, found, trained), words.pool_reading(now, found, trained))
    tested = TASKS if now.pretraining.task_pool is not None else TASKS[:1]
    curves = {tasks: numbers.at_pool(now, tasks, library) for tasks in tested}
    return Drawn(curve_panels(now, curves, k), words.curve_reading(now, curves, k))


def pool_panels(now: Setting, found: PoolSweep, trained: dict[str, dict[int | None, Curve]]) -> list[Panel]:
    """Error at one k against the size of the pool, on new tasks and on those of the pool."""
    size = now.pretraining.task_pool
    chosen = UNLIMITED if size is None else float(size)
    label = t("diversity.mark.unlimited") if size is None else t("diversity.mark.size", size=f"{size:,}")
    return [
        Panel(
            title=t(f"diversity.panel.{tasks}", k=found.k),
            x_title=t("diversity.axis.size"),
            y_title=t("figure.error"),
            x=np.array([*map(float, found.sizes), UNLIMITED]),
            lines=[*_points(trained[tasks], found.k), *_ideals(found, tasks), *_attention(found, tasks)],
            y_range=(0.0, TOP),
            ticks=(*TICKS, (UNLIMITED, t("diversity.infinite"))),
            marks=[Mark(chosen, label, "read_out")],
            levels=(1.0,),
            log_x=True,
            unlimited=UNLIMITED,
        )
        for tasks in TASKS
    ]


def curve_panels(now: Setting, found: dict[str, LearningCurves], k: int) -> list[Panel]:
    """Error against k at the pool looked at, on new tasks and on those of the pool."""
    shown = []
    for tasks, curves in found.items():
        lines = []
        for name in CURVES:
            if name in curves.curves:
                curve, exact = curves.curves[name], curves.exact.get(name)
                mean = curve.mean if exact is None else exact
                lines.append(
                    Line(name, t(f"diversity.short.{name}"), METHODS[name], mean, curve.low, curve.high)
                )
        title = t(f"diversity.panel.curve.{tasks}")
        shown.append(
            Panel(
                title=title,
                x_title=t("figure.context_length"),
                y_title=t("figure.error"),
                x=np.array(curves.context_lengths, dtype=float),
                lines=lines,
                y_range=(0.0, TOP_CURVES),
                marks=[
                    Mark(k, t("figure.read_out", k=k), "read_out"),
                    Mark(now.pretraining.dimension, t("figure.dimension")),
                ],
                levels=(1.0,),
            )
        )
    return shown


def _points(trained: dict[int | None, Curve], k: int) -> list[Line]:
    """The library's transformers, each at its pool's size."""
    sizes = sorted(trained, key=lambda size: UNLIMITED if size is None else size)
    if not sizes:
        return []
    curves = [trained[size] for size in sizes]
    mean, low, high = np.array([(curve.mean[k], curve.low[k], curve.high[k]) for curve in curves]).T
    x = np.array([UNLIMITED if size is None else float(size) for size in sizes])
    label = t("diversity.line.transformer")
    return [Line("transformer", label, METHODS["transformer"], mean, low, high, points=True, x=x)]


def _ideals(found: PoolSweep, tasks: str) -> list[Line]:
    """The discrete MMSE at every size, and ridge, which goes on to unlimited tasks."""
    sizes = np.array(found.sizes, dtype=float)
    lines = []
    for name in ("dmmse", "ridge"):
        curve = found.estimates[tasks][name]
        mean, low, high, x = curve.mean, curve.low, curve.high, sizes
        if name == "ridge" and tasks == "new":  # knows no pool: the same for all sizes
            x = np.append(sizes, UNLIMITED)
            mean, low, high = (np.append(part, part[-1]) for part in (mean, low, high))
        lines.append(Line(name, t(f"diversity.line.{name}"), METHODS[name], mean, low, high, x=x))
    return lines


def _attention(found: PoolSweep, tasks: str) -> list[Line]:
    """Linear attention's exact error, which goes on to unlimited tasks; its limit for large dimension."""
    sizes = np.array(found.sizes, dtype=float)
    lines = []
    for name, exact in found.exact[tasks].items():
        x, y = sizes, exact
        if name == "lsa":
            x, y = np.append(sizes, UNLIMITED), np.append(exact, found.unlimited)
        stroke = LIMIT if name == "lsa_limit" else METHODS["lsa"]
        lines.append(Line(name, t(f"diversity.line.{name}"), stroke, y, x=x))
    return lines
