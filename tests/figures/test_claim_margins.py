"""Claims at a glance: every limit is a dot beside its threshold, and words say the outcome."""

import math
from typing import Any

import pytest

from icl_core.figures.claim_margins import ClaimGroup, ClaimRow, Dot, MarginLabels, claim_margins_figure
from icl_core.figures.palette import THEMES, ThemeName
from icl_core.figures.verdict_marks import VERDICTS

LABELS = MarginLabels("margin", "limit")
HOLDS, FAILS = (
    Dot(0.5, 0.4, 0.6, "reproduced", True, "held"),
    Dot(-2.0, -3.0, -1.0, "not_reproduced", True, "failed"),
)
PALE = Dot(40.0, 30.0, 50.0, "reproduced", False, "another")
FIRST = ClaimGroup(
    "Paper A",
    (
        ClaimRow("A1", "one", "reproduced", "reproduced", (HOLDS, PALE)),
        ClaimRow("A2", "two", "not_reproduced", "fails", (FAILS,)),
    ),
)
SECOND = ClaimGroup("Paper B", (ClaimRow("B1", "three", "waiting", "waits", ()),))


def dots(figure: Any) -> dict[tuple[str, bool], Any]:
    return {(trace.meta["id"], trace.meta["decides"]): trace for trace in figure.data}


def texts(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_every_limit_is_a_dot_with_its_interval() -> None:
    drawn = dots(claim_margins_figure([FIRST, SECOND], LABELS))
    assert drawn.keys() == {("A1", True), ("A1", False), ("A2", True)}
    dot = drawn["A2", True]
    (value,) = dot.x
    assert math.sinh(value) * 0.02 == pytest.approx(-2)
    assert math.sinh(value + dot.error_x.array[0]) * 0.02 == pytest.approx(-1)
    assert math.sinh(value - dot.error_x.arrayminus[0]) * 0.02 == pytest.approx(-3)
    assert drawn["A1", True].marker.size > drawn["A1", False].marker.size
    assert drawn["A1", True].hovertemplate.startswith("held")


def test_rows_stand_one_under_the_other_and_say_their_outcome() -> None:
    figure = claim_margins_figure([FIRST, SECOND], LABELS)
    said = texts(figure)
    assert [text for text in said if "Paper" in text] == ["<b>Paper A</b>", "<b>Paper B</b>"]
    assert any("waits" in text and VERDICTS["waiting"].letter in text for text in said)
    assert any("<b>fails</b>" in text for text in said)
    heights = [note.y for note in figure.layout.annotations if note.text.startswith("<b>")]
    assert heights == sorted(heights)
    assert dots(figure)["A1", True].y[0] < dots(figure)["A2", True].y[0]
    low, high = figure.layout.yaxis.range
    assert high < min(heights)
    assert max(heights) < low


def test_outcomes_differ_in_more_than_colour() -> None:
    marks = list(VERDICTS.values())
    assert len({mark.letter for mark in marks}) == len(marks)
    drawn = dots(claim_margins_figure([FIRST], LABELS))
    assert drawn["A1", True].marker.symbol != drawn["A2", True].marker.symbol


def test_two_figures_side_by_side_share_axis_and_height() -> None:
    left = claim_margins_figure([FIRST], LABELS, beside=[SECOND])
    right = claim_margins_figure([SECOND], LABELS, beside=[FIRST])
    assert left.layout.xaxis.range == right.layout.xaxis.range
    assert left.layout.yaxis.range == right.layout.yaxis.range
    assert left.layout.height == right.layout.height
    low, high = left.layout.xaxis.range
    assert low < math.asinh(-3 / 0.02)
    assert high > math.asinh(50 / 0.02)


@pytest.mark.parametrize("theme", THEMES)
def test_themes(theme: ThemeName) -> None:
    figure = claim_margins_figure([FIRST], LABELS, theme=theme)
    look = THEMES[theme]
    assert figure.layout.paper_bgcolor == look.paper
    assert dots(figure)["A1", True].marker.color == VERDICTS["reproduced"].colour(look)


def test_a_narrow_screen_gives_names_a_line_of_their_own() -> None:
    wide, narrow = (claim_margins_figure([FIRST], LABELS, compact=compact) for compact in (False, True))
    assert narrow.layout.margin.l < wide.layout.margin.l
    assert narrow.layout.height > wide.layout.height
    assert all(not note.xshift for note in narrow.layout.annotations)
    assert (wide.layout.xaxis.side, narrow.layout.xaxis.side) == ("bottom", "top")  # where it is read first
