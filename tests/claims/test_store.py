"""Stored verdicts: read back as they were written, and stale once the library has other models."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from icl_core.__main__ import main
from icl_core.claims import CLAIMS, ClaimResult, run
from icl_core.claims.store import VerdictStore
from icl_core.library import Library, default_library
from icl_core.models import Transformer
from icl_core.predictors import LeastSquares, Zero
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train

BY_ID = {claim.id: claim for claim in CLAIMS}
DENSE = Pretraining(dimension=8, context_length=12)
OLS = LeastSquares()


def stored(library: Library, claim: str):
    return VerdictStore(library).read([BY_ID[claim]]).get(claim)


def keep(library: Library, claim: str) -> ClaimResult:
    result = run(library, claim, prompts=(64,))[0]
    VerdictStore(library).write(result)
    return result


@pytest.mark.parametrize("claim", ["A9", "B1", "B13"])
def test_a_verdict_is_read_back_as_it_was(claim, planted) -> None:
    library = planted(dense_d8=(DENSE, OLS))
    result = keep(library, claim)
    found = stored(library, claim)
    assert found is not None
    assert found.result == result
    assert found.current
    assert ClaimResult.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_what_was_measured_names_its_models_and_what_waits_its_wish(planted) -> None:
    library = planted(dense_d8=(DENSE, OLS))
    (used,) = keep(library, "B1").models
    assert (used.name, used.spec_hash) == ("dense-d8", DENSE.hash)
    waiting = keep(library, "B2")
    assert (waiting.waits_for, waiting.models, waiting.deciding) == ("sparse-d8", (), None)
    assert [need.wanted.name for need in waiting.needs] == ["sparse-d8"]


@pytest.mark.parametrize(
    ("claim", "models"),
    [
        ("B1", {"dense_d8": (DENSE, OLS), "dense_d8_s1": (replace(DENSE, seed=1), OLS)}),  # another seed
        ("B1", {"dense_d8": (replace(DENSE, recipe=Recipe(steps=7, warmup=0)), OLS)}),  # another training
        ("B1", {}),  # gone
        ("A12", {"dense_d8": (DENSE, OLS), "identity_d8": (replace(DENSE, context_length=16), OLS)}),  # come
    ],
)
def test_other_models_make_a_verdict_stale(claim, models, planted) -> None:
    before, after = planted(dense_d8=(DENSE, OLS)), planted(**models)
    keep(before, claim)
    found = stored(after, claim)
    assert found is not None
    assert not found.current


def test_a_model_that_the_claim_is_not_about_changes_nothing(planted) -> None:
    keep(planted(dense_d8=(DENSE, OLS)), "B1")
    found = stored(planted(dense_d8=(DENSE, OLS), other=(replace(DENSE, dimension=5), Zero())), "B1")
    assert found is not None
    assert found.current


def test_other_weights_make_a_verdict_stale_and_own_models_keep_theirs(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    spec = replace(DENSE, model=Transformer(1, 1, 8), recipe=Recipe(steps=2, batch=2, warmup=0))
    keep(library, "B1")
    assert (library.shipped / "claims" / "B1.json").is_file()
    trained = train(spec, tmp_path / "state")
    entry = library.add(trained, "mine")
    assert not stored(library, "B1").current  # type: ignore[union-attr]
    keep(library, "B1")
    assert (library.own / "claims" / "B1.json").is_file()
    assert stored(library, "B1").current  # type: ignore[union-attr]
    assert entry.card is not None
    library.write_card(entry, replace(entry.card, weights_sha256="0" * 64))
    assert not stored(library, "B1").current  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 1}', '{"version": 0, "result": {}}'])
def test_a_damaged_verdict_is_none(damage, planted) -> None:
    library = planted()
    keep(library, "A9")
    path = library.shipped / "claims" / "A9.json"
    path.write_text(damage)
    assert stored(library, "A9") is None
    path.unlink()
    assert stored(library, "A9") is None


def test_a_verdict_on_other_limits_is_none(planted) -> None:
    library = planted()
    path = VerdictStore(library).write(run(library, "A9")[0])
    path.write_text(path.read_text().replace("at least 10", "at least 5"))
    assert stored(library, "A9") is None


def test_the_command_stores_what_it_prints(tmp_path, monkeypatch, capsys) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    monkeypatch.setattr("icl_core.__main__.default_library", lambda: library)
    assert main(["claims", "--only", "A9", "--json"]) == 0
    assert stored(library, "A9") is None
    capsys.readouterr()
    assert main(["claims", "--only", "A9", "--json", "--store"]) == 0
    (printed,) = json.loads(capsys.readouterr().out)["claims"]
    kept = stored(library, "A9").result.to_dict()  # type: ignore[union-attr]
    assert printed.pop("statement")
    assert (printed.pop("statistic") == kept.pop("statistic")) is False  # in words, and in keys
    assert kept == {name: value for name, value in printed.items() if name != "setting"}


# --------------------------------------------------------------------------------------- the shipped verdicts


@pytest.mark.parametrize("claim", ["A5", "A7", "A9", "C1", pytest.param("B1", marks=pytest.mark.slow)])
def test_shipped_verdicts_are_what_a_measurement_finds(claim, tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    found = stored(library, claim)
    assert found is not None, "run python -m icl_core claims --store"
    assert found.current, "run python -m icl_core claims --store"
    again = run(library, claim)[0]
    assert again.verdict == found.result.verdict
    for part, before in zip(again.parts, found.result.parts, strict=True):
        assert part.value == pytest.approx(before.value, rel=1e-3, abs=1e-4)


def test_shipped_verdicts_are_sound(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    found = VerdictStore(library).read(CLAIMS)
    assert found.keys() == {claim.id for claim in CLAIMS}
    stale = [name for name, each in found.items() if not each.current]
    assert stale == [], "run python -m icl_core claims --store"
