"""Scenes as the app shows them: its own pages, run without a browser at each stop of a slider."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.frame import shown
from dashboard.frame.bootstrap import ROOT
from dashboard.frame.navigation import GROUPS
from dashboard.frame.shown import Shown
from dashboard.frame.site import packed, state_of
from dashboard.frame.texts import languages
from dashboard.lecture.format import Lecture, Scene, link_to, said

FILES = {link.name: link.file for links in GROUPS.values() for link in links}
LAB = "prompt_lab"
SECONDS = 600  # the longest that a page may take on a busy machine


class PageFault(ValueError):
    """A scene's link that its page cannot show."""


@dataclass(frozen=True)
class Visitor:
    """Someone who opens pages in one language, in a narrow window or a wide one."""

    language: str
    narrow: bool

    @property
    def width(self) -> str:
        """The window's width, as `site/scene.js` calls it."""
        return "narrow" if self.narrow else "wide"

    def opens(self, page: str, query: Mapping[str, str]) -> Shown:
        """What the page shows. Raises PageFault, saying what is wrong, for one that does not come."""
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
        if FILES[page] != "app.py":
            at = at.switch_page(FILES[page])
        for name, value in {**query, "lang": self.language}.items():
            at.query_params[name] = value
        at.session_state["narrow"] = self.narrow
        at.session_state[shown.ASKED] = True
        at.run()
        faults = [each.value for kind in (at.exception, at.error, at.warning) for each in kind]
        if faults:
            raise PageFault(f"{link_to(page, dict(query))}: {faults[0]}")
        return at.session_state[shown.SHOWN]


def everyone() -> tuple[Visitor, ...]:
    """Those whom a pack is for: speakers of every language, in a wide window and a narrow one."""
    return tuple(Visitor(language, narrow) for language in languages() for narrow in (False, True))


def identifier(scene: Scene) -> str:
    """The name of a scene's file: equal pictures share it, whatever is said beside them."""
    parts = [scene.page, scene.states]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def scene_scripts(
    scenes: Iterable[Scene],
    visitors: Sequence[Visitor],
    app: str,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, str]:
    """The scripts of all scenes with figures, by their files' names; the Prompt lab draws its own.

    `told` is called after every page, with how many are done and how many there are.
    """
    drawn = {identifier(scene): scene for scene in scenes if scene.page != LAB}
    visits = [
        (name, visitor, query)
        for name, scene in drawn.items()
        for visitor in visitors
        for query in scene.states
    ]
    variants: dict[str, dict[str, dict[str, list[Any]]]] = {name: {} for name in drawn}
    for done, (name, visitor, query) in enumerate(visits, start=1):
        found = visitor.opens(drawn[name].page, query)
        states = variants[name].setdefault(visitor.language, {}).setdefault(visitor.width, [])
        states.append(state_of(found, app))
        told(done, len(visits))
    return {f"{name}.js": f'SCENES.add("{name}", "{packed(found)}");\n' for name, found in variants.items()}


def lectures_script(lectures: tuple[Lecture, ...]) -> str:
    """`LECTURES`: what is said in each, in every language, and which figures go with it."""

    def spoken(text: str) -> dict[str, str]:
        return {language: said(text, language) for language in languages()}

    told = [
        {
            "name": lecture.name,
            "title": spoken(lecture.title),
            "text": spoken(lecture.text),
            "scenes": [_told(scene, spoken) for scene in lecture.scenes],
        }
        for lecture in lectures
    ]
    return f'"use strict";\nconst LECTURES = {json.dumps(told, ensure_ascii=False, separators=(",", ":"))};\n'


def _told(scene: Scene, spoken: Any) -> dict[str, Any]:
    slider = scene.slider and {
        "label": spoken(scene.slider.label),
        "stops": [stop.label for stop in scene.slider.stops],
        "start": scene.slider.start,
    }
    return {
        "title": spoken(scene.title),
        "question": spoken(scene.question),
        "notes": spoken(scene.notes),
        "minutes": f"{scene.minutes:g}",
        "slider": slider,
        **({"query": scene.link.partition("?")[2]} if scene.page == LAB else {"id": identifier(scene)}),
    }
