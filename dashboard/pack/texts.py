"""The texts that the pages of a pack ask for, out of the dashboard's catalogues."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from dashboard.frame.texts import catalogue, languages, translate

SITE = Path(__file__).resolve().parents[2] / "site"

CALL = re.compile(r"""\bt\(\s*(?:"([^"]+)"|`([^`]+)`)""")
PLACE = re.compile(r"\\\$\\{.*?\\}")
OWN = ("language.name", "language.tag")
"""Texts that pages read of every language, whichever is spoken."""


def asked_for() -> Iterator[str]:
    """What the scripts' calls of t() ask for, as regular expressions."""
    for path in sorted(SITE.glob("*.js")):
        for plain, template in CALL.findall(path.read_text("utf-8")):
            yield re.escape(plain) if plain else PLACE.sub("[a-z_0-9]+", re.escape(template))


def texts_script() -> str:
    """`TEXTS`: by language and key, whatever the scripts ask for."""
    patterns = [re.compile(pattern) for pattern in {*asked_for(), *map(re.escape, OWN)}]
    keys = [key for key in catalogue("en") if any(pattern.fullmatch(key) for pattern in patterns)]
    texts = {language: {key: translate(key, language) for key in keys} for language in languages()}
    return f'"use strict";\nconst TEXTS = {json.dumps(texts, ensure_ascii=False, indent=0)};\n'
