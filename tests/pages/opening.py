"""Pages opened without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "app.py"
SECONDS = 120


def opened_page(page: str, /, **query: str) -> AppTest:
    """The page, a file's path from the project's folder, as a link with this query shows it."""
    at = AppTest.from_file(str(APP), default_timeout=SECONDS)
    if page != APP.name:
        at = at.switch_page(page)
    for name, value in query.items():
        at.query_params[name] = value
    return healthy(at.run())


def healthy(at: AppTest) -> AppTest:
    """The same page, which no exception has cut short."""
    assert [fault.value for fault in at.exception] == []
    return at
