"""What nobody should send: links and files that are nearly right, far too large, or meant to do harm."""

from __future__ import annotations

import json
import typing
from dataclasses import fields
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from dashboard.frame.views import Presentation
from icl_core.codec import Kind, Spec
from icl_core.specs import Covariance, Experiment, FunctionClass, Model, Shift

ROOT = Path(__file__).resolve().parents[2]
FEW = settings(max_examples=max(1, settings().max_examples // 5))
"""A fifth of what the profile asks of each test: `make fuzz` runs these by a profile of many."""
MARK = "hostile"
"""A word in every script and picture below, by which a page is searched for them."""
SCRIPTS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg onload={MARK}()>",
    f"![{MARK}](https://example.invalid/{MARK}.png)",
    f"[{MARK}](javascript:{MARK}())",
    f"$\\href{{javascript:{MARK}()}}{{x}}$",
    f":material/{MARK}: :red[{MARK}]",
)
PATHS = (
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\card.json",
    "cached_models/../../x",
    "%2e%2e%2f",
    "CON",
)
NUMBERS = ("0", "-1", "1e309", "-1e308", "nan", "inf", "1_000", "9" * 400, "0x10", "٣", "1e-320", "3.5", "")
SIZES = ("1", "2", "7", "8", "64", "65", "512", "513", "4096", "65536", "65537", "1000000000")
WORDS = ("none", "default", "true", "{}", "[]", "null", "\x00", "\u202e", "🙂" * 300, "%00", "a" * 5000)

KINDS = tuple(sorted(name for family in (Covariance, FunctionClass, Model, Shift) for name in family.kinds))
VALUES = st.one_of(
    st.sampled_from(SCRIPTS + PATHS + NUMBERS + SIZES + WORDS + KINDS),
    st.text(max_size=40),
    st.floats(width=32).map(repr),
    st.lists(st.integers(-3, 70), max_size=70).map(lambda values: " ".join(map(str, values))),
)
"""Values of a parameter."""


def paths(spec: type[Spec], at: str = "", depth: int = 3) -> set[str]:
    """The dotted names of a spec's fields, and of what every alternative of them has."""
    found: set[str] = set()
    for field in fields(spec):
        path = f"{at}.{field.name}" if at else field.name
        found.add(path)
        if depth:
            for inner in _inner(spec, field.name):
                found |= paths(inner, path, depth - 1) | paths(inner, f"{path}.0", max(0, depth - 2))
    return found


def _inner(spec: type[Spec], name: str) -> list[type[Spec]]:
    found: list[type[Spec]] = []
    pending: list[Any] = [typing.get_type_hints(spec)[name]]
    while pending:
        hint = pending.pop()
        pending += typing.get_args(hint)
        if isinstance(hint, type) and issubclass(hint, Kind):
            found += hint.kinds.values()
        elif isinstance(hint, type) and issubclass(hint, Spec):
            found.append(hint)
    return found


NAMES = st.one_of(
    st.sampled_from(sorted({*paths(Experiment), "model", *Presentation.names()})),
    st.text(max_size=20),
)
"""Names of parameters: every field that a link can have, and others."""
LINKS = st.dictionaries(NAMES, VALUES, max_size=6)

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(SCRIPTS + WORDS + KINDS)
FIELDS = st.sampled_from(sorted({path.rpartition(".")[2] for path in paths(Experiment)}))
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner),
    max_leaves=12,
)
"""Values of JSON files, under names that specs have."""


def altered(text: str) -> st.SearchStrategy[str]:
    """A file with parts cut out, doubled, or replaced by what is hostile; and other JSON altogether."""

    def cut(at: int, length: int, put: str) -> str:
        start = at % (len(text) + 1)
        return text[:start] + put + text[start + length :]

    pieces = st.one_of(VALUES, JSON.map(lambda value: json.dumps(value)))
    return st.one_of(
        st.builds(cut, st.integers(0, 10**6), st.integers(0, 40), pieces),
        JSON.map(json.dumps),
        st.sampled_from(["[" * 100_000, '{"a":' * 50_000, "", "null", "\ufeff{}"]),
    )
