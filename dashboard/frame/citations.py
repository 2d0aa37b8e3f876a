"""How to cite what a page shows: the papers and this software, in BibTeX, from `CITATION.cff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from dashboard.frame.bootstrap import ROOT

FILE = ROOT / "CITATION.cff"


@cache
def bibtex() -> str:
    """An entry for the software, then one for each paper that it makes playable."""
    cited = yaml.safe_load(FILE.read_text("utf-8"))
    software = {key: cited[key] for key in ("title", "authors", "version", "license")}
    papers = (_entry("article", _key(paper), paper) for paper in cited["references"])
    return "\n\n".join((_entry("software", "icl-explorer", software), *papers)) + "\n"


def _entry(kind: str, key: str, fields: Mapping[str, Any]) -> str:
    known = {name: value for name, value in fields.items() if name not in ("type", "authors")}
    lines = {"author": _authors(fields["authors"]), **known}
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in lines.items())
    return f"@{kind}{{{key},\n{body}\n}}"


def _authors(authors: Sequence[Mapping[str, str]]) -> str:
    """'Zhang, Ruiqi and Frei, Spencer'; a name of no person stands in braces of its own."""
    return " and ".join(
        f"{{{author['name']}}}" if "name" in author else f"{author['family-names']}, {author['given-names']}"
        for author in authors
    )


def _key(paper: Mapping[str, Any]) -> str:
    """'zhang2024'."""
    return f"{paper['authors'][0]['family-names'].lower()}{paper['year']}"
