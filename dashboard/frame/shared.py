"""What is computed once for all viewers of this process: the one memory that pages have of their numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from dashboard.frame.texts import t
from icl_core.library import Library
from icl_core.library.kept import Question, kept, stored

T = TypeVar("T")

MOST_KEPT, MOST_BYTES = 2048, "256MB"  # from a sentence to the 1 MB of a trajectory each


@contextmanager
def waiting(known_by: Hashable) -> Iterator[None]:
    """Says that one has to wait, and for how long it has been; of what was shown before nothing is said."""
    if known_by in _shown_before():
        yield
        return
    with st.spinner(t("figure.waiting"), show_time=True):
        yield
    _shown_before().append(known_by)


@st.cache_resource(show_spinner=False)
def _shown_before() -> deque[Hashable]:
    return deque(maxlen=MOST_KEPT)


class _Unmeasured(Exception):
    """There is nothing to remember yet."""


def answer(question: Question[T], library: Library) -> T:
    """The answer, read or computed once. Raises as the question does."""
    return once(address(question, library), partial(kept, question, library))


def stored_answer(question: Question[T], library: Library) -> T | None:
    """The answer where it was computed before; None, which is not remembered, where it was not."""
    return once_there(address(question, library), partial(stored, question, library))


def address(question: Question[Any], library: Library) -> tuple[Hashable, ...]:
    """What determines the answer: the question and its key."""
    return type(question).__name__, question.name, *sorted(question.key(library).items())


def once(key: Hashable, compute: Callable[[], T]) -> T:
    """What `compute` gives, computed for the first viewer alone; `key` is all that it depends on."""
    return _remembered(key, compute)


def once_there(key: Hashable, compute: Callable[[], T | None]) -> T | None:
    """As `once`, but None is not remembered: it is asked for again."""

    def found() -> T:
        value = compute()
        if value is None:
            raise _Unmeasured
        return value

    try:
        return _remembered(key, found)
    except _Unmeasured:
        return None


@st.cache_data(max_entries=MOST_KEPT, max_size=MOST_BYTES, show_spinner=False)
def _remembered(key: Hashable, _compute: Callable[[], T]) -> T:
    return _compute()
