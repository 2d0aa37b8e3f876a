"""The Explore page in a real browser: what is drawn is what the command line prints for the page's URL."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
VIEW = ("k", "log", "show", "lang", "present", "hide")  # what of a page's URL is not the experiment's
DRAWN = """
() => document.querySelector('.js-plotly-plot')._fullData
    .filter(trace => trace.meta.role === 'line')
    .map(trace => [trace.meta.method, Array.from(trace.y)])
"""
pytestmark = pytest.mark.browser


def open_page(page: "Page", address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
    page.wait_for_selector("#done", state="attached", timeout=120_000)


def shown(page: "Page") -> str:
    """The hash of the experiment that the page shows, set when the page is complete."""
    return page.locator("#done").get_attribute("data-cfg") or ""


def wait_for_other(page: "Page", before: str) -> None:
    page.wait_for_selector(f"#done:not([data-cfg='{before}'])", state="attached", timeout=120_000)


def drawn(page: "Page") -> dict[str, list[float]]:
    return dict(page.evaluate(DRAWN))


def query(page: "Page") -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.evaluate("location.href")).query))


def printed(parameters: dict[str, str], app_server: Any) -> dict[str, Any]:
    """What `python -m icl_core curve --url` prints for a page's URL, with the stores that the page has."""
    experiment = {name: value for name, value in parameters.items() if name not in VIEW}
    stores = {"ICL_MODEL_STORE": str(app_server.model_store), "ICL_STATE": str(app_server.state)}
    command = [sys.executable, "-m", "icl_core", "curve", "--url", urlencode(experiment), "--json"]
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **stores}, capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


def press(page: "Page", key: str, button: str, times: int = 1) -> None:
    """Moves a slider by the keyboard."""
    slider = page.locator(f".st-key-{key} input[type=range]")
    slider.focus()
    for _ in range(times):
        slider.press(button)


def test_the_drawn_curve_is_what_the_command_line_prints(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    shift = "evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5"
    open_page(page, f"{app_server.url}/?{shift}&unit=unshifted")  # as the command line has it
    settled(page)
    first, before = shown(page), drawn(page)
    press(page, "magnitude", "ArrowRight")
    wait_for_other(page, first)
    settled(page)
    assert float(query(page)["evaluation.shift.magnitude"]) == 1  # from c = 2 to c = 4
    expected = printed(query(page), app_server)
    assert expected["spec_hash"] == shown(page)
    lines = drawn(page)
    assert lines["ols"] != before["ols"]
    assert {"lsa", "ols", "ridge", "lasso", "bayes"} <= set(lines)
    for method, line in lines.items():
        if method in expected["predictors"] and method not in ("lsa", "zero"):
            assert line == pytest.approx(expected["predictors"][method]["mean"], rel=1e-6, abs=1e-9), method
    for method in ("lsa", "lsa_reoptimised"):
        assert line_of(lines, method) == pytest.approx(expected["exact"][method], rel=1e-6), method


def line_of(lines: dict[str, list[float]], method: str) -> list[float]:
    return lines[method]


def test_the_shipped_transformer_stands_there_without_a_click(
    page: "Page",
    app_server: Any,
    settled: Callable[["Page"], None],
    choose: Callable[["Page", str, str], None],
) -> None:
    open_page(page, app_server.url)
    settled(page)
    assert "transformer" in drawn(page)
    assert query(page) == {}
    assert page.get_by_test_id("stException").count() == 0
    first = shown(page)
    choose(page, "preset", "Doubled inputs")
    wait_for_other(page, first)
    settled(page)
    expected = np.array(printed(query(page), app_server)["predictors"]["transformer"]["mean"])
    cost = 4.0 ** float(query(page)["evaluation.shift.magnitude"])  # of predicting zero under this shift
    assert drawn(page)["transformer"] == pytest.approx(expected / cost, rel=1e-6)


def test_state_survives_reload_and_back(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    open_page(page, f"{app_server.url}/?evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5&k=6")
    settled(page)
    first = shown(page)
    press(page, "magnitude", "ArrowLeft")
    wait_for_other(page, first)
    settled(page)
    second, address = shown(page), query(page)
    assert address["k"] == "6"
    page.reload()
    page.wait_for_selector(f"#done[data-cfg='{second}']", state="attached", timeout=120_000)
    assert query(page) == address
    page.go_back()
    page.wait_for_selector(f"#done[data-cfg='{first}']", state="attached", timeout=120_000)
    settled(page)
    assert query(page)["evaluation.shift.magnitude"] == "0.5"


def test_two_quick_moves_are_both_kept(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    """The second slider moves before the first one's answer has arrived."""
    open_page(page, f"{app_server.url}/?evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5&k=6")
    settled(page)
    press(page, "read_out", "ArrowRight")
    press(page, "magnitude", "ArrowRight")
    page.wait_for_function(
        "() => { const q = new URLSearchParams(location.search);"
        " return q.get('k') === '7' && Number(q.get('evaluation.shift.magnitude')) === 1; }",
        timeout=60_000,
    )


def test_the_navigation_keeps_the_experiment(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    open_page(page, f"{app_server.url}/?evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5")
    settled(page)
    first = shown(page)
    page.locator(".st-key-navigation a").first.click()
    settled(page)
    assert shown(page) == first
    assert query(page)["evaluation.shift"] == "covariate_scale"


@pytest.mark.parametrize("picture", ["png", "svg"])
def test_the_camera_saves_a_picture(
    picture: str, page: "Page", app_server: Any, settled: Callable[["Page"], None], tmp_path: Path
) -> None:
    open_page(page, app_server.url)
    settled(page)
    if picture == "svg":
        page.get_by_text("Take it away").click()
        page.locator(".st-key-picture").get_by_text("SVG").click()
        settled(page)
    page.locator(".js-plotly-plot").hover()
    with page.expect_download() as download:
        page.locator(
            "[data-title*='Download'], [data-testid='stPlotlyChart'] [aria-label*='ownload']"
        ).first.click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == f".{picture}"
    assert saved.read_bytes()[:4] in (b"\x89PNG", b"<svg")


def test_a_phone_shows_the_figure_first(
    browser: Any, app_server: Any, settled: Callable[["Page"], None]
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        user_agent="Mozilla/5.0 Mobile",
    )
    page = context.new_page()
    open_page(page, app_server.url)
    settled(page)
    box = page.locator(".js-plotly-plot").bounding_box()
    assert box["y"] < 300
    assert box["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
