"""What a command gives back."""

from __future__ import annotations

from typing import Any, NamedTuple


class Answer(NamedTuple):
    """The same answer for machines (a JSON value) and for people (text)."""

    data: Any
    text: str
