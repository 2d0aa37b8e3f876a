"""The scenes of the shipped lectures: links to pages that are there, and the state of every stop."""

from pathlib import Path

import pytest
import segno

from dashboard.frame.navigation import GROUPS
from dashboard.lecture.format import Lecture, shipped
from dashboard.lecture.share import code
from dashboard.lecture.stage import FILES, Place
from tests.pages.opening import opened_page

SCENES = [
    pytest.param(lecture, number, id=f"{lecture.name}-{number}")
    for lecture in shipped()
    for number in range(len(lecture.scenes))
]


@pytest.mark.slow
@pytest.mark.parametrize(("lecture", "number"), SCENES)
def test_a_scene_opens_as_its_link_says_at_every_stop(lecture: Lecture, number: int, tmp_path: Path) -> None:
    """No notice, no error, one knob; the slider stands where the link is; its numbers ship, so that no
    class waits while one is measured."""
    place = Place(lecture, number)
    file = place.link()[0]
    stops = range(len(place.scene.states)) if place.scene.slider else (None,)
    for stop in (min(stops, key=lambda each: each or 0), list(stops)[-1]):
        at = opened_page(file, **place.link(stop)[1])
        assert [each.value for each in (*at.warning, *at.error)] == []
        if place.scene.slider:
            assert at.select_slider(key="scene_slider").value == (place.scene.start if stop is None else stop)
        assert [*(tmp_path / "models").rglob("*.json")] == [], "run python -m dashboard.ship"


def test_places_know_their_neighbours() -> None:
    lecture = shipped()[0]
    first, last = Place(lecture, 0), Place(lecture, len(lecture.scenes) - 1)
    assert first.beside(-1) is None
    assert last.beside(1) is None
    assert first.beside(1) == Place(lecture, 1)
    assert first.link()[1].items() >= {("present", "1"), ("lecture", lecture.name), ("scene", "0")}


def test_every_page_has_a_file() -> None:
    assert {link.name: link.file for links in GROUPS.values() for link in links} == FILES


def test_a_code_is_a_picture_without_anything_from_elsewhere() -> None:
    link = "http://127.0.0.1:8501/?evaluation.shift=covariate_scale&k=6"
    assert code(link).startswith(b"\x89PNG")
    assert segno.make_qr(link, error="m").symbol_size()[0] >= 33
