"""Chinese letters take the room of two Latin ones, and lines of them break anywhere but before a comma."""

import textwrap

import pytest

from icl_core.figures.text_width import columns, wrapped


@pytest.mark.parametrize(("text", "width"), [("", 0), ("OLS", 3), ("岭回归", 6), ("k = 3，d", 8)])
def test_width(text: str, width: int) -> None:
    assert columns(text) == width


def test_latin_text_breaks_as_ever() -> None:
    text = "inputs 50% of the way into half the space"
    assert wrapped(text, 16) == textwrap.wrap(text, 16)


def test_chinese_text_breaks_between_letters() -> None:
    text = "查询的协方差偏斜，特征值按 i^−2 变化"
    for width in range(6, 40):
        rows = wrapped(text, width)
        assert "".join(rows).replace(" ", "") == text.replace(" ", "")
        assert all(columns(row.rstrip("，")) <= width for row in rows)
        assert not any(row.startswith(("，", " ")) for row in rows)
