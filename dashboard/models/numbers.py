"""The library's models as they stand, each verified once for all viewers."""

from __future__ import annotations

import streamlit as st

from dashboard.models.view import Shelved
from icl_core.library import Library
from icl_core.library.store import WEIGHTS

MOST_KEPT = 256  # verdicts in memory, a sentence each


def shelf(library: Library) -> list[Shelved]:
    """Every model folder, each verified once for all viewers as long as its files stay the same."""
    found = []
    for entry in library.entries():
        weights = entry.folder / WEIGHTS
        stamp = weights.stat().st_mtime_ns if weights.is_file() else 0
        sha256 = entry.card.weights_sha256 if entry.card else entry.fault
        found.append(Shelved(entry, _verdict(str(entry.folder), stamp, sha256, library, entry)))
    return found


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _verdict(folder: str, stamp: int, sha256: str, _library: Library, _entry: object) -> str:
    return _library.verify(_entry)  # type: ignore[arg-type]
