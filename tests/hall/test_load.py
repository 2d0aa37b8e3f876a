"""A small hall: what the load generator measures, and that nobody drops out."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from streamlit import config

from benchmarks.hall.dashboard import Dashboard
from benchmarks.hall.load import lines, measure, share
from benchmarks.hall.viewer import PageFault, Viewer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hall")]


def test_a_small_hall_has_no_faults(dashboard: Dashboard, in_own_thread: Callable[..., Any]) -> None:
    result = in_own_thread(measure, dashboard.port, dashboard, viewers=6, minutes=0.5, every=4)
    assert result.faults == ()
    assert result.moves >= 6
    assert 0 < result.move_median <= result.move_95 <= result.move_longest
    assert 0 < result.processor_share < 2
    assert "no faults" in lines(result)


def test_no_turn_collects_garbage() -> None:
    """After every run of a script a collection would cost several times what the run costs."""
    assert config.get_option("runner.postScriptGC") is False


def test_a_knob_that_is_not_there_is_named(dashboard: Dashboard, in_own_thread: Callable[..., Any]) -> None:
    async def move() -> None:
        async with Viewer(dashboard.port) as viewer:
            await viewer.open()
            await viewer.slide("volume", 1)

    with pytest.raises(PageFault, match="the page has no knob 'volume'"):
        in_own_thread(asyncio.run, move())


def test_shares_of_times() -> None:
    assert share([3, 1, 2, 4], 0.5) == 3
    assert share([1], 0.95) == 1
