"""Every sentence of the dashboard, from one catalogue a language; English fills the gaps of another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from pathlib import Path

import streamlit as st

from icl_core.figures.text_width import WIDE
from icl_core.refusal import Refusal

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"
SESSION_KEY = "language"
INSTEAD: ContextVar[str | None] = ContextVar("language", default=None)
"""What is spoken for a while instead of the session's language."""
GAP = re.compile(f"(?<=[{WIDE}]) (?=[{WIDE}])")
"""A space that stood beside a place for a Latin name or a number, and got a Chinese word there."""


def t(key: str, **values: object) -> str:
    """The text of `key` in the session's language, {places} filled. Raises KeyError for an unknown key."""
    return translate(key, spoken(), **values)


def spoken() -> str:
    """The session's language, or the one that is spoken for a while."""
    return INSTEAD.get() or st.session_state.get(SESSION_KEY, FALLBACK)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """`t` speaks this language within, whatever the session's."""
    token = INSTEAD.set(language)
    try:
        yield
    finally:
        INSTEAD.reset(token)


def translate(key: str, language: str, **values: object) -> str:
    """The text of `key` in a language, or in English where that language lacks it."""
    text = catalogue(language).get(key) or catalogue(FALLBACK)[key]
    return GAP.sub("", text.format(**values)) if values else text


def said(error: Exception) -> str:
    """An error as a sentence: a refusal in the session's language, any other as it is."""
    return error.worded(refusals(spoken())) if isinstance(error, Refusal) else str(error)


@cache
def refusals(language: str) -> Mapping[str, str]:
    """What refusals are in a language, by their English templates; English needs none."""
    path = FOLDER / "refusals" / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def joined(how: str, parts: Iterable[str]) -> str:
    """The parts as one text: 'names' of a list, 'phrases' and 'clauses' of a sentence, or 'sentences'."""
    found = list(parts)
    return reduce(lambda first, second: t(f"join.{how}", first=first, second=second), found) if found else ""


def set_language(language: str | None) -> None:
    """What `t` speaks in this session from now on; None: what the browser prefers."""
    st.session_state[SESSION_KEY] = language or browser_language()


def browser_language() -> str:
    """The browser's language, or English where there is no catalogue of it."""
    language = (st.context.locale or "").partition("-")[0].lower()
    return language if language in languages() else FALLBACK


@cache
def languages() -> tuple[str, ...]:
    """Languages with a catalogue, English first."""
    found = {path.stem for path in FOLDER.glob("*.json")}
    return (FALLBACK, *sorted(found - {FALLBACK}))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language; empty for a language without a catalogue."""
    path = FOLDER / f"{language}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def plain(text: str) -> str:
    """Markdown that shows a text from elsewhere as it is."""
    return "".join(
        f"\\{character}" if character in "\\`*_{}[]<>()#+!|~$:" else character for character in text
    )
