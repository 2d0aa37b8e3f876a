"""The folder's pages: figures as the app draws them, sliders, languages, light and dark, phone and desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.frame.site import single_file, state_of
from dashboard.frame.texts import languages, translate
from dashboard.lecture.format import Lecture, said
from dashboard.lecture.format import shipped as shipped_lectures
from dashboard.pack import scenes
from dashboard.pack.build import PAGES, Pack
from dashboard.pack.models import USUAL, packed_models
from dashboard.pack.scenes import LAB, PageFault, Visitor
from icl_core.figures.dark import dark_colours
from icl_core.figures.function_strokes import LEARNERS
from icl_core.figures.palette import METHODS
from icl_core.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Page

browser_test = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}
APP = "http://127.0.0.1:1"  # nothing answers there: a pack only links to it
LARGEST, LARGEST_INDEX = 12e6, 200e3  # bytes

FIGURES = """
() => [...document.querySelectorAll(".charts > div")].map((place) => ({
  alt: place.getAttribute("aria-label"),
  paper: place.layout.paper_bgcolor,
  data: place.data.map((trace) => ({ name: trace.name, y: trace.y ? Array.from(trace.y) : null })),
  frames: place._transitionData._frames.length,
}))
"""
TURN = """
async (stop) => {
  lecture.view.range.value = stop;
  lecture.view.range.dispatchEvent(new Event("input"));
  await lecture.view.drawn;
}
"""
LAST = "() => JSON.stringify(Array.from(document.querySelector('.charts > div').data.at(-1).x))"
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def figures(page: Page) -> list[dict[str, Any]]:
    return page.evaluate(FIGURES)


def assert_drawn(page: Page, wanted: dict[str, Any]) -> None:
    """The page's figures and words are those of a state."""
    found = figures(page)
    assert [each["alt"] for each in found] == [chart["alt"] for chart in wanted["charts"]]
    for each, chart in zip(found, wanted["charts"], strict=True):
        assert [trace["name"] for trace in each["data"]] == [trace.get("name") for trace in chart["data"]]
        for drawn, trace in zip(each["data"], chart["data"], strict=True):
            if isinstance(trace.get("y"), list):
                assert drawn["y"] == trace["y"]
        assert each["frames"] == len(chart.get("frames", []))
    assert page.locator(".stage h2").inner_text() == wanted["title"]


@browser_test
@pytest.mark.parametrize(("language", "profile"), [("en", {}), ("zh", PHONE | DARK)], ids=["desk", "phone"])
def test_every_scene_is_the_apps_page(
    language: str, profile: dict[str, Any], site: str, opened: Callable[..., Page], lecture: Lecture
) -> None:
    page = opened(f"{site}/lecture.html?lang={language}", **profile)
    visitor = Visitor(language, narrow=bool(profile))
    for number, scene in enumerate(lecture.scenes):
        if number:
            page.keyboard.press("ArrowRight")
            page.wait_for_function("number => lecture.number === number", arg=number)
        page.evaluate("lecture.drawn")
        assert page.locator("h1").inner_text() == said(scene.title, language)
        assert page.locator(".question").inner_text() == said(scene.question, language)
        if scene.page == LAB:
            page.wait_for_function("window.lab?.xs?.length > 0")
            assert page.evaluate("lab.xs.length") == int(scene.query["count"])
            continue
        page.wait_for_selector(".charts .main-svg")
        for stop, query in enumerate(scene.states):
            page.evaluate(TURN, stop)
            assert_drawn(page, state_of(visitor.opens(scene.page, query), APP))
        assert page.evaluate(FITS)


@browser_test
def test_the_index_leads_to_every_scene(
    pack_folder: Path, opened: Callable[..., Page], lecture: Lecture
) -> None:
    """From the disk."""
    page = opened((pack_folder / "index.html").as_uri() + "?lang=zh", **PHONE)
    assert page.evaluate(FITS)
    links = page.locator(".card li a")
    assert links.all_inner_texts() == [said(scene.title, "zh") for scene in lecture.scenes]
    links.nth(2).click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.locator("h1").inner_text() == said(lecture.scenes[2].title, "zh")
    assert page.evaluate("ICL.models.length") >= 1


@browser_test
def test_notes_and_play_have_keys(site: str, opened: Callable[..., Page], lecture: Lecture) -> None:
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene=1", **DARK)
    page.keyboard.press("n")
    assert page.locator("details[open]").inner_text().startswith(translate("pack.notes", "en"))
    before = page.evaluate(LAST)
    page.keyboard.press(" ")
    page.wait_for_function(f"before => ({LAST})() !== before", arg=before)
    page.keyboard.press("ArrowUp")
    assert page.evaluate("lecture.view.number") == 1


@browser_test
def test_a_dark_figure_is_the_apps_dark_one(site: str, opened: Callable[..., Page], lecture: Lecture) -> None:
    page = opened(f"{site}/lecture.html?name={lecture.name}&scene=3", **DARK)
    dark = dark_colours()
    (found,) = figures(page)
    assert found["paper"] == dark["#FFFFFF"]
    shown = page.locator(".charts").first.inner_html().lower()
    assert [light for light in dark if light not in dark.values() and light.lower() in shown] == []


@browser_test
def test_a_state_is_one_offline_file(tmp_path: Path, opened: Callable[..., Page]) -> None:
    shown = Visitor("zh", narrow=False).opens("explore", {"k": "4"})
    file = tmp_path / "state.html"
    file.write_text(single_file(shown, APP, "zh"), "utf-8")
    page = opened(file.as_uri() + "?lang=zh")
    wanted = state_of(shown, APP)
    assert page.locator("h2").inner_text() == wanted["title"]
    (found,) = figures(page)
    assert [trace["y"] for trace in found["data"]] == [
        trace.get("y") for trace in wanted["charts"][0]["data"]
    ]
    assert page.get_by_role("link").get_attribute("href") == f"{APP}/?k=4&lang=zh"


def test_colours_have_one_dark_counterpart() -> None:
    dark = dark_colours()
    for stroke in (*METHODS.values(), *LEARNERS.values()):
        assert dark[stroke.hue.light] == stroke.hue.dark


def test_a_page_that_does_not_come_is_named() -> None:
    with pytest.raises(PageFault, match=r"explore\?evaluation.seed=many"):
        Visitor("en", narrow=False).opens("explore", {"evaluation.seed": "many"})


@pytest.mark.slow
def test_the_shipped_lectures_make_a_small_pack(
    shipped: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every state comes. Visited in one language and width, and counted for all."""
    kinds = len(languages()) * len(scenes.WIDTHS)
    monkeypatch.setattr(scenes, "languages", lambda: ("en",))
    monkeypatch.setattr(scenes, "WIDTHS", {"wide": False})
    Pack(packed_models(shipped, USUAL), shipped_lectures(), APP).write(tmp_path / "pack")
    sizes = {path: path.stat().st_size for path in (tmp_path / "pack").rglob("*") if path.is_file()}
    assert (
        sum(size * (kinds if path.parent.name == "scenes" else 1) for path, size in sizes.items()) < LARGEST
    )


def test_the_index_is_light(pack_folder: Path) -> None:
    (index,) = (page for page in PAGES if page.file == "index.html")
    assert "plotly.js" not in index.scripts
    files = (index.file, *index.scripts, "style.css", "look.css")
    assert sum((pack_folder / name).stat().st_size for name in files) < LARGEST_INDEX
