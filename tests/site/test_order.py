"""A lecture's pack that is written on request."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.frame.texts import t
from dashboard.lecture.format import Lecture, Scene, Slider, Stop
from dashboard.lecture.own import OWN
from dashboard.pack import offer
from dashboard.pack.build import Pack
from dashboard.pack.models import USUAL
from dashboard.pack.order import MOST_PAGES, Desk, Order, Work
from tests.pages.opening import healthy, opened_page

APP = "http://127.0.0.1:1"
WITHOUT_VISITS = ("--trainings", "--models", USUAL[-1])
LAB = Lecture("mine", "Mine", (Scene("prompt_lab?source=line&count=3", "Three points", 2.0),))
SECONDS = 300.0


def ended(desk: Desk, order: Order) -> Work:
    """The order's work, once its process has ended."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        work = desk.find(order)
        assert work is not None
        if not work.running:
            return work
        time.sleep(0.2)
    raise AssertionError("the pack was not written in time")


@pytest.mark.slow
def test_a_lecture_becomes_a_zip_and_one_is_written_at_a_time() -> None:
    desk, order, other = Desk(WITHOUT_VISITS), Order(LAB, APP), Order(replace(LAB, name="other"), APP)
    assert desk.begin(order)
    assert not desk.begin(other)
    assert desk.find(other) is None
    work = ended(desk, order)
    assert work.fault is None
    assert work.archive is not None
    with zipfile.ZipFile(work.archive) as archive:
        names = archive.namelist()
        lectures = archive.read("mine/lectures.js").decode("utf-8")
    assert {"mine/index.html", "mine/lab.html", f"mine/models/{USUAL[-1]}.js"} <= set(names)
    assert "Three points" in lectures
    assert not desk.busy


def test_a_pack_that_is_not_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "progress.json").write_text('{"fault": "explore?k=many: no number"}', "utf-8")
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    process.wait(SECONDS)
    work = Work(Order(LAB, APP), tmp_path, process)
    assert not work.running
    assert work.archive is None
    assert work.fault == "explore?k=many: no number"


def test_a_folder_that_is_no_pack_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(FileExistsError, match="something else than a pack"):
        Pack({}, (), (), APP).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_lecture_page_offers_a_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(offer, "_desk", lambda: desk)
    monkeypatch.setattr(Desk, "begin", lambda self, order: False)
    at = opened_page("pages/lecture.py")
    healthy(at.button(key="pack_begin").click().run())
    assert t("pack.order.busy") in [info.value for info in at.info]
    scene = Scene(
        "explore", "many", 1.0, slider=Slider("k", tuple(Stop(str(k), f"k={k}") for k in range(24)))
    )
    at.session_state[OWN] = Lecture("long", "Long", (scene,) * 6)
    healthy(at.run())
    assert "pack_begin" not in [button.key for button in at.button]
    assert t("pack.order.large", pages=144, most=MOST_PAGES) in [info.value for info in at.info]


def test_the_pages_of_an_order_are_counted() -> None:
    slider = Slider("k", tuple(Stop(str(k), f"k={k}") for k in range(5)))
    scenes = (Scene("explore", "one", 1.0), Scene("explore", "five", 1.0, slider=slider))
    assert Order(Lecture("two", "Two", scenes), APP).pages == 6
