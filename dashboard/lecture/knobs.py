"""Which lecture; and an own one: read from a file, edited in a table, taken away as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.frame.exports import Download, take_away
from dashboard.frame.knob import Knob, Menu, draw, viewed
from dashboard.frame.texts import plain, t
from dashboard.frame.url_state import UrlState, sentence
from dashboard.lecture.format import Lecture, Scene, said
from dashboard.lecture.own import MOST_BYTES, keep, lectures, own
from dashboard.lecture.view import LectureView
from icl_core.specs import SpecError

State = UrlState[LectureView]
COLUMNS = ("place", "title", "question", "minutes", "notes", "link")


def which(state: State, lecture: Lecture) -> None:
    """The lectures that can be given here, by title."""
    found = lectures()
    names = Menu(list(found), lambda name: said(found[name].title))
    draw(state, Knob("lecture", t("lecture.which"), names, lecture.name, viewed("name")))


def own_section(state: State) -> None:
    """The own lecture: a file to read, a table to edit, a file to take away."""
    with st.expander(t("lecture.own"), icon=":material/edit_note:", expanded=own() is not None):
        st.markdown(t("lecture.own.text"))
        st.file_uploader(t("lecture.own.file"), type=["json"], key="lecture_file", on_change=_read)
        fault = st.session_state.pop("lecture_fault", "")
        if fault:
            st.error(fault)
        mine = own()
        if mine is None:
            return
        _table(mine)
        take_away([Download("lecture", lambda: mine.to_json(indent=1) + "\n", f"{mine.name}.json")])
        st.button(t("lecture.own.forget"), key="lecture_forget", on_click=lambda: keep(None))


def _read() -> None:
    file = st.session_state["lecture_file"]
    if file is None:
        return
    name = plain(file.name)
    if file.size > MOST_BYTES:
        st.session_state["lecture_fault"] = t("lecture.own.large", name=name, most=MOST_BYTES // 1000)
        return
    try:
        keep(Lecture.from_json(file.getvalue().decode("utf-8")))
    except UnicodeDecodeError:
        st.session_state["lecture_fault"] = t("lecture.own.no_text", name=name)
    except SpecError as error:
        st.session_state["lecture_fault"] = t("lecture.own.refused", name=name, fault=sentence(error))


def _table(mine: Lecture) -> None:
    """Scenes as rows: another number in the first column moves one, an empty row is one less."""
    key = f"lecture_table_{mine.hash}"

    def edited() -> None:
        try:
            keep(applied(mine, st.session_state[key]))
        except SpecError as error:
            st.session_state["lecture_fault"] = t("lecture.own.edit", fault=sentence(error))

    rows = [
        (number, scene.title, scene.question, scene.minutes, scene.notes, scene.link)
        for number, scene in enumerate(mine.scenes, start=1)
    ]
    st.data_editor(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        key=key,
        num_rows="delete",
        hide_index=True,
        on_change=edited,
        column_config={name: t(f"lecture.column.{name}") for name in COLUMNS},
    )


def applied(lecture: Lecture, changes: Mapping[str, Any]) -> Lecture | None:
    """The lecture after a table's changes; None without any scene left. Raises SpecError."""
    places = {number: float(number + 1) for number in range(len(lecture.scenes))}
    scenes: dict[int, Scene] = dict(enumerate(lecture.scenes))
    for number, cells in changes["edited_rows"].items():
        at = int(number)
        fields = {name: value for name, value in cells.items() if name != "place" and value is not None}
        scenes[at] = replace(scenes[at], **fields)
        if cells.get("place") is not None:
            # Moved up it comes before the one whose number it takes, moved down behind it.
            wanted = float(cells["place"])
            places[at] = wanted + (0.5 if wanted > at + 1 else -0.5)
    kept = [number for number in scenes if number not in changes["deleted_rows"]]
    ordered: Sequence[Scene] = [scenes[number] for number in sorted(kept, key=places.__getitem__)]
    return replace(lecture, scenes=tuple(ordered)) if ordered else None
