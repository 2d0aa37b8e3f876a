"""What a move sends: the part of the page that it acts on, and no more."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from benchmarks.hall.dashboard import Dashboard
from benchmarks.hall.viewer import Viewer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hall")]

FIGURE_AND_WORDS = 12  # elements; the page has some sixty


def test_the_read_out_moves_the_figure_and_its_words_alone(
    dashboard: Dashboard, in_own_thread: Callable[..., Any]
) -> None:
    async def move() -> None:
        async with Viewer(dashboard.port) as viewer:
            page = await viewer.open(k="7")
            moved = await viewer.slide("read_out", 8)
            again = await viewer.slide("read_out", 7)
            assert len(moved.elements) < FIGURE_AND_WORDS < len(page.elements)
            assert parse_qs(moved.query)["k"] == ["8"]
            charts = [next(answer.of_type("plotly_chart")) for answer in (page, moved, again)]
            assert charts[0].plotly_chart.spec != charts[1].plotly_chart.spec
            assert charts[0].plotly_chart == charts[2].plotly_chart

    in_own_thread(asyncio.run, move())


def test_what_else_a_knob_beside_the_figure_changes_draws_the_page(
    dashboard: Dashboard, in_own_thread: Callable[..., Any]
) -> None:
    async def move() -> None:
        async with Viewer(dashboard.port) as viewer:
            await viewer.open()
            answer = await viewer.choose("preset", "Ridge rides out noise; OLS and transformer do not")
            assert len(answer.elements) > FIGURE_AND_WORDS
            assert parse_qs(answer.query)["evaluation.label_noise"] == ["0.5"]

    in_own_thread(asyncio.run, move())
