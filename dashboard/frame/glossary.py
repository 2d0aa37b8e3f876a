"""The glossary: the terms and symbols of every page, each explained in the catalogues, and links to them."""

from __future__ import annotations

import re
from functools import cache

from dashboard.frame.texts import spoken, t

PAGE = "glossary"
TERMS = (
    "prompt",
    "query",
    "k",
    "d",
    "error",
    "interval",
    "transformer",
    "linear_attention",
    "ols",
    "ridge",
    "lasso",
    "bayes",
    "bayes_test",
    "dmmse",
    "smooth",
    "neighbours",
    "gradient_descent",
    "averaging",
    "zero",
    "family",
    "mixture",
    "combination",
    "covariance",
    "shift",
    "c",
    "m",
    "n",
    "big_m",
    "v",
    "alpha",
    "gradient_flow",
    "pool",
    "claim",
    "hash",
)
"""In reading order; each has a name and a text."""


def linked(text: str) -> str:
    """The text, in which each term leads to its place in the glossary where it first stands."""
    names = _names(spoken())
    met: set[str] = set()

    def link(found: re.Match[str]) -> str:
        name = found.group()
        term = names.get(name, "") if len(name) == 1 else names[name.lower()]  # n is not N
        if not term or term in met:
            return name
        met.add(term)
        return f"[{name}]({PAGE}?lang={spoken()}#{term})"

    longest_first = sorted(names, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in longest_first)
    return re.sub(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", link, text, flags=re.IGNORECASE)


@cache
def _names(language: str) -> dict[str, str]:
    """The term of each name, symbols as they are and words in small letters, in the language spoken now."""
    named = {t(f"glossary.name.{term}"): term for term in TERMS}
    return {name if len(name) == 1 else name.lower(): term for name, term in named.items()}
