"""A lecture of one's own: scenes from pages, edited in a table, kept as a file."""

import pytest

from dashboard.lecture.format import Lecture, Scene
from dashboard.lecture.knobs import applied
from icl_core.specs import SpecError

THREE = Lecture(
    "mine",
    "Mine",
    tuple(Scene(f"explore?k={k}", title, 3.0) for k, title in enumerate(("first", "second", "third"))),
)
NOTHING = {"edited_rows": {}, "deleted_rows": [], "added_rows": []}


def titles(lecture: Lecture | None) -> list[str]:
    return [scene.title for scene in lecture.scenes] if lecture else []


def test_a_cell_changes_its_scene_alone() -> None:
    changed = applied(THREE, NOTHING | {"edited_rows": {1: {"minutes": 7.5, "question": "Why?"}}})
    assert changed is not None
    assert [scene.minutes for scene in changed.scenes] == [3.0, 7.5, 3.0]
    assert [scene.question for scene in changed.scenes] == ["", "Why?", ""]
    assert titles(changed) == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("row", "place", "order"),
    [
        (0, 3, ["second", "third", "first"]),
        (0, 2, ["second", "first", "third"]),
        (2, 1, ["third", "first", "second"]),
        (2, 2, ["first", "third", "second"]),
        (1, 2, ["first", "second", "third"]),
    ],
)
def test_another_number_moves_a_scene_to_that_place(row: int, place: int, order: list[str]) -> None:
    assert titles(applied(THREE, NOTHING | {"edited_rows": {row: {"place": place}}})) == order


def test_rows_that_are_deleted_are_gone_and_the_last_one_ends_the_lecture() -> None:
    assert titles(applied(THREE, NOTHING | {"deleted_rows": [0, 2]})) == ["second"]
    assert applied(THREE, NOTHING | {"deleted_rows": [0, 1, 2]}) is None


def test_a_cell_that_makes_no_scene_is_refused() -> None:
    with pytest.raises(SpecError, match="link"):
        applied(THREE, NOTHING | {"edited_rows": {0: {"link": "nowhere?k=1"}}})
