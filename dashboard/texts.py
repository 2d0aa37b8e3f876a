"""Every sentence of the dashboard, from one catalogue a language; English fills the gaps of another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"
SESSION_KEY = "language"


def t(key: str, **values: object) -> str:
    """The text of `key` in the session's language, {places} filled. Raises KeyError for an unknown key."""
    language = st.session_state.get(SESSION_KEY, FALLBACK)
    return translate(key, language, **values)


def translate(key: str, language: str, **values: object) -> str:
    """The text of `key` in a language, or in English where that language lacks it."""
    text = catalogue(language).get(key) or catalogue(FALLBACK)[key]
    return text.format(**values) if values else text


def set_language(language: str) -> None:
    """What `t` speaks in this session from now on."""
    st.session_state[SESSION_KEY] = language


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
