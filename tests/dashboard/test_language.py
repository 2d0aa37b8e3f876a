"""The switch of the language: the browser proposes, the switch decides, the link remembers."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.frame import texts


def script() -> None:
    import streamlit as st

    from dashboard.frame.navigation import language_choice
    from dashboard.frame.texts import t
    from dashboard.frame.url_state import Settings, UrlState
    from dashboard.frame.views import CurveView
    from icl_core.specs import Experiment

    state = UrlState.begin("test", Settings(Experiment(), CurveView()), {})
    language_choice(state)
    st.text(t("page.library"))
    st.text(state.experiment.hash)
    st.text(state.query_for("library"))


@pytest.mark.parametrize(("locale", "own", "other"), [("zh-CN", "zh", "en"), ("de-DE", "en", "zh")])
def test_the_switch_decides(monkeypatch: pytest.MonkeyPatch, locale: str, own: str, other: str) -> None:
    monkeypatch.setattr(type(st.context), "locale", locale)
    at = AppTest.from_function(script, default_timeout=60).run()
    before = said(at)
    assert before[0] == texts.translate("page.library", own)
    assert "lang" not in at.query_params
    at.button_group(key="language_choice").set_value(other).run()
    assert said(at) == [texts.translate("page.library", other), before[1], str({"lang": other})]
    assert at.query_params["lang"] in (other, [other])  # AppTest gives texts or lists
    at.button_group(key="language_choice").set_value(own).run()
    assert said(at) == [*before[:2], str({"lang": own})]


def test_the_link_wins_over_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "locale", "zh-CN")
    at = AppTest.from_function(script, default_timeout=60)
    at.query_params["lang"] = "en"
    assert said(at.run())[0] == "Library"


def test_one_language_leaves_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.frame.navigation.languages", lambda: ("en",))
    assert not AppTest.from_function(script, default_timeout=60).run().get("button_group")


def said(at: AppTest) -> list[str]:
    assert [fault.value for fault in at.exception] == []
    return [block.value for block in at.text]
