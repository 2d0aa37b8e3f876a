"""Every refusal of the core and of the pages can be said in every language."""

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.frame.texts import FALLBACK, FOLDER, languages, refusals, said
from icl_core.library.store import LibraryError
from icl_core.refusal import Refusal
from icl_core.specs import Pretraining, SpecError

ROOT = Path(__file__).resolve().parents[2]
POSITIONS = {
    "Refusal": 0,
    "refuse_above": 0,
    "JobRefused": 0,
    "LibraryError": 0,
    "SpecError": 2,
    "require": 3,
}
"""Where each call takes its template."""
OUTER = "{field} = {value}: allowed is {allowed}."
OTHERS = [language for language in languages() if language != FALLBACK]


def written() -> Iterator[tuple[str, ast.expr, dict[str, ast.expr]]]:
    """Every template in the code: where it stands, the expression, and the constants of its module."""
    for path in [*(ROOT / "icl_core").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = POSITIONS.get(node.func.id)
                if place is not None and len(node.args) > place:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[place], constants


def templates(expression: ast.expr, constants: dict[str, ast.expr]) -> list[str] | None:
    """What an expression can be; None where the code alone does not say."""
    if isinstance(expression, ast.Constant):
        return [str(expression.value)]
    if isinstance(expression, ast.Name) and expression.id in constants:
        return templates(constants[expression.id], constants)
    if isinstance(expression, ast.IfExp):
        found = [templates(part, constants) for part in (expression.body, expression.orelse)]
        return None if None in found else [text for part in found if part for text in part]
    return None


def all_templates() -> set[str]:
    return {OUTER} | {
        text for _, expression, constants in written() for text in templates(expression, constants) or ()
    }


def places(template: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(template) if name}


def test_templates_are_written_out() -> None:
    """No values are pasted into one: three files pass one on."""
    passing = {
        where.partition(":")[0]
        for where, expression, constants in written()
        if templates(expression, constants) is None
    }
    assert passing == {"icl_core/codec.py", "icl_core/specs.py", "icl_core/library/jobs/limits.py"}
    assert not [where for where, expression, _ in written() if isinstance(expression, ast.JoinedStr)]


@pytest.mark.parametrize("language", OTHERS)
def test_every_template_has_its_translation(language: str) -> None:
    translations = refusals(language)
    assert all_templates() - set(translations) == set()
    assert set(translations) - all_templates() == set(), "translations of what nothing says"
    for template, translated in translations.items():
        assert places(template) == places(translated), template


def test_a_refusal_is_said_in_the_language_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError) as caught:
        Pretraining(dimension=0)
    assert said(caught.value) == str(caught.value) == "dimension = 0: allowed is 1 to 64."
    monkeypatch.setattr("dashboard.frame.texts.spoken", lambda: "zh")
    assert said(caught.value) == "dimension = 0：允许的是 1 到 64。"
    assert said(OSError("disk full")) == "disk full"


def test_a_refusal_within_a_refusal_is_worded_too() -> None:
    inner = Refusal("at most {most} points", most=3)
    outer = LibraryError("The card {path} cannot be used: {error}.", path="a", error=inner)
    assert str(outer) == "The card a cannot be used: at most 3 points."
    translation = {"at most {most} points": "höchstens {most} Punkte"}
    assert outer.worded(translation) == "The card a cannot be used: höchstens 3 Punkte."


def test_files_of_refusals_belong_to_a_language() -> None:
    found = {path.stem for path in (FOLDER / "refusals").glob("*.json")}
    assert found == set(OTHERS)
    for path in (FOLDER / "refusals").glob("*.json"):
        text = path.read_text("utf-8")
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
