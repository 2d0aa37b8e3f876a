"""The learning curve on a page: labels in the page's language, which curves it shows, the chart itself."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.explore.numbers import Outcome
from dashboard.explore.words import comparator, protagonist
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_known_chart
from dashboard.frame.exports import file_stem
from dashboard.frame.texts import t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import CurveView, Presentation, Unit
from dashboard.say.amounts import interval
from dashboard.say.units import error_label
from icl_core.evaluation import LearningCurves
from icl_core.figures import METHODS, Labels, is_exact, learning_curve_figure, needs_log_axis, ordered
from icl_core.methods import REGISTERED

MOST_LABELLED = 4
COMPARED = ("ols", "bayes", "lsa")
LOW = 390  # pixels: with the strip above it the curve and its knob are on a laptop's first screen


def curve_labels(unit: Unit, error: str = "") -> Labels:
    """The figure's texts; `error` in place of what the unit calls its axis."""
    return Labels(
        methods={name: t(f"method.{name}") for name in METHODS},
        context_length=t("figure.context_length"),
        error=error or error_label(unit),
        dimension=t("figure.dimension"),
        beyond=t("figure.beyond"),
        off_scale=t("figure.off_scale"),
        read_out=t("figure.read_out"),
        interval=t("figure.interval"),
        median=t("figure.median"),
        more=t("figure.more"),
    )


def available_methods(curves: LearningCurves) -> list[str]:
    """Methods that the figure could show, in reading order."""
    return ordered((*curves.curves, *curves.exact))


def shown_methods(curves: LearningCurves, view: CurveView) -> tuple[str, ...]:
    """Methods that the figure shows: those asked for, else the usual ones; never none."""
    available = available_methods(curves)
    asked = tuple(name for name in available if name in view.show)
    return asked or tuple(name for name in available if REGISTERED[name].usual)


def labelled_methods(curves: LearningCurves, view: CurveView, k: int) -> tuple[str, ...]:
    """Of the shown methods those that are drawn without a click: the model, whom the test is about, and the
    usual comparisons; all where some were asked for."""
    shown = shown_methods(curves, view)
    if view.show:
        return shown
    wanted = (protagonist(curves, shown), comparator(curves, shown, k), *COMPARED, *shown)
    return tuple(dict.fromkeys(name for name in wanted if name in shown))[:MOST_LABELLED]


def is_log(curves: LearningCurves, view: CurveView) -> bool:
    """Whether the error axis is logarithmic: as asked, else where a linear one loses what matters."""
    return needs_log_axis(curves, shown_methods(curves, view)) if view.log is None else view.log


def draw_curves(
    outcome: Outcome,
    view: CurveView,
    presentation: Presentation,
    *,
    read_out: int,
    low: bool,
    only: tuple[str, ...] | None = None,
    alt: str,
    pinned: Outcome | None = None,
) -> None:
    """The chart, `low` where something stands above it; `alt` says aloud what it shows.

    With `only` some methods drawn the axis is that of all. `pinned` curves stay on faintly, and the axes are
    theirs.
    """
    curves, behind = outcome.curves, None if pinned is None else pinned.curves
    shown, log_axis = shown_methods(curves, view), is_log(behind or curves, view)
    labelled = labelled_methods(curves, view, read_out)
    if only is not None:
        shown = labelled = only
    height = LOW if low or is_narrow() else None
    theme = figure_theme(presentation)

    def figure() -> go.Figure:
        return learning_curve_figure(
            curves,
            curve_labels(view.unit),
            theme=theme,
            read_out=read_out,
            trained_length=curves.experiment.pretraining.context_length,
            log_axis=log_axis,
            shown=shown,
            compact=is_narrow(),
            height=height,
            labelled=labelled,
            pinned=behind,
        )

    faint = None if pinned is None else pinned.known_by
    known_by = (outcome.known_by, faint, view.unit, read_out, shown, labelled, log_axis, theme, height)
    draw_known_chart(known_by, figure, "curves", alt=alt, stem=file_stem(curves.experiment))


def numbers_table(curves: LearningCurves, shown: tuple[str, ...]) -> pd.DataFrame:
    """The drawn errors by k and method: the exact risk where a line is exact, else the estimate with its 90%
    interval."""
    columns: dict[str, list[str]] = {}
    for name in shown:
        method = t(f"method.{name}")
        if is_exact(curves, name):
            columns[t("table.exact", method=method)] = [f"{value:.4f}" for value in curves.exact[name]]
        elif name in curves.curves:
            curve = curves.curves[name]
            rows = zip(curve.mean, curve.low, curve.high, strict=True)
            columns[method] = [interval(*row, 3) for row in rows]
    return pd.DataFrame(columns, index=pd.Index(curves.context_lengths, name=t("table.k")))
