"""Code that computes a page's numbers again."""

from __future__ import annotations

import json
from collections.abc import Mapping

OPENING = """\
from icl_core.library import default_library
from icl_core.library.links import from_query
"""
EXPERIMENT = """
library = default_library()
experiment = from_query({query}, library.specs())
"""


def snippet(imports: str, query: Mapping[str, str], body: str) -> str:
    """A script: imports, the experiment that the query names, and what is computed of it."""
    values = json.dumps(dict(query), indent=4, ensure_ascii=False)
    return OPENING + imports + EXPERIMENT.format(query=values) + body
