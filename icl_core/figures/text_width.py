"""How wide a text is, in letters of a Latin script: a Chinese one takes two."""

from __future__ import annotations

import re
import textwrap
import unicodedata

WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Chinese characters and their punctuation, as a range of a regular expression."""
PIECE = re.compile(rf"\s*(?:[{WIDE}]|[^\s{WIDE}]+)[，。、；：）」]*")
"""What stays together in a line: a wide character or a word, with the punctuation that closes it."""


def columns(text: str) -> int:
    """Latin letters that take as much room."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken between words and between wide characters."""
    if columns(text) == len(text):
        return textwrap.wrap(text, width)
    rows = [""]
    for piece in PIECE.findall(text):
        if rows[-1] and columns(rows[-1] + piece) > width:
            rows.append(piece.lstrip())
        else:
            rows[-1] += piece
    return rows
