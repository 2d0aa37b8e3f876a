"""A covariance as the user writes it: one row of eigenvalues, or a matrix row by row."""

from __future__ import annotations

from icl_core.data.covariance import Eigenvalues, Matrix
from icl_core.specs import Covariance, SpecError

MOST_IN_LINKS = 8  # inputs up to which a link carries a whole matrix


def from_text(text: str) -> Covariance | None:
    """Numbers with spaces or commas between, a row a line; None for no text. Raises SpecError."""
    rows = tuple(_numbers(line) for line in text.splitlines() if line.strip())
    if not rows:
        return None
    return Eigenvalues(rows[0]) if len(rows) == 1 else Matrix(rows)


def as_text(covariance: Covariance | None) -> str:
    """Inverse of `from_text`; empty for a covariance of any other kind."""
    if isinstance(covariance, Eigenvalues):
        return _line(covariance.values)
    if isinstance(covariance, Matrix):
        return "\n".join(_line(row) for row in covariance.rows)
    return ""


def _numbers(line: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in line.replace(",", " ").split())
    except ValueError:
        raise SpecError("covariance", line, "numbers with spaces between") from None


def _line(values: tuple[float, ...]) -> str:
    """The shortest texts that give the same numbers again."""
    return " ".join(repr(value).removesuffix(".0") for value in values)
