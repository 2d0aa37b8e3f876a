"""Verdicts worth keeping: one JSON file a claim, with the models that it was measured with."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from icl_core.claims.claim import Claim, ClaimResult
from icl_core.files import atomic_write
from icl_core.library import Library

VERSION = 3  # raised when the same models no longer give the same numbers
FOLDER = "claims"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stored:
    """A verdict as it was stored. `current`: the library would give the claim the same models today."""

    result: ClaimResult
    current: bool


@dataclass(frozen=True)
class VerdictStore:
    """Verdicts beside the shipped models, and beside the user's own where a claim was measured with one."""

    library: Library

    def read(self, claims: Sequence[Claim]) -> dict[str, Stored]:
        """Sound verdicts by id; of two, the one of the models that the library has today."""
        cards = self.library.cards()
        found = {}
        for claim in claims:
            results = [_read(root / FOLDER / f"{claim.id}.json", claim) for root in self._roots]
            stored = [Stored(result, result.is_of(cards)) for result in results if result is not None]
            if stored:
                found[claim.id] = next((each for each in stored if each.current), stored[0])
        return found

    def write(self, result: ClaimResult) -> Path:
        """Stores a verdict and returns its file. Raises OSError where that cannot be written."""
        path = self._root_of(result) / FOLDER / f"{result.id}.json"
        text = json.dumps({"version": VERSION, "result": result.to_dict()}, allow_nan=False, indent=1)
        atomic_write(path, f"{text}\n".encode())
        return path

    @property
    def _roots(self) -> tuple[Path, Path]:
        return self.library.shipped, self.library.own

    def _root_of(self, result: ClaimResult) -> Path:
        """With the user's own models if one of them took part: what ships speaks of what ships."""
        folders = [entry.folder for used in result.models if (entry := self.library.find(used.spec_hash))]
        own = any(not folder.is_relative_to(self.library.shipped) for folder in folders)
        return self.library.own if own else self.library.shipped


def _read(path: Path, claim: Claim) -> ClaimResult | None:
    """None where there is no file, or one of another version or of other limits than the claim's."""
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["version"] != VERSION:
            return None
        result = ClaimResult.from_dict(data["result"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("The stored verdict %s is damaged (%r): measure the claim again.", path, error)
        return None
    same = (result.id, result.statistic) == (claim.id, claim.statistic)
    return result if same else None
