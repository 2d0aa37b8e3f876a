"""Verdicts worth keeping: a file a claim, with the models that it was measured with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from icl_core.claims import CLAIMS, Claim, ClaimResult, run
from icl_core.library import Library
from icl_core.library.kept import Question, every, write


@dataclass(frozen=True)
class ClaimVerdict(Question[ClaimResult]):
    """How a claim comes out with the library's models."""

    folder: ClassVar[str] = "claims"
    version: ClassVar[int] = 3
    indent: ClassVar[int | None] = 1

    claim: Claim

    @property
    def name(self) -> str:
        return self.claim.id

    def key(self, library: Library) -> dict[str, str]:
        return {}

    def keyed(self, data: Mapping[str, Any], key: Mapping[str, str]) -> bool:
        """A verdict on other limits than the claim's is none."""
        result = data["result"]
        return (result["id"], result["statistic"]) == (self.claim.id, self.claim.statistic)

    def compute(self, library: Library) -> ClaimResult:
        return run(library, self.claim.id)[0]

    def encode(self, found: ClaimResult) -> dict[str, Any]:
        return {"result": found.to_dict()}

    def decode(self, data: Mapping[str, Any]) -> ClaimResult:
        return ClaimResult.from_dict(data["result"])


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
            stored = [
                Stored(result, result.is_of(cards)) for result in every(ClaimVerdict(claim), self.library)
            ]
            if stored:
                found[claim.id] = next((each for each in stored if each.current), stored[0])
        return found

    def write(self, result: ClaimResult) -> Path:
        """Stores a verdict and returns its file. Raises OSError where that cannot be written.

        With the user's own models if one of them took part: what ships speaks of what ships.
        """
        library = self.library
        folders = [entry.folder for used in result.models if (entry := library.find(used.spec_hash))]
        own = any(not folder.is_relative_to(library.shipped) for folder in folders)
        claim = next(claim for claim in CLAIMS if claim.id == result.id)
        return write(ClaimVerdict(claim), result, library, library.own if own else library.shipped)
