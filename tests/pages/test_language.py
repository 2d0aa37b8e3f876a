"""Every page in the language of the link, which its own links pass on, and which is in none of the hashes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.frame.navigation import GROUPS
from dashboard.frame.texts import catalogue
from icl_core.library import default_library
from tests.pages.opening import opened_page

ROOT = Path(__file__).resolve().parents[2]
LINKS = [link for links in GROUPS.values() for link in links if (ROOT / link.file).is_file()]
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(
    r"(?:[a-z]{2,} ){2,}[a-z]{2,}"
)  # words that make a sentence, where names are capitalised
# Titles of articles, claims and what they measure, each in italics, and marks within figures.
CITED = re.compile(r"(?<!\*)\*[^*]+\*(?!\*)|<[^>]*>")


def blocks(at: AppTest) -> list[str]:
    """What a page says: titles, texts, labels, and the texts of its figures."""
    said = [
        block.value for block in (*at.title, *at.subheader, *at.markdown, *at.caption, *at.info, *at.warning)
    ]
    said += [widget.label for widget in (*at.selectbox, *at.slider, *at.button, *at.toggle, *at.expander)]
    said += [option for widget in at.selectbox for option in widget.options]
    for chart in at.get("plotly_chart"):
        said += list(texts_of(json.loads(chart.proto.spec)))  # type: ignore[attr-defined]
    return said


def texts_of(node: Any) -> list[str]:
    """Names, titles and annotations of a figure."""
    if isinstance(node, dict):
        own = [value for key, value in node.items() if key in ("text", "name") and isinstance(value, str)]
        return own + [text for value in node.values() for text in texts_of(value)]
    return [text for item in node for text in texts_of(item)] if isinstance(node, list) else []


def links(at: AppTest) -> dict[str, str]:
    """Where the sidebar leads: query by page."""
    return {link.proto.label: link.proto.query_string for link in at.get("page_link")}  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.name)
def test_a_page_speaks_chinese_alone_and_passes_it_on(link: Any) -> None:
    at = opened_page(link.file, lang="zh")
    assert CHINESE.search(at.title[0].value)
    notes = {card.note for card in default_library().cards()}  # which the cards hold as somebody wrote them
    own = [said for said in blocks(at) if said.replace("\\", "") not in notes]
    left = [said for said in own if ENGLISH.search(CITED.sub("", said))]
    assert left == [], "\n".join(left)
    assert at.button_group(key="language_choice").value == "zh"
    found = links(at)
    assert {catalogue("zh")[f"page.{other.name}"] for other in LINKS} <= set(found)
    assert all("lang=zh" in query for query in found.values())


@pytest.mark.slow
def test_a_bad_link_is_told_of_in_its_own_language() -> None:
    at = opened_page("pages/library.py", lang="zh", colour="red")
    assert CHINESE.search(at.warning[0].value)


def test_the_language_is_no_part_of_the_experiment() -> None:
    pattern = re.compile("data-cfg='([0-9a-f]+)'")
    found = {
        match.group(1)
        for language in ("en", "zh")
        for block in opened_page("pages/library.py", lang=language).get("html")
        if (match := pattern.search(block.proto.body))  # type: ignore[attr-defined]
    }
    assert len(found) == 1
