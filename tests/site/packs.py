"""Packs for tests, each of states in one language and width alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.frame.shown import Shown
from dashboard.lecture.format import Lecture, Scene
from dashboard.pack.build import Pack
from dashboard.pack.learn import Training
from dashboard.pack.models import packed_models
from dashboard.pack.scenes import Visitor
from icl_core.library import Library

APP = "http://127.0.0.1:1"  # nothing answers there: a pack only links to it


@dataclass(frozen=True)
class Built:
    """A pack of states in one language and width, and what the app showed for it."""

    folder: Path
    models: Sequence[str]
    lectures: tuple[Lecture, ...]
    trainings: tuple[Training, ...]
    visitor: Visitor
    seen: Mapping[tuple[str, tuple[tuple[str, str], ...]], Shown]

    def shown(self, scene: Scene, stop: int) -> Shown:
        """The app's page at a stop of a scene's slider."""
        return self.seen[_visit(scene.page, scene.states[stop])]


def _visit(page: str, query: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    return page, tuple(sorted(query.items()))


def built(
    folder: Path,
    library: Library,
    models: Sequence[str],
    lectures: tuple[Lecture, ...],
    replayed: tuple[Training, ...],
    visitor: Visitor,
) -> Built:
    """A visit to a page takes a while: so one language and one width, and what is seen is kept."""
    seen: dict[tuple[str, tuple[tuple[str, str], ...]], Shown] = {}
    opens = Visitor.opens

    def opened_and_kept(self: Visitor, page: str, query: Mapping[str, str]) -> Shown:
        seen[_visit(page, query)] = opens(self, page, query)
        return seen[_visit(page, query)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Visitor, "opens", opened_and_kept)
        Pack(packed_models(library, models), lectures, replayed, APP, (visitor,)).write(folder)
    return Built(folder, models, lectures, replayed, visitor, seen)
