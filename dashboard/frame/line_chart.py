"""Panels of lines as a chart on a page, with the numbers that they draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.exports import Download, csv_text, file_stem, spec_file
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
