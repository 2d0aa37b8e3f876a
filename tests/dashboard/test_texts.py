"""Every text that the code asks for is in the catalogue, and the catalogue holds nothing else."""

import ast
import json
import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from dashboard.frame import texts
from dashboard.frame.glossary import linked
from dashboard.frame.navigation import GROUPS, HEADED
from dashboard.frame.site import asked_for as asked_by_the_site
from dashboard.lecture.format import shipped as shipped_lectures
from dashboard.say.describe import covariance_name, family_name, shift_effect, shift_name
from icl_core.data.covariance import CovarianceMixture, CovarianceShare, Eigenvalues, Identity, Matrix
from icl_core.data.function_classes import Combination, Dense, Sparse
from icl_core.figures import METHODS
from icl_core.specs import Covariance, FunctionClass, Shift

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
ENGLISH = texts.catalogue("en")
TRANSLATIONS = [language for language in texts.languages() if language != texts.FALLBACK]
ALIKE = {
    "claims.source.a",
    "claims.source.b",
    "app.name",
    "option.closed_form",
    "option.trained",
    "value.default",
    "model.library",
    "family.combination",
    "mixture.part",
    "beyond.ladder.value",
    "figure.dimension",
    "figure.read_out",
    "figure.interval",
    "method.transformer",
    "method.lsa",
    "method.ols",
    "method.lasso",
    "table.k",
    *(
        f"glossary.name.{term}"
        for term in ("transformer", "ols", "lasso", "k", "d", "c", "m", "n", "v", "alpha")
    ),
    "dynamics.figure.direction",
    "dynamics.figure.half_time",
    "dynamics.figure.sgd",
    "shift_lab.reference.ols",
    "shift_lab.reading.entry",
    "selection.learner.ols",
    "selection.interval",
    "diversity.line.transformer",
    "diversity.reading.one",
    "diversity.short.transformer",
    "diversity.short.dmmse",
    "diversity.infinite",
}
"""Names, symbols and mere places, which may be the same in every language."""


def asked_for() -> Iterator[tuple[str, str]]:
    """What calls of t() and translate() ask for, as a regular expression, and where."""
    for path in SOURCES:
        asking = ("t",) if path.name == "texts.py" else ("t", "texts.t", "translate")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in asking:
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield from ((pattern, where) for pattern in patterns(node.args[0], where))
    yield from ((pattern, "site") for pattern in asked_by_the_site())
    yield from ((re.escape(text), lecture.name) for lecture in shipped_lectures() for text in lecture.texts)


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


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_complete_and_in_the_same_order(language: str) -> None:
    assert list(texts.catalogue(language)) == list(ENGLISH)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_have_the_same_places(language: str) -> None:
    found = texts.catalogue(language)
    assert {key for key in ENGLISH if places(found[key]) != places(ENGLISH[key])} == set()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated(language: str) -> None:
    found = texts.catalogue(language)
    assert [key for key, text in found.items() if not text.strip()] == []
    assert {key for key in ENGLISH if found[key] == ENGLISH[key]} <= ALIKE


def places(text: str) -> set[tuple[str, str | None, str | None]]:
    """Name, format and conversion of each place."""
    return {(name, form, how) for _, name, form, how in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", texts.languages())
def test_emphasis_is_one_to_markdown(language: str) -> None:
    for key, text in texts.catalogue(language).items():
        filled = re.sub(r"{[^}]*}", "1%", text)
        marks = list(re.finditer(r"\*+", filled))
        for place, mark in enumerate(marks):
            before, after = f" {filled}"[mark.start()], f"{filled} "[mark.end()]
            inner, outer = (after, before) if place % 2 == 0 else (before, after)
            assert not inner.isspace(), f"{key} at {filled[mark.start() - 9 : mark.end() + 9]!r}"
            splits = is_punctuation(inner) and not (outer.isspace() or is_punctuation(outer))
            assert not splits, f"{key} at {filled[mark.start() - 9 : mark.end() + 9]!r}"
        assert len(marks) % 2 == 0, key


def is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


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


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("tlh", "en"), (None, "en")]
)
def test_the_browser_chooses_where_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch, locale: str | None, language: str
) -> None:
    monkeypatch.setattr(type(st.context), "locale", locale)
    monkeypatch.setattr(st, "session_state", {})
    assert texts.browser_language() == language
    texts.set_language(None)
    assert texts.t("language.name") == texts.translate("language.name", language)
    texts.set_language("en")
    assert texts.t("language.name") == "English"


def test_parts_are_joined_as_the_language_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    assert texts.joined("names", ["a", "b", "c"]) == "a, b, c"
    assert texts.joined("sentences", ["a.", "b."]) == "a. b."
    assert texts.joined("clauses", []) == ""
    texts.set_language("zh")
    assert texts.joined("names", iter(["a", "b", "c"])) == "a、b、c"
    assert texts.joined("sentences", ["a。", "b。"]) == "a。b。"


def test_no_gap_is_left_between_chinese_words() -> None:
    assert texts.translate("reading.against", "zh", name="岭回归", error="0.5") == "，而岭回归为 0.5"
    assert texts.translate("reading.against", "zh", name="OLS", error="0.5") == "，而 OLS 为 0.5"


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
    noise = [Shift.from_dict({"kind": "label_noise", "magnitude": m}) for m in (0.5, 1)]
    assert [shift_effect(shift) for shift in noise] == [
        "label noise of 0.5 standard deviations",
        "label noise of 1 standard deviation",
    ]
    orthogonal = Shift.from_dict({"kind": "query_orthogonal", "magnitude": 1})
    assert shift_effect(orthogonal).endswith("to the first d − 1 examples")


def test_every_page_and_method_has_a_name() -> None:
    names = {f"page.{link.name}" for links in GROUPS.values() for link in links}
    names |= {f"method.{method}" for method in METHODS} | {f"navigation.{group}" for group in HEADED}
    assert names <= set(ENGLISH)


def test_terms_lead_to_the_glossary_where_they_first_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    said = linked("Every **prompt** holds k examples; OLS fits k of them, and ridge looks back.")
    assert said.count("](glossary") == 4
    assert "**[prompt](glossary?lang=en#prompt)** holds [k](glossary?lang=en#k) examples; [OLS](" in said
    assert "fits k of" in said
    assert "looks back" in said  # letters within words are none


@pytest.mark.parametrize("language", texts.languages())
def test_every_page_says_in_three_sentences_what_it_shows(language: str) -> None:
    found = {key: text for key, text in texts.catalogue(language).items() if key.startswith("what.")}
    pages = {link.name for links in GROUPS.values() for link in links} - {"glossary"}
    assert {key.removeprefix("what.") for key in found} == pages
    assert {key: len(re.findall(r"\.(?=\s|$)|。", text)) for key, text in found.items()} == dict.fromkeys(
        found, 3
    )
