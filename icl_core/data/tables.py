"""Tables of numbers as people have them: commas, semicolons, tabs or spaces between, with a head or not."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from icl_core.specs import SpecError, require

MOST_BYTES = 5_000_000
SEPARATORS = (";", "\t", ",")


class Table(NamedTuple):
    """The names of the columns, in small letters (none: no head), and the rows; an empty cell is None.

    `lines`: where in the text each row stands, from 1.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
    lines: tuple[int, ...]


def read_table(text: str) -> Table:
    """The table that a text holds; empty lines and those after '#' count for nothing. Raises SpecError."""
    require(len(text) <= MOST_BYTES, "table", len(text), "at most {most} bytes", most=MOST_BYTES)
    numbered = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in numbered if line and not line.startswith("#")]
    require(bool(lines), "table", text, "a row of numbers a line")
    split = [(number, _cells(line)) for number, line in lines]
    head = split[0][1]
    named = any(_is_name(cell) for cell in head)
    names = tuple(cell.strip("\"'").lower() for cell in head) if named else ()
    body = split[1:] if named else split
    rows = tuple(tuple(_value(cell, number) for cell in cells) for number, cells in body)
    return Table(names, rows, tuple(number for number, _ in body))


def _cells(line: str) -> list[str]:
    between = next((each for each in SEPARATORS if each in line), None)
    return [cell.strip() for cell in (re.split(r"\s+", line) if between is None else line.split(between))]


def _is_name(cell: str) -> bool:
    return re.match(r"[\"']?[^\W\d]", cell) is not None and cell.lower() not in ("nan", "inf", "infinity")


def _value(cell: str, line: int) -> float | None:
    if not cell:
        return None
    number = _number(cell)
    if number is None:
        raise SpecError(f"line {line}", cell, "finite numbers, with commas between")
    return number


def _number(cell: str) -> float | None:
    """A finite number as other programs read it too; None for anything else."""
    try:
        number = float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
