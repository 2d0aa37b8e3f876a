"""The Claims page shows every claim with its stored verdict, and says where that is of other models."""

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.claims import words
from dashboard.claims.code import verdicts_csv, verdicts_json
from dashboard.claims.listing import page_file
from dashboard.claims.view import ClaimsView, filtered
from dashboard.frame.texts import plain
from dashboard.say import cited
from dashboard.say.standing import Standing, number, standings, statement
from dashboard.shift_lab.view import PARTS
from icl_core.claims import CLAIMS, Claim, ClaimResult, run
from icl_core.claims.one_input import MIXTURE
from icl_core.claims.store import Stored, VerdictStore
from icl_core.claims.wanted import Need, Used, Wanted
from icl_core.data.function_classes import Dense
from icl_core.library import Library, default_library
from icl_core.specs import Mixture
from tests.pages.opening import opened_page

ROOT = Path(__file__).resolve().parents[2]


def result_of(claim: str, low: float, high: float) -> ClaimResult:
    """A verdict with an interval in place of the measured one; A9's first limit is 'at least 10'."""
    measured = run(Library(Path("none"), Path("none")), claim)[0]
    part = measured.parts[0]
    verdict = "reproduced" if low >= 10 else "not reproduced" if high < 10 else "undecided"
    changed = {**vars(part), "value": (low + high) / 2, "low": low, "high": high, "verdict": verdict}
    return ClaimResult.from_dict({**measured.to_dict(), "parts": [changed]})


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Shipped models with three verdicts only: A9 fails, A7 holds, A5 is of another model."""
    library = Library(tmp_path / "shipped", tmp_path / "own")
    for entry in default_library().entries():
        if entry.folder.is_relative_to(ROOT):
            shutil.copytree(entry.folder, library.shipped / entry.folder.name)
    store = VerdictStore(library)
    store.write(result_of("A9", 3.0, 4.0))
    store.write(run(library, "A7")[0])
    gone = Need(Wanted("gone", Mixture.of(Dense()), dimension=3), (Used("gone", "0" * 16, "1" * 64),))
    store.write(replace(run(library, "A5")[0], needs=(gone,)))
    monkeypatch.setattr("dashboard.frame.page.default_library", lambda: library)
    return library


opened = partial(opened_page, "pages/claims.py")


def text(at: AppTest) -> str:
    blocks = (*at.markdown, *at.caption, *at.subheader, *at.code)
    return re.sub(r"\\(.)", r"\1", "\n".join(block.value for block in blocks))


def test_the_shipped_page_lists_every_claim() -> None:
    at = opened()
    said = text(at)
    for claim in CLAIMS:
        assert f"**{claim.id}**" in said
        assert statement(claim) in said
    found = standings(default_library())
    assert at.title[0].value == words.title(found)
    reproduced = sum(each.outcome == "reproduced" for each in found)
    assert at.title[0].value.startswith(f"{reproduced} of {len(CLAIMS)} claims")
    assert len(at.get("plotly_chart")) == 2
    assert at.warning.len == 0


def test_failed_stale_and_missing_verdicts_say_so(shipped: Library) -> None:
    at = opened()
    assert at.title[0].value == (
        f"1 of {len(CLAIMS)} claims reproduced, 1 not with our models, 1 to be measured again, "
        f"{len(CLAIMS) - 3} not measured"
    )
    said = text(at)
    assert "measured 3.5 where at least 10 was asked" in said
    assert "A9 (3.5 where at least 10 was asked)" in said
    assert "python -m icl_core claims --only A5 --store" in said
    assert "python -m icl_core claims --only B1 --store" in said
    assert "--only A9 --store" not in said


def test_filters_are_in_the_link(shipped: Library) -> None:
    at = opened(verdict="not_reproduced")
    said = text(at)
    assert "**A9**" in said
    assert "**A7**" not in said
    at.selectbox(key="claims_paper").select("Paper B: pretraining mixtures").run()
    assert "".join(at.query_params["paper"]) == "b"
    assert at.info.len == 1
    at.selectbox(key="claims_verdict").select("any").run()
    assert "verdict" not in at.query_params
    assert "**B17**" in text(at)
    assert "**A9**" not in text(at)


@pytest.mark.parametrize("query", [{"verdict": "splendid"}, {"paper": "d"}, {"colour": "blue"}])
def test_a_bad_link_costs_one_sentence(query: dict[str, str]) -> None:
    at = opened(**query)
    assert at.warning.len == 1
    assert "**C3**" in text(at)


def test_a_lecture_shows_title_figure_and_sentence(shipped: Library) -> None:
    at = opened(present="1")
    assert len(at.get("plotly_chart")) == 2
    assert "**A9**" not in text(at)


def test_a_link_opens_the_state_that_shows_the_claim(shipped: Library) -> None:
    at = opened(paper="a", verdict="reproduced")
    (link,) = [link for link in at.get("page_link") if "Open it" in str(link.proto.label)]  # type: ignore[attr-defined]
    asked = dict(parse_qsl(link.proto.query_string))  # type: ignore[attr-defined]
    result = VerdictStore(shipped).read(CLAIMS)["A7"].result
    assert asked == dict(parse_qsl(result.url.partition("?")[2])) | {"claim": "A7"}
    assert link.proto.page == "shift_lab"  # type: ignore[attr-defined]


def test_the_opened_page_cites_its_claim_until_another_is_opened(shipped: Library) -> None:
    at = opened_page("pages/shift_lab.py", claim="A9")
    said = at.info[0].value
    assert "**A9**" in said
    assert "3.5 [3, 4]" in said.replace("\\", "")
    assert "not reproduced" in said
    links = [link.proto.query_string for link in at.get("page_link")]  # type: ignore[attr-defined]
    assert links
    assert not any("claim" in link for link in links)
    at.selectbox(key="shift").select("inputs: scale").run()
    assert "claim" not in at.query_params
    assert not any("**A9**" in box.value for box in at.info)


def test_a_model_that_misses_its_limits_is_named_beside_its_claims(shipped: Library) -> None:
    name = "linear-sinusoid-small"  # which misses by design
    frail = next(card for card in shipped.cards() if card.name == name)
    need = Need(replace(MIXTURE, name=name, only_named=True), (Used.of(frail),))
    VerdictStore(shipped).write(replace(run(shipped, "A7")[0], needs=(need,)))
    (standing,) = [standing for standing in standings(shipped) if standing.claim.id == "A7"]
    assert standing.weak == (frail.name,)
    assert plain(frail.name) in words.remark(standing)
    assert plain(frail.name) in cited.sentence(standing)
    assert words.remark(replace(standing, weak=())) == ""


def test_an_unknown_claim_costs_one_sentence() -> None:
    at = opened(claim="Z9")
    assert at.warning.len == 1
    assert at.info.len == 0


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_claim_has_a_page(claim: Claim) -> None:
    assert (ROOT / page_file(claim)).is_file()
    assert claim.picture.view.get("part", "length") in PARTS


# -------------------------------------------------------------------------------------------------- sentences

BY_ID = {claim.id: claim for claim in CLAIMS}


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(11, 12, "reproduced"), (3, 4, "not_reproduced"), (9, 12, "undecided")],
)
def test_outcomes(low: float, high: float, outcome: str) -> None:
    standing = Standing(BY_ID["A9"], Stored(result_of("A9", low, high), True))
    assert standing.outcome == outcome
    assert bool(words.remark(standing)) == (outcome != "reproduced")
    assert filtered([standing], ClaimsView(verdict=outcome)) == [standing]  # type: ignore[arg-type]
    assert filtered([standing], ClaimsView(paper="b")) == []


def test_a_waiting_claim_names_its_model() -> None:
    result = run(Library(Path("none"), Path("none")), "B2")[0]
    standing = Standing(BY_ID["B2"], Stored(result, True))
    assert standing.outcome == "waiting"
    assert "sparse" in words.remark(standing)
    assert words.title([standing]) == "0 of 1 claims reproduced, 1 waiting for a model"


@pytest.mark.parametrize(
    ("value", "expected"), [(0.01336, "0.0134"), (4.3e-15, "4.3e−15"), (-0.5, "−0.5"), (387.2, "387")]
)
def test_numbers(value: float, expected: str) -> None:
    assert number(value) == expected


def test_exports_have_every_limit() -> None:
    claims = [
        Standing(BY_ID["A9"], Stored(run(Library(Path("none"), Path("none")), "A9")[0], True)),
        Standing(BY_ID["B2"], None),
    ]
    rows = list(csv.DictReader(io.StringIO(verdicts_csv(claims))))
    assert [row["id"] for row in rows] == ["A9", "A9", "B2"]
    assert float(rows[0]["threshold"]) == 10
    assert rows[0]["side"] == "at least"
    assert rows[2]["outcome"] == "unmeasured"
    first, second = json.loads(verdicts_json(claims))["claims"]
    assert first["parts"][0]["value"] == float(rows[0]["value"])
    assert second["outcome"] == "unmeasured"
