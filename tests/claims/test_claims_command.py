import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from icl_core.__main__ import main
from icl_core.claims import CLAIMS, run
from icl_core.commands.claim_words import QUANTITIES, STATEMENTS, statement, statistic
from icl_core.library import Library
from icl_core.library.links import from_query
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train

KEYS = {"id", "statement", "statistic", "value", "low", "high", "threshold", "verdict", "setting", "url"}


def test_prints_json_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--only", "A9", "--json"]) == 0
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert claim.keys() >= KEYS
    assert claim["verdict"] == "reproduced"
    assert claim["low"] >= claim["threshold"] or claim["high"] <= claim["threshold"]


def test_prints_a_line_for_each_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--only", "A9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("A9   reproduced")
    assert "at least 10" in lines[1]


def test_a_number_is_measured_in_all_its_settings(capsys, tmp_path, monkeypatch) -> None:
    empty = Library(tmp_path / "shipped", tmp_path / "own")
    monkeypatch.setattr("icl_core.__main__.default_library", lambda: empty)
    assert main(["claims", "--only", "B11", "--json"]) == 0
    broad, narrow = json.loads(capsys.readouterr().out)["claims"]
    assert (broad["id"], broad["verdict"]) == ("B11", "waiting for linear-sinusoid")
    assert (narrow["id"], narrow["verdict"]) == ("B11-narrow", "waiting for narrow")
    assert broad["statement"] != narrow["statement"]
    assert main(["claims", "--only", "B11-narrow", "--json"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)["claims"]] == ["B11-narrow"]


def test_every_claim_and_quantity_has_words() -> None:
    for claim in CLAIMS:
        assert statement(claim).endswith(".")
        assert statistic(claim).count("; ") == len(claim.limits) - 1
    assert {claim.number for claim in CLAIMS} <= STATEMENTS.keys()
    assert QUANTITIES.keys() >= {limit.quantity for claim in CLAIMS for limit in claim.limits}


def test_an_unknown_claim_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--only", "D1"]) == 2
    assert "one of A1, A2" in capsys.readouterr().err


def test_a_trained_model_is_loaded_measured_and_linked(tmp_path: Path) -> None:
    recipe = Recipe(steps=4, batch=4, warmup=0)
    spec = Pretraining(dimension=8, context_length=12, model=Transformer(1, 1, 8), recipe=recipe)
    library = Library(tmp_path / "shipped", tmp_path / "own")
    library.add(train(spec, tmp_path / "state"), "barely-trained")
    result = run(library, "B1", prompts=(128,))[0]
    assert result.verdict == "not reproduced"
    assert f"barely-trained {spec.hash}" in result.setting
    query = result.url.partition("?")[2]
    linked = from_query(dict(parse_qsl(query)), library.specs()).pretraining
    assert (linked.dimension, linked.context_length) == (spec.dimension, spec.context_length)
    assert linked.mixture.families[0] == spec.mixture.families[0]  # the mixture, beside which it is drawn
