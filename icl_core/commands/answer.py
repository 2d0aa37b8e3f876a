"""What a command gives back."""

from __future__ import annotations

from typing import Any, NamedTuple


class Answer(NamedTuple):
    """The same answer for machines (a JSON value) and for people (text).

    `failed`: something asked for is not in it, as the text says; the exit status is then 1.
    """

    data: Any
    text: str
    failed: bool = False
