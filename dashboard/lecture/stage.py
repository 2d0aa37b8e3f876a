"""What stands under every page's figure: the knob that matters; in a lecture, the way to other scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from dashboard.frame.knob import Knob, draw
from dashboard.frame.navigation import GROUPS
from dashboard.frame.page import leave_button
from dashboard.frame.pin import pin_button
from dashboard.frame.texts import plain, t
from dashboard.frame.url_state import UrlState
from dashboard.lecture.format import Lecture, Scene, said
from dashboard.lecture.own import lectures
from dashboard.lecture.share import share

HERE = Path(__file__).parent
FILES = {link.name: link.file for links in GROUPS.values() for link in links}

STRIP = """
<div class="strip"><span class="place"></span> <span class="clock"></span>
<button class="notes" type="button" hidden></button></div>
"""

LOOK = """
.strip { display: flex; gap: .8rem; align-items: center; white-space: nowrap; font-size: .95rem;
  font-variant-numeric: tabular-nums; color: var(--st-text-color); font-family: var(--st-font); }
.late { color: var(--st-red-text-color, #8F3F00); }
.notes { font: inherit; color: inherit; background: none; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); padding: .35rem .7rem; cursor: pointer; }
.notes:hover, .notes:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
@media (max-width: 699px) { .clock, .notes { display: none; } }
"""


@dataclass(frozen=True)
class Place:
    """Where in which lecture the page stands."""

    lecture: Lecture
    number: int

    @property
    def scene(self) -> Scene:
        return self.lecture.scenes[self.number]

    def beside(self, step: int) -> Place | None:
        """The place so many scenes on; None beyond the ends."""
        number = self.number + step
        return Place(self.lecture, number) if 0 <= number < len(self.lecture.scenes) else None

    def link(self, stop: int | None = None) -> tuple[str, dict[str, str]]:
        """The file of the scene's page and the query that shows it at a stop of its slider."""
        state = self.scene.states[self.scene.start if stop is None else stop]
        return FILES[self.scene.page], state | self.marks()

    def marks(self) -> dict[str, str]:
        """What tells a page that it is this scene."""
        return {"present": "1", "lecture": self.lecture.name, "scene": str(self.number)}


def place_of(state: UrlState[Any]) -> Place | None:
    """The scene that the page's link names; None where there is none, or it is of another page."""
    lecture = lectures().get(state.presentation.lecture or "")
    number = state.presentation.scene
    if lecture is None or not number < len(lecture.scenes) or not state.presentation.present:
        return None
    place = Place(lecture, number)
    return place if place.scene.page == state.page else None


def stage(
    state: UrlState[Any], *knobs: Knob[Any], play: Callable[[], None] | None = None, pins: bool = False
) -> None:
    """The page's main knobs directly under its figure; in a lecture the scene's slider and the ways on.

    `play` draws a page's own control in their place, where that is no knob. `pins`: the figure can keep its
    curves on as faint ones.
    """
    place = place_of(state)
    if not state.presentation.present:
        with st.container(key="stage", horizontal=True, vertical_alignment="bottom"):
            with st.container(key="stage_knob"):
                if play is not None:
                    play()
                else:
                    draw(state, *knobs)
            if pins:
                pin_button(state)
            share(state)
        return
    if place is not None:
        with st.container(key="scene_head"):  # which the style puts above the title
            st.markdown(_head(place))
    with st.container(key="stage", horizontal=True, vertical_alignment="center"):
        _way(state, place, -1)
        with st.container(key="stage_knob"):
            if place is not None and place.scene.slider is not None:
                _scene_slider(state, place)
            elif play is not None:
                play()
            else:
                draw(state, *knobs[:1])
        _way(state, place, 1)
        _strip(state, place)
        share(state)
        leave_button(state)


def _head(place: Place) -> str:
    """The scene's number and title, and what the speaker asks."""
    title = t("lecture.scene", number=place.number + 1, title=plain(said(place.scene.title)))
    question = plain(said(place.scene.question))
    return f"**{title}** *{question}*" if question else f"**{title}**"


def begin_button(state: UrlState[Any], lecture: Lecture) -> None:
    """The way into the first scene, which → on the keyboard takes too."""
    file, query = Place(lecture, 0).link()
    with st.container(key="stage_next", width="content"):
        st.page_link(
            file, label=t("lecture.begin"), icon=":material/slideshow:", query_params=query | _spoken(state)
        )
    with st.container(key="stage_strip", width="content"):
        _keys()(key="stage_keys", data={"scenes": True})


def _scene_slider(state: UrlState[Any], place: Place) -> None:
    slider = place.scene.slider
    assert slider is not None
    now = _stop(state, place)

    def turned() -> None:
        state.follow(place.link(st.session_state["scene_slider"])[1] | _spoken(state))

    st.session_state["scene_slider"] = now
    st.select_slider(
        said(slider.label),
        range(len(slider.stops)),
        format_func=lambda number: said(slider.stops[number].label),
        key="scene_slider",
        on_change=turned,
    )


def _stop(state: UrlState[Any], place: Place) -> int:
    """The stop whose state the page shows, else the one that the scene starts at."""
    query = state.query()
    fits = [_in_common(each, query) for each in place.scene.states]
    best = max(fits)
    return place.scene.start if fits[place.scene.start] == best else fits.index(best)


def _in_common(first: Mapping[str, str], second: Mapping[str, str]) -> int:
    return sum(second.get(name) == value for name, value in first.items())


def _way(state: UrlState[Any], place: Place | None, step: int) -> None:
    """The link to the scene before or after, which the arrow keys click."""
    name, icon = ("stage_back", "arrow_back") if step < 0 else ("stage_next", "arrow_forward")
    there = place.beside(step) if place else None
    if there is None:
        return
    file, query = there.link()
    query |= _spoken(state)
    look: dict[str, Any] = {
        "label": t(f"lecture.{'back' if step < 0 else 'next'}"),
        "icon": f":material/{icon}:",
        "help": said(there.scene.title),
    }
    with st.container(key=name, width="content"):
        if there.scene.page == state.page:  # a link to the page itself leaves the address as it was
            st.button(key=f"{name}_here", type="tertiary", on_click=lambda: state.follow(query), **look)
        else:
            st.page_link(file, query_params=query, **look)


def _spoken(state: UrlState[Any]) -> dict[str, str]:
    language = state.presentation.lang
    return {"lang": language} if language else {}


def _strip(state: UrlState[Any], place: Place | None) -> None:
    """Where the lecture stands, its clock, its notes; and what the keys do."""
    data: dict[str, Any] = {"scenes": place is not None}
    if place is not None:
        scene, coming = place.scene, place.beside(1)
        lengths = [each.minutes for each in place.lecture.scenes[: place.number + 1]]
        data |= {
            "lecture": place.lecture.name,
            "first": place.number == 0,
            "until": round(sum(lengths)),
            "place": f"{place.number + 1} / {len(place.lecture.scenes)}",
            "title": said(scene.title),
            "question": said(scene.question),
            "notes": said(scene.notes),
            "coming": t("lecture.coming", title=said(coming.scene.title)) if coming else t("lecture.last"),
            "open": t("lecture.notes"),
        }
    with st.container(key="stage_strip", width="content"):
        _keys()(key="stage_keys", data=data)


@st.cache_resource
def _keys() -> Callable[..., Any]:
    """The script in the browser, registered once for all viewers."""
    return component("stage", html=STRIP, css=LOOK, js=(HERE / "stage.js").read_text("utf-8"))
