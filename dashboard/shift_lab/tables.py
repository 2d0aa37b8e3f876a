"""The drawn numbers of the page 'Shift lab': as tables for readers, as CSV for machines."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.frame.exports import csv_text
from dashboard.frame.texts import t
from dashboard.say.amounts import interval
from dashboard.say.describe import magnitude_name
from dashboard.shift_lab import words
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.covariance_panels import CovariancePanel
from icl_core.evaluation.length_sweep import LengthSweep
from icl_core.evaluation.shift_lab import ShiftGrid

Array = NDArray[np.float64]
Estimated = tuple[float, float | None, float | None]
"""An error and its interval's ends; None where it is exact."""


def length_table(sweep: LengthSweep) -> pd.DataFrame:
    """Errors by test length: the total, its parts, the references, theorem and bound where they hold."""
    labels = words.length_labels(sweep)
    names = {"lsa": labels.fixed, "theorem": labels.theorem, "bound": labels.bound}
    names |= {**labels.parts, **labels.references}
    columns = {names[name]: values for name, values in _lengths(sweep).items()}
    return pd.DataFrame(columns, index=pd.Index(sweep.lengths, name="M"))


def length_csv(sweep: LengthSweep) -> str:
    """A row for each test length."""
    columns = _lengths(sweep)
    rows = zip(sweep.lengths.tolist(), *(values.tolist() for values in columns.values()), strict=True)
    return csv_text(["M", *columns], rows)


def panels_csv(shown: Sequence[LearningCurves]) -> str:
    """The rows of `LearningCurves.to_csv`, after the kind of shift and its magnitude."""
    rows: list[list[object]] = []
    head: list[str] = []
    for curves in shown:
        shift = curves.experiment.evaluation.shift
        head, *lines = csv.reader(io.StringIO(curves.to_csv()))
        rows += [[shift.kind, shift.magnitude, *line] for line in lines]
    return csv_text(["shift", "magnitude", *head], rows)


def grid_table(grid: ShiftGrid, kind: str) -> pd.DataFrame:
    """Errors, a row for each magnitude and a column for each length; measured ones with 90% intervals."""
    names = [magnitude_name(kind, magnitude) for magnitude in grid.magnitudes]
    rows = pd.Index(names, name=words.magnitude_label(kind))
    columns = [f"k = {length}" for length in grid.lengths]
    if grid.exact:
        return pd.DataFrame(grid.errors, rows, columns)
    cells = [[_cell(grid, row, column) for column in range(len(columns))] for row in range(len(rows))]
    return pd.DataFrame(cells, rows, columns)


def grid_csv(grid: ShiftGrid) -> str:
    """A row for each cell; no error where its mean is infinite, no interval where it is exact."""
    return csv_text(
        ["method", "magnitude", "k", "error", "low", "high"],
        (
            [grid.method, magnitude, length, *_numbers(grid, row, column)]
            for row, magnitude in enumerate(grid.magnitudes)
            for column, length in enumerate(grid.lengths)
        ),
    )


def _numbers(grid: ShiftGrid, row: int, column: int) -> list[float | str]:
    """A cell's error and its interval's ends, '' for what it has not."""
    numbers = (float(grid.errors[row, column]), *(grid.interval(row, column) or (math.nan, math.nan)))
    return ["" if math.isnan(number) else number for number in numbers]


def _cell(grid: ShiftGrid, row: int, column: int) -> str:
    mean, ends = float(grid.errors[row, column]), grid.interval(row, column)
    return "∞" if ends is None or math.isnan(mean) else interval(mean, *ends, 3)


def covariance_table(panels: Sequence[CovariancePanel]) -> pd.DataFrame:
    """Errors over d by panel and k, the measured ones with their 90% intervals."""
    labels = words.covariance_labels(panels)
    rows = []
    for title, panel in zip(labels.titles, panels, strict=True):
        for k in panel.curves.context_lengths:
            row: dict[str, object] = {t("lines.panel"): title, "k": k}
            for name, (error, low, high) in _errors(panel, k):
                text = f"{error:.4f}" if low is None or high is None else interval(error, low, high, 3)
                row[labels.lines[name]] = text
            row[labels.lines["lsa_limit"]] = f"{panel.limits['lsa_random']:.4f}"
            rows.append(row)
    return pd.DataFrame(rows)


def covariance_csv(panels: Sequence[CovariancePanel]) -> str:
    """A row for each panel, line and k; exact lines have no interval."""
    return csv_text(
        ["covariance", "scale", "k", "line", "error", "low", "high"],
        (
            [panel.covariates.kind, panel.scale, k, name, *values]
            for panel in panels
            for k in panel.curves.context_lengths
            for name, values in _errors(panel, k)
        ),
    )


def residual_table(lengths: Array, lines: Mapping[str, Array]) -> pd.DataFrame:
    """The error over d by N = M, a column for each training."""
    labels = words.residual_labels()
    columns = {labels.lines[name]: values for name, values in lines.items()}
    return pd.DataFrame(columns, index=pd.Index(lengths.astype(int), name="N = M"))


def residual_csv(lengths: Array, lines: Mapping[str, Array]) -> str:
    """A row for each N = M."""
    return csv_text(
        ["N", *lines], zip(lengths.tolist(), *(line.tolist() for line in lines.values()), strict=True)
    )


def _errors(panel: CovariancePanel, k: int) -> list[tuple[str, Estimated]]:
    """Each line's name, error and interval at k."""
    found: list[tuple[str, Estimated]] = []
    for name, curve in panel.curves.curves.items():
        if name == "zero":
            found.append((name, (panel.scale, None, None)))
        else:
            found.append((name, (float(curve.mean[k]), float(curve.low[k]), float(curve.high[k]))))
    if k > 0:
        found += [(name, (float(line[k - 1]), None, None)) for name, line in panel.lines.items()]
    return found


def _lengths(sweep: LengthSweep) -> dict[str, Array]:
    """Columns by name, each [n]; NaN where there is no number."""
    columns = {"lsa": sweep.fixed, **dict(zip(("bias", "sampling", "noise"), sweep.parts, strict=True))}
    columns |= sweep.references
    if sweep.bound is not None:
        columns["bound"] = sweep.bound
    if sweep.theorem is not None:
        values = dict(zip(sweep.theorem[0].tolist(), sweep.theorem[1].tolist(), strict=True))
        columns["theorem"] = np.array([values.get(length, np.nan) for length in sweep.lengths.tolist()])
    return columns
