"""Knobs: widgets that show a value of the state and write another, drawn from the state at every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings

T = TypeVar("T")
Number = TypeVar("Number", bound=float)
Write = Callable[[Settings[Any], T], Settings[Any]]
"""Settings and a knob's new value -> the settings with that value."""


class Turned(Protocol):
    """What knobs turn: the state of any page."""

    def change(self, change: Callable[[Settings[Any]], Settings[Any]]) -> None: ...


class Kind(Protocol[T]):
    """The widget of a knob."""

    def shown(self, value: T, /) -> object:
        """What the widget's own state is while it shows the value."""
        ...

    def chosen(self, shown: Any, /) -> T:
        """Inverse of `shown`."""
        ...

    def draw(self, label: str, value: T, **shared: Any) -> None:
        """Draws it; `shared` are the arguments that every widget takes."""
        ...


@dataclass(frozen=True)
class Knob(Generic[T]):
    """A widget by its key: what it shows, and what a new value makes of the settings."""

    key: str
    label: str
    kind: Kind[T]
    value: T
    write: Write[T]
    help: str | None = None


def draw(state: Turned, *knobs: Knob[Any]) -> None:
    """The knobs, one under the other."""
    for knob in knobs:
        _draw(state, knob)


def _draw(state: Turned, knob: Knob[T]) -> None:
    def changed() -> None:
        value = knob.kind.chosen(st.session_state[knob.key])
        state.change(lambda settings: knob.write(settings, value))

    st.session_state[knob.key] = knob.kind.shown(knob.value)
    knob.kind.draw(knob.label, knob.value, key=knob.key, on_change=changed, help=knob.help)


def viewed(field: str) -> Write[Any]:
    """Writes the value into this field of the page's view."""
    return lambda settings, value: settings.viewed(**{field: value})


@dataclass(frozen=True)
class Menu(Generic[T]):
    """A list of options by the names that `name` gives them; the value is one of them."""

    options: Sequence[T]
    name: Callable[[T], str]

    def shown(self, value: T) -> int:
        return list(self.options).index(value)

    def chosen(self, shown: int) -> T:
        return self.options[shown]

    def draw(self, label: str, value: T, **shared: Any) -> None:
        count = len(self.options)  # which may have become fewer since the widget's state was written
        name = self.name
        st.selectbox(
            label,
            range(count),
            format_func=lambda index: name(self.options[index]) if index < count else "",
            **shared,
        )


@dataclass(frozen=True)
class Slider(Generic[Number]):
    """Numbers of the same type as `step`; the ends give way to a value beyond them."""

    low: Number
    high: Number
    step: Number
    disabled: bool = False

    def shown(self, value: Number) -> Number:
        return type(self.step)(value)

    chosen = shown

    def draw(self, label: str, value: Number, **shared: Any) -> None:
        low, high = self.shown(min(self.low, value)), self.shown(max(self.high, value))
        st.slider(label, low, high, step=self.step, disabled=self.disabled, **shared)


class _AsItIs(Generic[T]):
    """A widget whose own state is the value."""

    def shown(self, value: T) -> T:
        return value

    def chosen(self, shown: T) -> T:
        return shown


@dataclass(frozen=True)
class Steps(_AsItIs[T]):
    """A slider over just these options, whose steps need not be even; the value is one of them."""

    options: Sequence[T]
    name: Callable[[T], str] = str

    def draw(self, label: str, value: T, **shared: Any) -> None:
        st.select_slider(label, self.options, format_func=self.name, **shared)


@dataclass(frozen=True)
class Row(_AsItIs[T]):
    """Options in a row, one of them on; the label is read aloud alone."""

    options: Sequence[T]
    name: Callable[[T], str]

    def draw(self, label: str, value: T, **shared: Any) -> None:
        st.segmented_control(
            label,
            self.options,
            required=True,
            format_func=self.name,
            label_visibility="collapsed",
            **shared,
        )


@dataclass(frozen=True)
class Pills:
    """Options of which any number may be on; the value keeps their order."""

    options: Sequence[str]
    name: Callable[[str], str]

    def shown(self, value: Sequence[str]) -> list[str]:
        return [option for option in self.options if option in value]

    def chosen(self, shown: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.shown(shown))

    def draw(self, label: str, value: Sequence[str], **shared: Any) -> None:
        st.pills(label, self.options, selection_mode="multi", format_func=self.name, **shared)


@dataclass(frozen=True)
class Switch(_AsItIs[bool]):
    """On or off."""

    def draw(self, label: str, value: bool, **shared: Any) -> None:
        st.toggle(label, **shared)


@dataclass(frozen=True)
class Text(_AsItIs[str]):
    """A text of several lines."""

    def draw(self, label: str, value: str, **shared: Any) -> None:
        st.text_area(label, height=80, **shared)


def press(
    state: Turned,
    key: str,
    label: str,
    change: Callable[[Settings[Any]], Settings[Any]],
    icon: str | None = None,
    help: str | None = None,
) -> None:
    """A button that changes the state."""
    st.button(label, key=key, icon=icon, help=help, width="stretch", on_click=lambda: state.change(change))


def heading(group: str) -> None:
    """The name of a group of knobs, and in a few words when they act."""
    st.markdown(f"**{t(f'group.{group}')}**  \n:small[:gray[{t(f'group.{group}.note')}]]")


def more() -> DeltaGenerator:
    """Where the knobs of a group stand that a lecture can do without."""
    return st.expander(t("group.more"), icon=":material/tune:", type="compact")
