"""The checks of cards are in every language; English says them as the cards do."""

from itertools import product

import pytest
import streamlit as st

from dashboard.frame import texts
from dashboard.models.words import check_words
from icl_core.library.card import QUANTITIES, Check
from icl_core.specs import FunctionClass

CHECKS = [
    Check(quantity, family, tasks, against, 0.0, 0.0, 0.0, 1.0)
    for quantity, family, tasks, against in product(
        QUANTITIES, FunctionClass.kinds, ("new", "seen"), ("", "linear")
    )
]


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_english_is_the_cards_own_but_for_names_in_code() -> None:
    plain = [check for check in CHECKS if check.family in ("dense", "sparse", "sinusoid", "quadratic")]
    assert [check_words(check) for check in plain] == [check.statement for check in plain]


def test_every_check_is_translated() -> None:
    texts.set_language("zh")
    assert [check for check in CHECKS if check_words(check) == check.statement] == []
    cost = Check("selection", "sinusoid", "new", "linear", 0.0, 0.0, 0.0, 1.0)
    assert check_words(cost) == "正弦：超出贝叶斯的最大选择代价，与 linear 相比"
