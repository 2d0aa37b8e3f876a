"""Lectures as files: the shipped ones, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dashboard.frame.texts import catalogue, languages
from dashboard.lecture.format import FOLDER, Lecture, Scene, link_to, said, shipped
from icl_core.specs import SpecError

ROOT = Path(__file__).resolve().parents[2]
FORMAT = ROOT / "docs" / "lectures" / "FORMAT.md"
SCRIPT = ROOT / "docs" / "lectures" / "in-context-learning.md"
PLAIN = {"link": "explore?k=4", "title": "One", "minutes": 3}


def test_three_lectures_ship_of_their_lengths() -> None:
    found = {lecture.name: lecture.minutes for lecture in shipped()}
    assert found == {"linear-attention": 15, "mixtures": 15, "in-context-learning": 45}
    assert {path.stem for path in FOLDER.glob("*.json")} == set(found)


@pytest.mark.parametrize("lecture", shipped(), ids=lambda lecture: lecture.name)
def test_a_shipped_lecture_speaks_every_language(lecture: Lecture) -> None:
    assert len(lecture.texts) >= 2 + 3 * len(lecture.scenes)
    for language in languages():
        assert [text for text in lecture.texts if text not in catalogue(language)] == []


def test_the_example_of_the_document_is_a_lecture() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", FORMAT.read_text("utf-8"), re.DOTALL)
    lecture = Lecture.from_json(example)
    assert json.loads(example)["scenes"][0]["slider"]["stops"][2]["label"] == "2"
    (scene,) = lecture.scenes
    assert scene.page == "explore"
    assert [state["evaluation.shift.magnitude"] for state in scene.states] == ["0", "1", "2"]
    assert scene.states[0]["k"] == "8"
    assert said(scene.title, "zh") == scene.title


@pytest.mark.parametrize("text", ["what.is.no.key", "An own sentence."])
def test_other_texts_are_said_as_they_stand(text: str) -> None:
    assert said(text, "zh") == text


def test_a_key_is_said_in_the_language() -> None:
    assert said("lecture.icl.title", "en") != said("lecture.icl.title", "zh")


def test_a_link_is_put_together_and_taken_apart() -> None:
    scene = Scene("prompt_lab?x=1+-2.5&predict=1", "Points", 1)
    assert scene.query == {"x": "1 -2.5", "predict": "1"}
    assert link_to(scene.page, scene.query) == scene.link
    assert link_to("claims", {}) == "claims"
    assert Scene("claims", "All", 1).states == ({},)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"link": "nowhere?k=1"}, "scenes.0.link"),
        ({"link": "explore?k"}, "scenes.0.query"),
        ({"title": " "}, "scenes.0.title"),
        ({"minutes": 0}, "scenes.0.minutes"),
        ({"minutes": "long"}, "scenes.0.minutes"),
        ({"seconds": 3}, "scenes.0.seconds"),
        ({"slider": {"label": "k", "stops": [{"label": "1", "query": "k=1"}]}}, "scenes.0.slider.stops"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(SpecError) as error:
        Lecture.from_dict({"name": "own", "title": "Own", "scenes": [PLAIN | change]})
    assert error.value.field == field


def test_a_lecture_survives_its_file() -> None:
    for lecture in shipped():
        assert Lecture.from_json(lecture.to_json()) == lecture


def test_names_are_those_of_files() -> None:
    with pytest.raises(SpecError, match="name"):
        Lecture.from_dict({"name": "../up", "title": "Own", "scenes": [PLAIN]})


def test_the_script_of_the_long_lecture_adds_up() -> None:
    """Its scenes are the lecture's, each begins where the one before ends, and its steps fill it."""
    (lecture,) = (each for each in shipped() if each.name == SCRIPT.stem)
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in SCRIPT.read_text("utf-8").splitlines()
    ]
    scenes: list[tuple[str, str, list[int]]] = []
    for first, second, *_ in (row for row in rows if len(row) == 3):
        if first.startswith("**"):
            scenes.append((first.strip("*"), second, []))
        elif first.isdecimal():
            scenes[-1][2].append(int(first))
    begun = 0
    for number, (scene, (title, when, steps)) in enumerate(zip(lecture.scenes, scenes, strict=True), 1):
        assert title == f"{number}. {said(scene.title, 'en')}"
        assert when == f"{begun} to {begun + sum(steps)}"
        assert sum(steps) == scene.minutes, title
        begun += sum(steps)
    assert begun == lecture.minutes == 45


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lecture", shipped(), ids=lambda lecture: lecture.name)
def test_notes_say_what_to_expect_of_the_room(lecture: Lecture, language: str) -> None:
    for scene in lecture.scenes:
        first, *further = said(scene.notes, language).split("\n")
        assert first
        assert further, scene.title
