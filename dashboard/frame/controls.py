"""Widgets that show the state and change it: drawn from it at every run, changing it through callbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard.frame.url_state import Settings, UrlState

T = TypeVar("T")
Apply = Callable[[Settings[Any], Any], Settings[Any]]


def _on_change(
    state: UrlState[Any], key: str, apply: Apply, read: Callable[[Any], Any]
) -> Callable[[], None]:
    def changed() -> None:
        value = read(st.session_state[key])
        state.change(lambda settings: apply(settings, value))

    return changed


def choose(
    state: UrlState[Any],
    key: str,
    label: str,
    options: Sequence[T],
    current: T,
    name: Callable[[T], str],
    apply: Callable[[Settings[Any], T], Settings[Any]],
    help: str | None = None,
) -> None:
    """A menu of `options`, by the names that `name` gives them; `current` is one of them."""
    st.session_state[key] = list(options).index(current)
    st.selectbox(
        label,
        range(len(options)),
        key=key,
        format_func=lambda index: name(options[index]) if index < len(options) else "",
        on_change=_on_change(state, key, apply, lambda index: options[index]),
        help=help,
    )


def slide(
    state: UrlState[Any],
    key: str,
    label: str,
    low: float,
    high: float,
    step: float,
    current: float,
    apply: Callable[[Settings[Any], Any], Settings[Any]],
    format: str | None = None,
    help: str | None = None,
    disabled: bool = False,
) -> None:
    """A slider over numbers of the same type as `step`; the ends give way to a current value beyond them."""
    number = type(step)
    st.session_state[key] = number(current)
    st.slider(
        label,
        number(min(low, current)),
        number(max(high, current)),
        step=step,
        key=key,
        format=format,
        on_change=_on_change(state, key, apply, number),
        help=help,
        disabled=disabled,
    )


def slide_along(
    state: UrlState[Any],
    key: str,
    label: str,
    options: Sequence[int],
    current: int,
    apply: Callable[[Settings[Any], int], Settings[Any]],
    help: str | None = None,
) -> None:
    """A slider over just these numbers, `current` among them: steps need not be even."""
    st.session_state[key] = current
    st.select_slider(label, options, key=key, on_change=_on_change(state, key, apply, int), help=help)


def toggle(
    state: UrlState[Any],
    key: str,
    label: str,
    current: bool,
    apply: Callable[[Settings[Any], bool], Settings[Any]],
    help: str | None = None,
) -> None:
    """A switch."""
    st.session_state[key] = current
    st.toggle(label, key=key, on_change=_on_change(state, key, apply, bool), help=help)


def pick_several(
    state: UrlState[Any],
    key: str,
    label: str,
    options: Sequence[str],
    current: Sequence[str],
    name: Callable[[str], str],
    apply: Callable[[Settings[Any], tuple[str, ...]], Settings[Any]],
) -> None:
    """Pills of which any number may be on; the value keeps the options' order."""
    st.session_state[key] = [option for option in options if option in current]
    st.pills(
        label,
        options,
        selection_mode="multi",
        key=key,
        format_func=name,
        on_change=_on_change(
            state, key, apply, lambda picked: tuple(option for option in options if option in picked)
        ),
    )


def pick_one(
    state: UrlState[Any],
    key: str,
    label: str,
    options: Sequence[T],
    current: T,
    name: Callable[[T], str],
    apply: Callable[[Settings[Any], T], Settings[Any]],
) -> None:
    """A row of `options`, one of them on; `label` is read aloud alone."""
    st.session_state[key] = current
    st.segmented_control(
        label,
        options,
        key=key,
        required=True,
        format_func=name,
        on_change=_on_change(state, key, apply, lambda option: option),
        label_visibility="collapsed",
    )


def write(
    state: UrlState[Any],
    key: str,
    label: str,
    current: str,
    apply: Callable[[Settings[Any], str], Settings[Any]],
    help: str | None = None,
) -> None:
    """A text of several lines."""
    st.session_state[key] = current
    st.text_area(label, key=key, height=80, on_change=_on_change(state, key, apply, str), help=help)


def press(
    state: UrlState[Any],
    key: str,
    label: str,
    change: Callable[[Settings[Any]], Settings[Any]],
    icon: str | None = None,
    help: str | None = None,
) -> None:
    """A button that changes the state."""
    st.button(label, key=key, icon=icon, help=help, width="stretch", on_click=lambda: state.change(change))
