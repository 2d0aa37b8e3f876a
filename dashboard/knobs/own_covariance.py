"""A covariance as the user writes it: one row of eigenvalues, or a matrix row by row."""

from __future__ import annotations

import re

from icl_core.data.covariance import Eigenvalues, Matrix
from icl_core.specs import Covariance, SpecError

WRAPPING = re.compile(r"\b(?:(?:np|numpy|torch)\.)?(?:array|matrix|tensor)\b|,?\s*dtype=[\w.]+")
INNERMOST = re.compile(r"\[([^\[\]]*)\]")
MOST_IN_LINKS = 8  # inputs up to which a link carries a whole matrix


def from_text(text: str) -> Covariance | None:
    """Eigenvalues or a matrix as people have them; None for no text. Raises SpecError.

    Rows on lines, between semicolons or in brackets, as NumPy prints them; numbers with spaces, tabs or
    commas between. One number a row is a list of eigenvalues too.
    """
    rows = _rows(text)
    if not rows:
        return None
    if len(rows) == 1 or all(len(row) == 1 for row in rows):
        return Eigenvalues(tuple(number for row in rows for number in row))
    return Matrix(rows)


def mended_by(text: str) -> float:
    """How far an entry of the covariance is from what was written, at most: what rounding had spoilt."""
    covariance = from_text(text)
    if not isinstance(covariance, Matrix):
        return 0.0
    pairs = zip(_rows(text), covariance.rows, strict=True)
    return max(abs(a - b) for given, taken in pairs for a, b in zip(given, taken, strict=True))


def as_text(covariance: Covariance | None) -> str:
    """Inverse of `from_text`; empty for a covariance of any other kind."""
    if isinstance(covariance, Eigenvalues):
        return _line(covariance.values)
    if isinstance(covariance, Matrix):
        return "\n".join(_line(row) for row in covariance.rows)
    return ""


def _rows(text: str) -> tuple[tuple[float, ...], ...]:
    bare = WRAPPING.sub(" ", text).translate(str.maketrans("()", "[]"))
    bracketed = INNERMOST.findall(bare)
    if bracketed and INNERMOST.sub(" ", bare).strip(" \t\r\n,;[]"):
        raise SpecError("covariance", text, "numbers inside the brackets alone")
    lines = [part for row in bracketed for part in row.split(";")] or re.split(r"[\n;]", bare)
    return tuple(_numbers(line) for line in lines if line.strip(" \t\r\n,"))


def _numbers(line: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in re.split(r"[\s,]+", line) if word)
    except ValueError:
        raise SpecError(
            "covariance", line, "numbers with spaces, tabs or commas between, a row a line"
        ) from None


def _line(values: tuple[float, ...]) -> str:
    """The shortest texts that give the same numbers again."""
    return " ".join(repr(value).removesuffix(".0") for value in values)
