"""The library's models as they stand, each verified once for all viewers."""

from __future__ import annotations

from functools import partial

from dashboard.frame.shared import once
from dashboard.models.view import Shelved
from icl_core.library import Library
from icl_core.library.store import WEIGHTS


def shelf(library: Library) -> list[Shelved]:
    """Every model folder, each verified once for all viewers as long as its files stay the same."""
    found = []
    for entry in library.entries():
        weights = entry.folder / WEIGHTS
        stamp = weights.stat().st_mtime_ns if weights.is_file() else 0
        sha256 = entry.card.weights_sha256 if entry.card else str(entry.fault)
        key = ("verified", str(entry.folder), stamp, sha256)
        found.append(Shelved(entry, once(key, partial(library.fault, entry))))
    return found
