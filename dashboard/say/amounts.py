"""Numbers as text: errors with as many decimals as they deserve and with their 90% intervals, and times."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.frame.texts import t


def interval(mean: float, low: float, high: float, decimals: int | None = None) -> str:
    """'0.21 [0.19, 0.23]': an error with its 90% interval, all of equally many decimals."""
    numbers = (mean, low, high)
    return bracketed(
        *(errors(numbers) if decimals is None else [f"{number:.{decimals}f}" for number in numbers])
    )


def bracketed(mean: str, low: str, high: str) -> str:
    """A number with its 90% interval, as every sentence and table writes it."""
    return f"{mean} [{low}, {high}]"


def error(value: float) -> str:
    """An error as text: two decimals, three where it is small, none for 100 and more."""
    return errors([value])[0]


def errors(values: Sequence[float]) -> list[str]:
    """Errors as texts of equally many decimals: two, three if one is small, none for 100 and more."""
    decimals = 3 if any(5e-4 <= value < 0.095 for value in values) else 2
    return [f"{value:.{decimals}f}" if value < 100 else f"{value:,.0f}" for value in values]


def duration(seconds: float) -> str:
    """'40 s', '12 min', '1.5 h', in the page's language."""
    if seconds < 90:
        return t("train.seconds", seconds=max(1, round(seconds)))
    if seconds < 90 * 60:
        return t("train.minutes", minutes=round(seconds / 60))
    return t("train.hours", hours=f"{seconds / 3600:.1f}")
