"""The checks of the shipped cards are in every language; English says them as the cards do."""

import pytest
import streamlit as st

from dashboard import texts
from dashboard.shelf.cards import check_words
from icl_core.library import default_library

STATEMENTS = sorted({check.statement for card in default_library().cards() for check in card.checks})


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_english_is_the_cards_own_but_for_names_in_code() -> None:
    expected = [statement.replace("fixed_support", "first inputs") for statement in STATEMENTS]
    assert [check_words(statement) for statement in STATEMENTS] == expected


def test_every_shipped_check_is_translated() -> None:
    texts.set_language("zh")
    assert [statement for statement in STATEMENTS if check_words(statement) == statement] == []
    said = check_words("sinusoid: largest cost of selection beyond Bayes's, against linear")
    assert said == "正弦：超出贝叶斯的最大选择代价，与 linear 相比"


def test_a_check_that_nobody_knows_stays_as_it_is() -> None:
    texts.set_language("zh")
    assert check_words("dense: something else") == "dense: something else"
    assert check_words("") == ""
