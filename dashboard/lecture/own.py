"""Lectures of the session beside those that ship: read from a file, or collected on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.lecture.format import Lecture, Scene, shipped

OWN = "own_lecture"
NAME = "my-lecture"
MOST_BYTES = 1_000_000


def own() -> Lecture | None:
    """The session's own lecture; None where nothing was collected or read."""
    return st.session_state.get(OWN)


def keep(lecture: Lecture | None) -> None:
    """Makes it the session's own lecture; None forgets the present one."""
    st.session_state[OWN] = lecture


def add(scene: Scene, title: str) -> None:
    """Adds a scene at the end of the own lecture, which is called `title` where it begins with it."""
    lecture = own()
    if lecture is None:
        keep(Lecture(NAME, title, (scene,)))
    else:
        keep(replace(lecture, scenes=(*lecture.scenes, scene)))


def lectures() -> Mapping[str, Lecture]:
    """Every lecture that can be given here, by name; an own one comes before a shipped one of its name."""
    mine = own()
    found = {lecture.name: lecture for lecture in shipped()}
    return found if mine is None else found | {mine.name: mine}
