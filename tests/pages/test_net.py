"""What keeps a page from being drawn is said in one sentence, on every page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.frame.navigation import GROUPS
from dashboard.frame.url_state import UrlState
from icl_core.specs import SpecError
from tests.pages.opening import APP, SECONDS

FILES = [link.file for links in GROUPS.values() for link in links]


def caught(page: str, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> AppTest:
    """The page while reading its state raises `fault`."""

    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(UrlState, "begin", broken)
    at = AppTest.from_file(str(APP), default_timeout=SECONDS)
    return (at if page == APP.name else at.switch_page(page)).run()


@pytest.mark.parametrize("page", FILES)
def test_a_fault_is_one_sentence(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = caught(page, monkeypatch, ArithmeticError("a sum that *diverges*"))
    (said,) = at.error
    assert "ArithmeticError: a sum that \\*diverges\\*" in said.value
    assert len(at.exception) == 1  # which goes to the log too


def test_what_is_refused_says_what_is_allowed_and_the_page_starts_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        at = caught("pages/glossary.py", patched, SpecError("dimension", 0, "1 or more"))
        assert "dimension = 0\\: allowed is 1 or more" in at.error[0].value
        at.button(key="net_anew").click().run()
    at.run()
    assert not at.error
    assert not at.exception
    assert len(at.subheader) > 5
