"""Numbers worth keeping: each is asked for by a question, and has a file once it is answered.

A file ships beside the models, or lies in the user's own store since it was computed there.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from icl_core.files import atomic_write
from icl_core.library.store import Library

T = TypeVar("T")

KEPT = 2000  # files of a folder kept in the user's store, some 10 kB each; the oldest give way

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question(ABC, Generic[T]):
    """One kind of number: where its files lie, how it is computed, and how it is written."""

    folder: ClassVar[str]
    version: ClassVar[int] = 1  # raised when the same question no longer gives the same numbers
    indent: ClassVar[int | None] = None  # of its files

    @property
    @abstractmethod
    def name(self) -> str:
        """The file's name, without its ending."""

    @abstractmethod
    def key(self, library: Library) -> Mapping[str, str]:
        """Whatever the numbers depend on beside the name, such as a model's weights."""

    def keyed(self, data: Mapping[str, Any], key: Mapping[str, str]) -> bool:
        """Whether a file is of this key: one of another is passed over."""
        return all(data[part] == value for part, value in key.items())

    @abstractmethod
    def compute(self, library: Library) -> T:
        """The numbers, measured. Raises LibraryError for a damaged model."""

    @abstractmethod
    def encode(self, found: T) -> Mapping[str, Any]:
        """The numbers as plain JSON values."""

    @abstractmethod
    def decode(self, data: Mapping[str, Any]) -> T:
        """Inverse of `encode`; raises KeyError, TypeError or ValueError for anything else."""


def kept(question: Question[T], library: Library) -> T:
    """The answer: a stored one where there is one, else computed and stored.

    A folder that cannot be written costs only the time to compute it again.
    """
    found = stored(question, library)
    if found is not None:
        return found
    found, folder = question.compute(library), library.own / question.folder
    try:
        _prune(folder, write(question, found, library, library.own))
    except OSError as error:
        log.warning("The folder %s cannot be written (%s).", folder, error.strerror)
    return found


def stored(question: Question[T], library: Library) -> T | None:
    """The answer that ships or was computed before; None if there is no sound one."""
    return next(every(question, library), None)


def every(question: Question[T], library: Library) -> Iterator[T]:
    """All sound answers that are stored, the shipped one first."""
    key = question.key(library)
    for root in (library.shipped, library.own):
        path = _path(question, root)
        try:
            data: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
            if data["version"] == question.version and question.keyed(data, key):
                yield question.decode(data)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("The stored file %s is damaged (%r): it is computed again.", path, error)


def write(question: Question[T], found: T, library: Library, root: Path) -> Path:
    """Stores an answer under `root` and returns its file. Raises OSError where that cannot be written."""
    path = _path(question, root)
    content = {"version": question.version, **question.key(library), **question.encode(found)}
    atomic_write(path, f"{json.dumps(content, allow_nan=False, indent=question.indent)}\n".encode())
    return path


def _path(question: Question[Any], root: Path) -> Path:
    return root / question.folder / f"{question.name}.json"


def _prune(folder: Path, newest: Path) -> None:
    """Takes the oldest files away. After a clock was set back the newest one may look older than they."""
    others = (path for path in folder.glob("*.json") if path != newest)
    files = sorted(others, key=lambda path: path.stat().st_mtime)
    for path in files[: max(0, len(files) + 1 - KEPT)]:
        path.unlink(missing_ok=True)
