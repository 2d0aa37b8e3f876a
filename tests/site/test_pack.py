"""The folder's pages: figures as the app draws them, sliders, languages, light and dark, phone and desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.frame.shown import Shown
from dashboard.frame.site import single_file, state_of
from dashboard.frame.texts import translate
from dashboard.lecture.format import Lecture, Scene, said, shipped
from dashboard.pack import scenes
from dashboard.pack.build import PAGES
from dashboard.pack.scenes import LAB, PageFault, Visitor
from icl_core.figures.dark import dark_colours
from icl_core.figures.function_strokes import LEARNERS
from icl_core.figures.palette import METHODS
from tests.site.packs import APP, Built

if TYPE_CHECKING:
    from playwright.sync_api import Page

browser_test = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}
LARGEST, LARGEST_INDEX = 12e6, 200e3  # bytes

FIGURES = """
() => [...document.querySelectorAll(".charts > div")].map((place) => ({
  alt: place.getAttribute("aria-label"),
  paper: place.layout.paper_bgcolor,
  data: place.data.map((trace) => ({ name: trace.name, y: trace.y ? Array.from(trace.y) : null })),
  frames: place._transitionData._frames.length,
}))
"""
LAST = "() => JSON.stringify(Array.from(document.querySelector('.charts > div').data.at(-1).x))"
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def figures(page: Page) -> list[dict[str, Any]]:
    return page.evaluate(FIGURES)


def assert_drawn(page: Page, shown: Shown) -> None:
    """The page's figures and words are what the app shows."""
    wanted, found = state_of(shown, APP), figures(page)
    assert [each["alt"] for each in found] == [chart["alt"] for chart in wanted["charts"]]
    for each, chart in zip(found, wanted["charts"], strict=True):
        assert [trace["name"] for trace in each["data"]] == [trace.get("name") for trace in chart["data"]]
        for drawn, trace in zip(each["data"], chart["data"], strict=True):
            if isinstance(trace.get("y"), list):
                assert drawn["y"] == trace["y"]
        assert each["frames"] == len(chart.get("frames", []))
    assert page.locator(".stage h2").inner_text() == wanted["title"]


def assert_scene(page: Page, scene: Scene, pack: Built, *, finger: bool) -> None:
    """The scene that the page shows is the app's at every stop of its slider, turned by keys or a finger."""
    language = pack.visitor.language
    assert page.locator("h1").inner_text() == said(scene.title, language)
    assert page.locator(".question").inner_text() == said(scene.question, language)
    if scene.page == LAB:
        page.wait_for_function("window.lab?.xs?.length > 0")
        count = len(scene.query["x"].split()) if "x" in scene.query else int(scene.query["count"])
        assert page.evaluate("lab.xs.length") == count
        return
    page.wait_for_selector(".charts .main-svg")
    for stop in range(len(scene.states)):
        if scene.slider:
            turn(page, stop, len(scene.states), finger=finger)
        assert_drawn(page, pack.shown(scene, stop))
        assert page.evaluate(FITS)


def turn(page: Page, stop: int, stops: int, *, finger: bool) -> None:
    slider = page.locator("#slider")
    if finger:
        box = slider.bounding_box()
        assert box is not None
        half = 12  # pixels, of the slider's thumb
        across = box["x"] + half + (box["width"] - 2 * half) * stop / (stops - 1)
        page.touchscreen.tap(across, box["y"] + box["height"] / 2)
    else:
        slider.press("ArrowRight" if stop else "Home")
    page.wait_for_function("stop => Number(lecture.view.range.value) === stop", arg=stop)
    page.evaluate("lecture.view.drawn")


def walk(page: Page, pack: Built, lecture: Lecture, *, finger: bool = False) -> None:
    """Through every scene, from the first one."""
    for number, scene in enumerate(lecture.scenes):
        if number:
            forth = page.get_by_role("button", name=translate("pack.next", pack.visitor.language))
            if finger:
                forth.tap()
            else:
                page.keyboard.press("ArrowRight")
                page.locator("body").focus()
        page.wait_for_function("number => lecture.number === number", arg=number)
        page.evaluate("lecture.drawn")
        assert_scene(page, scene, pack, finger=finger)
        page.evaluate("document.activeElement.blur()")


@browser_test
def test_every_scene_is_the_apps_page_at_every_stop(
    site: str, opened: Callable[..., Page], pack: Built
) -> None:
    longest = max(pack.lectures, key=lambda lecture: len(lecture.scenes))
    walked = {scenes.identifier(scene) for scene in longest.scenes}
    assert walked == {scenes.identifier(scene) for lecture in pack.lectures for scene in lecture.scenes}
    walk(opened(f"{site}/lecture.html?name={longest.name}&lang=en"), pack, longest)


@browser_test
def test_a_phone_walks_through_a_lecture_by_touch(
    small_site: str, opened: Callable[..., Page], small_pack: Built
) -> None:
    page = opened(f"{small_site}/lecture.html?lang=zh", **PHONE, **DARK)
    walk(page, small_pack, small_pack.lectures[0], finger=True)


@browser_test
@pytest.mark.parametrize(("which", "profile"), [("pack", {}), ("small_pack", PHONE)], ids=["desk", "phone"])
def test_every_training_is_replayed(
    which: str, profile: dict[str, Any], opened: Callable[..., Page], request: pytest.FixtureRequest
) -> None:
    """From the disk."""
    pack: Built = request.getfixturevalue(which)
    language = pack.visitor.language
    page = opened((pack.folder / "learn.html").as_uri() + f"?lang={language}", **profile)
    for training in pack.trainings:
        page.get_by_role("button", name=training.title[language], exact=True).click()
        page.wait_for_function("name => here.get('training') === name", arg=training.name)
        assert_drawn(page, pack.shown(training.scene, 0))
        assert figures(page)[0]["frames"] > 10
        assert page.evaluate(FITS)
        link = page.get_by_role("link", name=translate("pack.learn.lab", language))
        assert link.count() == (training.in_lab and training.name in pack.models)
    step = "() => document.querySelector('.charts > div')._fullLayout._currentFrame"
    page.keyboard.press(" ")
    page.wait_for_function(f"({step})()")


@browser_test
def test_the_index_leads_to_every_scene(small_pack: Built, opened: Callable[..., Page]) -> None:
    """From the disk."""
    (lecture,) = small_pack.lectures
    page = opened((small_pack.folder / "index.html").as_uri() + "?lang=zh", **PHONE)
    assert page.evaluate(FITS)
    links = page.locator(".card li a")
    assert links.all_inner_texts() == [said(scene.title, "zh") for scene in lecture.scenes]
    links.nth(2).click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.locator("h1").inner_text() == said(lecture.scenes[2].title, "zh")
    assert page.evaluate("ICL.models.length") >= 1


@browser_test
def test_notes_play_and_answers_have_keys(site: str, opened: Callable[..., Page], pack: Built) -> None:
    lecture, number = scene_of(pack, "lecture.half.title")
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene={number}", **DARK)
    page.keyboard.press("n")
    assert page.locator("details[open]").inner_text().startswith(translate("pack.notes", "en"))
    before = page.evaluate(LAST)
    page.keyboard.press(" ")
    page.wait_for_function(f"before => ({LAST})() !== before", arg=before)
    page.evaluate("lecture.view.go(0)")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("lecture.view.number") == 1
    lecture, number = scene_of(pack, "lecture.guess.title")
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene={number}")
    assert page.evaluate("lab.waiting")
    page.keyboard.press("r")
    assert not page.evaluate("lab.waiting")
    assert page.evaluate(
        "lab.plot.data.some((trace) => trace.meta.learner === 'transformer' && trace.visible)"
    )


@browser_test
def test_a_slider_plays_its_stops(site: str, opened: Callable[..., Page], pack: Built) -> None:
    lecture, number = scene_of(pack, "lecture.ols.title")
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene={number}")
    start = page.evaluate("lecture.view.number")
    page.get_by_role("button", name=translate("library.play", "en")).click()
    page.wait_for_function("start => lecture.view.number > start + 1", arg=start)
    page.get_by_role("button", name=translate("library.pause", "en")).click()
    assert page.evaluate("lecture.view.timer") is None


def scene_of(pack: Built, title: str) -> tuple[Lecture, int]:
    """Where the scene of this title is: its lecture, and its number from 1."""
    for lecture in pack.lectures:
        for number, scene in enumerate(lecture.scenes, start=1):
            if scene.title == title:
                return lecture, number
    raise AssertionError(title)


@browser_test
def test_a_dark_figure_is_the_apps_dark_one(site: str, opened: Callable[..., Page], pack: Built) -> None:
    lecture, number = scene_of(pack, "lecture.ols.title")
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene={number}", **DARK)
    dark = dark_colours()
    (found,) = figures(page)
    assert found["paper"] == dark["#FFFFFF"]
    shown = page.locator(".charts").first.inner_html().lower()
    assert [light for light in dark if light not in dark.values() and light.lower() in shown] == []


@browser_test
def test_a_state_is_one_offline_file(tmp_path: Path, opened: Callable[..., Page], pack: Built) -> None:
    scene = next(scene for scene in pack.lectures[-1].scenes if scene.page == "explore")
    shown = replace(pack.shown(scene, 0), query=(("k", "4"), ("lang", "zh")))
    file = tmp_path / "state.html"
    file.write_text(single_file(shown, APP, "zh"), "utf-8")
    page = opened(file.as_uri())
    wanted = state_of(shown, APP)
    assert page.locator("html").get_attribute("lang") == translate("language.tag", "zh")
    assert page.locator("h2").inner_text() == wanted["title"]
    (found,) = figures(page)
    assert [trace["y"] for trace in found["data"]] == [
        trace.get("y") for trace in wanted["charts"][0]["data"]
    ]
    assert page.get_by_role("link").get_attribute("href") == f"{APP}/?k=4&lang=zh"


def test_the_lectures_turn_what_matters() -> None:
    """Examples, a shift's magnitude, the share of a combination and the bandwidth."""
    every = [scene for lecture in shipped() for scene in lecture.scenes]
    turned = {
        name
        for scene in every
        for state in scene.states
        for name, value in state.items()
        if value != scene.states[0].get(name)
    }
    alpha, band = ("evaluation.function_class.alpha", "evaluation.function_class.second.high")
    assert {"k", "evaluation.shift.magnitude", alpha, band} <= turned


def test_colours_have_one_dark_counterpart() -> None:
    dark = dark_colours()
    for stroke in (*METHODS.values(), *LEARNERS.values()):
        assert dark[stroke.hue.light] == stroke.hue.dark


def test_a_page_that_does_not_come_is_named() -> None:
    with pytest.raises(PageFault, match=r"explore\?evaluation.seed=many"):
        Visitor("en", narrow=False).opens("explore", {"evaluation.seed": "many"})


@browser_test
def test_the_shipped_pack_is_small(pack: Built) -> None:
    """Its states are there in one language and width, and are counted for all."""
    kinds = len(scenes.everyone())
    sizes = {path: path.stat().st_size for path in pack.folder.rglob("*") if path.is_file()}
    whole = sum(size * (kinds if path.parent.name == "scenes" else 1) for path, size in sizes.items())
    assert whole < LARGEST
    (index,) = (page for page in PAGES if page.file == "index.html")
    assert "plotly.js" not in index.scripts
    files = (index.file, *index.scripts, "style.css", "look.css")
    assert sum(sizes[pack.folder / name] for name in files) < LARGEST_INDEX
