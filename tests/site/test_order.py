"""A lecture's pack that is written on request."""

from __future__ import annotations

import time
import zipfile

import pytest

from dashboard.lecture.format import Lecture, Scene, Slider, Stop
from dashboard.pack.models import USUAL
from dashboard.pack.order import Desk, Order, Work

APP = "http://127.0.0.1:1"
WITHOUT_VISITS = ("--trainings", "--models", USUAL[-1])
LAB = Lecture("mine", "Mine", (Scene("prompt_lab?source=line&count=3", "Three points", 2.0),))
BROKEN = Lecture("broken", "Broken", (Scene("explore?evaluation.seed=many", "No such seed", 1.0),))
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
    desk, order, other = Desk(WITHOUT_VISITS), Order(LAB, APP), Order(BROKEN, APP)
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
    assert desk.begin(other)
    failed = ended(desk, other)
    assert failed.archive is None
    assert failed.fault is not None
    assert failed.fault.startswith("explore?evaluation.seed=many")


def test_the_pages_of_an_order_are_counted() -> None:
    slider = Slider("k", tuple(Stop(str(k), f"k={k}") for k in range(5)))
    scenes = (Scene("explore", "one", 1.0), Scene("explore", "five", 1.0, slider=slider))
    assert Order(Lecture("two", "Two", scenes), APP).pages == 6
