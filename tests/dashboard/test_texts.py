"""Every text that the code asks for is in the catalogue, and the catalogue holds nothing else."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from dashboard import texts
from dashboard.describe import covariance_name, family_name, shift_effect, shift_name
from dashboard.navigation import GROUPS, HEADED
from icl_core.data.covariance import CovarianceMixture, CovarianceShare, Eigenvalues, Identity, Matrix
from icl_core.data.function_classes import Combination, Dense, Sparse
from icl_core.figures import METHODS
from icl_core.specs import Covariance, FunctionClass, Shift

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
ENGLISH = texts.catalogue("en")


def asked_for() -> Iterator[tuple[str, str]]:
    """What calls of t() and translate() ask for, as a regular expression, and where."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("t", "texts.t"):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield from ((pattern, where) for pattern in patterns(node.args[0], where))


def patterns(argument: ast.expr, where: str) -> list[str]:
    if isinstance(argument, ast.Constant):
        return [re.escape(argument.value)]
    if isinstance(argument, ast.IfExp):
        return patterns(argument.body, where) + patterns(argument.orelse, where)
    if isinstance(argument, ast.JoinedStr):
        parts = [
            re.escape(p.value) if isinstance(p, ast.Constant) else r"[a-z_0-9]+" for p in argument.values
        ]
        return ["".join(parts)]
    raise AssertionError(f"{where}: a key that cannot be read from the source: {ast.unparse(argument)}")


def test_every_key_that_is_used_exists() -> None:
    missing = [
        f"{where} {pattern}"
        for pattern, where in asked_for()
        if not any(re.fullmatch(pattern, key) for key in ENGLISH)
    ]
    assert missing == []


def test_every_key_is_used() -> None:
    used = [pattern for pattern, _ in asked_for()]
    assert [key for key in ENGLISH if not any(re.fullmatch(pattern, key) for pattern in used)] == []


def test_no_key_stands_twice() -> None:
    for path in texts.FOLDER.glob("*.json"):
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), path.name


@pytest.mark.parametrize("language", texts.languages())
def test_translations_have_the_same_places(language: str) -> None:
    for key, text in texts.catalogue(language).items():
        assert places(text) == places(ENGLISH[key]), key


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_gap_in_a_language_is_filled_in_english() -> None:
    assert texts.translate("method.ols", "no such language") == ENGLISH["method.ols"]
    with pytest.raises(KeyError):
        texts.translate("no.such.key", "en")


def test_the_session_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "catalogue", lambda language: {"greeting": f"{language} {{name}}"})
    monkeypatch.setattr(st, "session_state", {})
    assert texts.t("greeting", name="x") == "en x"
    texts.set_language("zh")
    assert texts.t("greeting", name="x") == "zh x"


# ---------------------------------------------------------------------------- every kind has its words

COVARIANCES = {
    "matrix": Matrix(((1.0,),)),
    "eigenvalues": Eigenvalues((1.0,)),
    "mixture": CovarianceMixture((CovarianceShare(Identity()),)),
}


@pytest.mark.parametrize("kind", Covariance.kinds)
def test_every_covariance_has_a_name(kind: str) -> None:
    name = covariance_name(COVARIANCES.get(kind) or Covariance.kinds[kind]())  # type: ignore[arg-type]
    assert name
    assert "None" not in name


@pytest.mark.parametrize("kind", FunctionClass.kinds)
def test_every_family_has_a_name(kind: str) -> None:
    if kind == "combination":
        assert family_name(Combination(Dense(), Sparse(2), 0.25)).startswith(
            "0.25 × dense linear functions + 0.75 ×"
        )
    else:
        assert family_name(FunctionClass.kinds[kind]())  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", Shift.kinds)
def test_every_shift_has_a_name_and_an_effect(kind: str) -> None:
    assert shift_name(kind)
    assert shift_effect(Shift.kinds[kind]())  # type: ignore[arg-type]


def test_effects_say_the_numbers() -> None:
    scale = Shift.from_dict({"kind": "covariate_scale", "magnitude": 1})
    assert shift_effect(scale) == "inputs × 2 (covariance × 4)"
    rotation = Shift.from_dict({"kind": "covariate_rotation", "magnitude": 0.5})
    assert "45°" in shift_effect(rotation)


def test_every_page_and_method_has_a_name() -> None:
    names = {f"page.{link.name}" for links in GROUPS.values() for link in links}
    names |= {f"method.{method}" for method in METHODS} | {f"navigation.{group}" for group in HEADED}
    assert names <= set(ENGLISH)
