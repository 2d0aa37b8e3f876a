"""The Prompt lab of a pack: points by mouse, touch and keys, and every function against icl_core's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from benchmarks.pack import POINT
from dashboard.frame.shown import Shown
from dashboard.frame.site import single_file
from dashboard.lab.numbers import answer
from dashboard.lab.view import LabView, prompt_of, sampled
from dashboard.pack.lab import offline
from icl_core.library import Library
from tests.site.packs import Built

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TRANSFORMER, EXACT = 1e-4, 1e-6
MAIN = "linear-sinusoid"
PLACES = ((-2.5, -1.0), (-1.0, 0.8), (0.4, 0.3), (1.3, -1.2), (2.6, 1.5))
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

PLACE = """
([x, y]) => {
  const box = lab.plot.getBoundingClientRect(), { xaxis, yaxis } = lab.plot._fullLayout;
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}
"""
STATE = """
() => ({
  xs: lab.xs, ys: lab.ys, grid: lab.grid, posterior: lab.posterior,
  functions: Object.fromEntries(Object.entries(lab.functions).map(([name, row]) => [name, Array.from(row)])),
  drawn: Object.fromEntries(lab.plot.data
    .filter((trace) => trace.meta.role === "function" && trace.visible !== false)
    .map((trace) => [trace.meta.learner, Array.from(trace.y)])),
})
"""


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    across, down = page.evaluate(PLACE, [x, y])
    return across, down


def state(page: Page) -> dict[str, Any]:
    return page.evaluate(STATE)


def compare(found: dict[str, Any], library: Library, model: str = MAIN, noise: float = 0.1) -> None:
    """Each function that is drawn, and the posterior, against icl_core's on the same points."""
    spec = library.specs()[model]
    view = LabView(source="own", x=tuple(found["xs"]), y=tuple(found["ys"]), noise=noise)
    wanted = answer(view, spec, library)
    scale = spec.label_variance**0.5
    for name, values in found["functions"].items():
        limit = scale * (TRANSFORMER if name == "transformer" else EXACT)
        np.testing.assert_allclose(values, wanted.at_end(name), rtol=0, atol=limit, err_msg=name)
    posterior = dict(zip(("dense", "sinusoid"), found["posterior"], strict=True))
    assert posterior == pytest.approx(wanted.posterior, abs=EXACT)


def test_five_clicked_points_give_the_functions_of_icl_core(
    pack: Built, opened: Callable[..., Page], shipped: Library
) -> None:
    """From the disk, without any server."""
    page = opened((pack.folder / "lab.html").as_uri())
    page.get_by_role("button", name="Clear").click()
    for count, (x, y) in enumerate(PLACES, start=1):
        page.mouse.click(*place(page, x, y))
        found = state(page)
        assert len(found["xs"]) == count
        assert [found["xs"][-1], found["ys"][-1]] == pytest.approx([x, y], abs=0.02)
        for name, values in found["functions"].items():
            assert found["drawn"][name] == values
    compare(found, shipped)
    assert str(len(PLACES)) in page.locator("h1").inner_text()
    page.get_by_label("Noise that Bayes assumes").select_option("0.01")
    compare(state(page), shipped, noise=0.01)


def test_taps_land_where_they_are_made(site: str, opened: Callable[..., Page], shipped: Library) -> None:
    page = opened(f"{site}/lab.html?lang=zh", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate("lab.put([], [], 'own')")
    for x, y in PLACES:
        page.touchscreen.tap(*place(page, x, y))
    found = state(page)
    np.testing.assert_allclose(np.column_stack([found["xs"], found["ys"]]), PLACES, atol=0.05)
    compare(found, shipped)


def test_the_first_prompt_is_the_apps(site: str, opened: Callable[..., Page], shipped: Library) -> None:
    spec = shipped.specs()[MAIN]
    found = state(opened(f"{site}/lab.html?source=sum&draw=2"))
    wanted = sampled(LabView(source="sum", draw=2), spec, np.array(found["grid"]))
    assert wanted.truth is not None
    np.testing.assert_allclose(found["xs"], wanted.xs, atol=6e-4)
    np.testing.assert_allclose(found["drawn"]["truth"], wanted.truth, atol=6e-4)
    compare(found, shipped)


def test_a_dragged_point_bends_every_function(
    site: str, opened: Callable[..., Page], shipped: Library
) -> None:
    page = opened(f"{site}/lab.html")
    before = state(page)
    page.mouse.move(*place(page, before["xs"][2], before["ys"][2]))
    page.mouse.down()
    page.mouse.move(*place(page, 0.5, 2.0), steps=3)
    page.mouse.up()
    page.wait_for_function("lab.pending === undefined && Math.abs(lab.ys[2] - 2) < 0.05")
    after = state(page)
    assert len(after["xs"]) == len(before["xs"])
    assert after["xs"][:2] == before["xs"][:2]
    compare(after, shipped)


def test_keys_put_points_and_take_them_away(site: str, opened: Callable[..., Page], shipped: Library) -> None:
    page = opened(f"{site}/lab.html?source=own&x=1&y=1")
    page.locator(".glass").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert state(page)["xs"] == pytest.approx([1, 0.2, -0.8])
    assert state(page)["ys"] == pytest.approx([1, 0.1, 0.1])
    page.keyboard.press("Backspace")
    found = state(page)
    assert found["xs"] == pytest.approx([1, 0.2])
    compare(found, shipped)


def test_a_guess_is_drawn_before_the_answer_and_scored(site: str, opened: Callable[..., Page]) -> None:
    page = opened(f"{site}/lab.html?source=own&x=1 2&y=1 2&predict=1")
    assert state(page)["drawn"] == {}
    page.mouse.move(*place(page, -3, -3))
    page.mouse.down()
    page.mouse.move(*place(page, 3, 2), steps=6)
    page.mouse.up()
    found = state(page)
    guess, grid = np.array(found["drawn"]["guess"], dtype=float), np.array(found["grid"])
    drawn = np.isfinite(guess)
    np.testing.assert_allclose(guess[drawn], -3 + (grid[drawn] + 3) * 5 / 6, atol=0.1)
    page.get_by_role("button", name="Show the answer").click()
    found = state(page)
    assert {"guess", "transformer", "ols", "bayes"} <= set(found["drawn"])
    inside = (np.abs(grid) <= 3) & drawn
    gap = np.sqrt(np.mean((guess - np.array(found["functions"]["ols"]))[inside] ** 2))
    assert f"{gap:.2f} from OLS" in page.locator(".score").inner_text()


def test_another_model_has_its_own_learners(site: str, opened: Callable[..., Page], shipped: Library) -> None:
    page = opened(f"{site}/lab.html")
    page.evaluate("ICL.ready")
    page.locator("#model").select_option("linear-sinusoid-wide")
    compare(state(page), shipped, model="linear-sinusoid-wide")


def test_the_link_to_the_app_carries_the_points(
    site: str, opened: Callable[..., Page], shipped: Library
) -> None:
    page = opened(f"{site}/lab.html?source=line&draw=1")
    link = urlsplit(page.get_by_role("link", name="live explorer").get_attribute("href") or "")
    assert link.path == "/prompt_lab"
    asked = {
        name: values[0] for name, values in parse_qs(link.query).items() if name not in ("model", "lang")
    }
    found = state(page)
    prompt = prompt_of(LabView.from_query(asked), shipped.specs()[MAIN], np.array(found["grid"]))
    assert prompt.xs.tolist() == found["xs"]
    assert prompt.truth is not None
    np.testing.assert_allclose(prompt.truth, found["drawn"]["truth"], atol=6e-4)


def test_the_lab_is_one_offline_file_that_goes_on(
    tmp_path: Path, opened: Callable[..., Page], shipped: Library
) -> None:
    """What the app shows, far from the usual draws, goes on in the file with the running network."""
    query = {"model": MAIN, "source": "sum", "draw": "41", "count": "5", "noise": "0.03", "show": "ols bayes"}
    spec = shipped.specs()[MAIN]
    file = tmp_path / "lab.html"
    write = offline(spec, shipped)
    file.write_text(write(Shown("prompt_lab", tuple(query.items())), "http://127.0.0.1:1", "zh"), "utf-8")
    page = opened(file.as_uri())
    page.evaluate("ICL.ready")
    found = state(page)
    wanted = sampled(LabView(source="sum", draw=41, count=5), spec, np.array(found["grid"]))
    assert wanted.truth is not None
    np.testing.assert_allclose(found["xs"], wanted.xs, atol=6e-4)
    np.testing.assert_allclose(found["drawn"]["truth"], wanted.truth, atol=6e-4)
    assert {"ols", "bayes", "truth"} == set(found["drawn"])
    compare(found, shipped, noise=0.03)
    page.mouse.click(*place(page, 1.0, 1.5))
    found = state(page)
    assert len(found["xs"]) == 6
    compare(found, shipped, noise=0.03)
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en][data-drawn]", state="attached")
    assert state(page)["xs"] == found["xs"]


def test_without_a_transformer_the_offline_file_is_a_picture(shipped: Library) -> None:
    unknown = replace(shipped.specs()[MAIN], seed=77)
    assert offline(unknown, shipped) is single_file


def test_a_point_costs_about_a_plain_product(site: str, opened: Callable[..., Page]) -> None:
    """Against the textbook loop over the same weights and queries, in the same page."""
    point, product = opened(f"{site}/lab.html").evaluate(POINT)
    assert point < 2 * product
