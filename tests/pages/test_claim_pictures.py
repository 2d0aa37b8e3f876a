"""Each claim opens a page that shows it: its quantity in the banner, its lines drawn and in a table."""

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.claims.listing import page_file
from dashboard.say.standing import measured, quantity, statement
from icl_core.claims import CLAIMS, Claim, ClaimResult
from icl_core.claims.store import VerdictStore
from icl_core.library import default_library
from tests.pages.opening import opened_page

STORED = VerdictStore(default_library()).read(CLAIMS)
MEASURED = [claim for claim in CLAIMS if claim.id in STORED and STORED[claim.id].result.parts]
pytestmark = pytest.mark.slow


def traces(at: AppTest) -> list[dict[str, Any]]:
    """Everything that the page's figures draw."""
    charts = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]  # type: ignore[attr-defined]
    return [trace for chart in charts for trace in chart["data"]]


def carrying(at: AppTest, line: str) -> list[dict[str, Any]]:
    """The traces of one line, by what figures say of themselves; no bands, and nothing hidden."""
    return [
        trace
        for trace in traces(at)
        if line in (trace.get("meta") or {}).values() and (trace["meta"].get("role") != "band")
    ]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def tables(at: AppTest) -> list[pd.DataFrame]:
    return [each.value for each in at.dataframe]


@pytest.mark.parametrize("claim", MEASURED, ids=lambda claim: claim.id)
def test_its_page_shows_it(claim: Claim) -> None:
    result: ClaimResult = STORED[claim.id].result
    query = dict(parse_qsl(result.url.partition("?")[2]))
    at = opened_page(page_file(claim), claim=claim.id, **query)
    assert at.warning.len == 0, [each.value for each in at.warning]

    banner, part = unescaped(at.info[0].value), result.headline
    assert part is not None
    assert statement(claim) in banner
    assert quantity(part) in banner
    assert measured(part) in banner

    names = set()
    for line in claim.picture.lines:
        drawn = carrying(at, line)
        assert drawn, f"{line} is not drawn"
        names |= {re.sub("<[^>]*>", "", trace["name"]) for trace in drawn if trace.get("name")}
    if "k" in query:
        assert any(query["k"] in unescaped(each.value) for each in at.markdown), "no sentence is read there"
    if "pin" in query:  # what the claim compares it with, beside it
        pinned = [
            trace for trace in carrying(at, claim.picture.lines[0]) if trace["meta"]["role"] == "pinned"
        ]
        assert len(pinned) == 1
        assert any("pinned" in unescaped(each.value) for each in at.markdown), "nothing is said of it"
    words = " ".join(
        str(word)
        for table in tables(at)
        for word in (*table.columns, *table.index, *table.select_dtypes(["object", "str"]).to_numpy().ravel())
    )
    assert words
    assert all(name in words for name in names), f"{names} are not all in a table"
    assert math.isfinite(part.value)
