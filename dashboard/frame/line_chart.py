"""Panels of lines as a chart on a page, with the numbers that they draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.exports import Download, csv_text, file_stem, spec_file
from dashboard.frame.pin import since_pinned
from dashboard.frame.texts import t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from icl_core.figures.line_panels import Line, Panel, line_panels_figure
from icl_core.specs import Experiment


class Drawn(NamedTuple):
    """Panels, and the sentence that reads them aloud."""

    panels: list[Panel]
    sentence: str


def draw_panels(shown: Sequence[Panel], presentation: Presentation, *, stem: str, alt: str) -> None:
    """The chart; `alt` says aloud what it shows, `stem` names the picture that the camera saves."""
    figure = line_panels_figure(
        shown, interval=t("figure.interval"), theme=figure_theme(presentation), compact=is_narrow()
    )
    draw_chart(figure, "panels", alt=alt, stem=stem)


def over_pinned(shown: Sequence[Panel], pinned: Sequence[Panel]) -> list[Panel]:
    """The panels over the lines of others, on their axes: where panel by panel the same is drawn against the
    same."""
    alike = [(panel.x_title, panel.y_title) for panel in shown]
    if alike != [(panel.x_title, panel.y_title) for panel in pinned]:
        return list(shown)
    return [
        replace(panel, lines=(*panel.lines, *map(partial(_faint, other), other.lines)), y_range=other.y_range)
        for panel, other in zip(shown, pinned, strict=True)
    ]


def _faint(panel: Panel, line: Line) -> Line:
    x = panel.x if line.x is None else line.x
    key = f"pinned_{line.key}"
    return replace(line, key=key, low=None, high=None, points=False, x=x, faint=True)


def panels_since(shown: Sequence[Panel], pinned: Sequence[Panel]) -> str:
    """How far the first line is from where it was pinned, where both can be read; else nothing."""
    first, before = shown[0].lines[0], pinned[0].lines[0]
    values = [_at_read_out(panel, line) for panel, line in ((pinned[0], before), (shown[0], first))]
    if first.key != before.key or shown[0].x_title != pinned[0].x_title or not np.isfinite(values).all():
        return ""
    return since_pinned(first.label, *values)


def _at_read_out(panel: Panel, line: Line) -> float:
    """The line's value at the panel's read-out; NaN where it has none there."""
    found = [mark.x for mark in panel.marks if mark.role == "read_out"]
    xs = (panel.x if line.x is None else line.x).tolist()
    return float(line.y[xs.index(found[0])]) if found and found[0] in xs else math.nan


def numbers(shown: Sequence[Panel]) -> pd.DataFrame:
    """The drawn numbers, a row for each panel, line and x."""
    return pd.DataFrame(
        {t("lines.panel"): panel.title, t("lines.line"): line.label or line.key, **row}
        for panel in shown
        for line in panel.lines
        for row in _rows(panel, line)
    )


def numbers_csv(shown: Sequence[Panel]) -> str:
    """The drawn numbers as CSV: panel, line, x, y, low, high."""
    return csv_text(
        ["panel", "line", "x", "y", "low", "high"],
        (
            [panel.title, line.key, *row.values()]
            for panel in shown
            for line in panel.lines
            for row in _rows(panel, line)
        ),
    )


def files(shown: Sequence[Panel], experiment: Experiment, stem: str) -> list[Download]:
    """What can be taken away: the drawn numbers under the name `stem`, and the experiment."""
    return [
        Download("csv", lambda: numbers_csv(shown), f"{stem}.csv"),
        spec_file(experiment, file_stem(experiment)),
    ]


def _rows(panel: Panel, line: Line) -> list[dict[str, object]]:
    xs = panel.x if line.x is None else line.x
    found: list[dict[str, object]] = []
    for index, (x, y) in enumerate(zip(xs, line.y, strict=True)):
        low = None if line.low is None else float(line.low[index])
        high = None if line.high is None else float(line.high[index])
        shown = math.inf if x == panel.unlimited else float(x)
        found.append({"x": shown, "y": float(y), "low": low, "high": high})
    return found
