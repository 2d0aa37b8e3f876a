"""Pages of the dashboard and turns of their knobs, run without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks._turns import Turn

APP = Path(__file__).resolve().parents[1] / "app.py"


def opened(page: str, **query: str) -> AppTest:
    """A page after its first run, by a link with this query. Raises RuntimeError if that failed."""
    app = AppTest.from_file(str(APP), default_timeout=300)
    if page != APP.name:
        app = app.switch_page(page)
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    return checked(app.run())


def slid(page: AppTest, slider: str, *values: float) -> list[Turn]:
    """A turn to each value."""
    return [lambda value=value: checked(page.slider(key=slider).set_value(value).run()) for value in values]


def stepped(page: AppTest, slider: str, *values: object) -> list[Turn]:
    """The same, of a slider over listed values."""
    return [
        lambda value=value: checked(page.select_slider(key=slider).set_value(value).run()) for value in values
    ]


def chosen(page: AppTest, menu: str, *options: str) -> list[Turn]:
    """A turn to each option of a menu."""
    return [
        lambda option=option: checked(page.selectbox(key=menu).select(option).run()) for option in options
    ]


def picked(page: AppTest, buttons: str, *options: str) -> list[Turn]:
    """A turn to each option of a row of buttons."""
    return [
        lambda option=option: checked(page.button_group(key=buttons).set_value(option).run())
        for option in options
    ]


def pressed(page: AppTest, button: str, times: int = 1) -> list[Turn]:
    """So many presses of a button."""
    return [lambda: checked(page.button(key=button).click().run())] * times


def checked(page: AppTest) -> AppTest:
    """The page itself. Raises RuntimeError if its last run failed."""
    if page.exception:
        raise RuntimeError(page.exception[0].value)
    return page
