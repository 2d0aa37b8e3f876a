"""Times in words."""

from dashboard.frame.texts import t


def duration(seconds: float) -> str:
    if seconds < 90:
        return t("train.seconds", seconds=max(1, round(seconds)))
    if seconds < 90 * 60:
        return t("train.minutes", minutes=round(seconds / 60))
    return t("train.hours", hours=f"{seconds / 3600:.1f}")
