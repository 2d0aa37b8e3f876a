"""A clock that is set back: what was stored before lies in the future, and loses nothing that comes after."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from icl_core.library import Library
from icl_core.library import kept as module
from icl_core.library.kept import Question, kept, stored
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
YEAR = 365 * 24 * 3600
SPEC = Pretraining(dimension=2, context_length=3, model=Transformer(1, 1, 8), recipe=Recipe(steps=4, batch=4))


@dataclass(frozen=True)
class Square(Question[int]):
    folder: ClassVar[str] = "squares"

    number: int

    @property
    def name(self) -> str:
        return str(self.number)

    def key(self, library: Library) -> Mapping[str, str]:
        return {}

    def compute(self, library: Library) -> int:
        return self.number**2

    def encode(self, found: int) -> Mapping[str, Any]:
        return {"square": found}

    def decode(self, data: Mapping[str, Any]) -> int:
        return data["square"]


def put_into_the_future(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time.time() + YEAR,) * 2)


def test_nothing_is_decided_by_the_time_of_day() -> None:
    sources = [path for part in ("icl_core", "dashboard", "pages") for path in (ROOT / part).rglob("*.py")]
    asking = re.compile(r"\btime\.time\(|\bdatetime\.now\(|\butcnow\(")
    assert [path for path in sources if asking.search(path.read_text("utf-8"))] == []


def test_a_full_store_keeps_what_was_computed_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    library = Library(tmp_path / "shipped", tmp_path / "own")
    for number in range(3):
        kept(Square(number), library)
    put_into_the_future(tmp_path)
    assert kept(Square(9), library) == 81
    assert stored(Square(9), library) == 81
    assert len(list((tmp_path / "own" / "squares").iterdir())) == 3


def test_a_model_that_is_stored_again_is_read_again(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    trained = train(SPEC, tmp_path / "state")
    library.add(trained, "tiny")
    put_into_the_future(tmp_path / "own")
    assert library.present("tiny").name == "tiny"
    library.add(replace(trained, seconds=12345.0), "tiny")
    card = library.present("tiny").card
    assert card is not None
    assert card.seconds == 12345.0
    assert library.verify(library.present("tiny")) == ""
