"""What the scenes of the shipped lectures ask for: its numbers ship with them, so that no class waits."""

from __future__ import annotations

from dashboard.lecture.format import shipped
from icl_core.library import Library
from icl_core.library.links import MODEL, from_query
from icl_core.specs import Experiment


def experiments(page: str, library: Library) -> list[Experiment]:
    """Of every stop of every scene on this page, as far as the library has their models."""
    models = library.specs()
    states = [
        state
        for lecture in shipped()
        for scene in lecture.scenes
        if scene.page == page
        for state in scene.states
    ]
    return [from_query(state, models) for state in states if state.get(MODEL) in (None, *models)]
