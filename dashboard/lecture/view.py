"""What a link to the Lecture page carries: the lecture that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.frame.views import View
from dashboard.lecture.format import Lecture
from dashboard.lecture.own import lectures, own


@dataclass(frozen=True)
class LectureView(View):
    """The lecture by its name; None is the session's own where there is one, else the longest that ships."""

    name: str | None = None


def chosen(view: LectureView) -> Lecture:
    """The lecture that the page shows; the usual one for a name that nobody knows here."""
    found = lectures()
    if view.name is not None and view.name in found:
        return found[view.name]
    return own() or max(found.values(), key=lambda lecture: lecture.minutes)
