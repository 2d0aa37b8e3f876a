"""Predict first: while the answer waits, no table of numbers gives it away."""

import pytest

from tests.pages.opening import opened_page


@pytest.mark.parametrize("file", ["app.py", "pages/beyond_the_mixture.py"])
def test_numbers_wait_with_the_answer(file: str) -> None:
    at = opened_page(file, predict="1")
    assert len(at.dataframe) == 0
    at.button(key="reveal").click().run()
    assert len(at.dataframe) > 0
