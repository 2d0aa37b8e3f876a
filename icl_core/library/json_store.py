"""Numbers worth keeping: JSON files that ship beside the models, or are written once they are computed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from icl_core.files import atomic_write
from icl_core.library.store import Library

T = TypeVar("T")

KEPT = 2000  # files of a kind kept in the user's store, some 10 kB each; the oldest give way

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JsonStore:
    """Files of one kind: `shipped` ones (read only), then the user's `own`.

    `version` is raised when the same specs no longer give the same numbers. A `key` holds whatever else the
    numbers depend on, such as the weights: a file of another version or key is passed over.
    """

    shipped: Path
    own: Path
    version: int

    @classmethod
    def beside(cls, library: Library, folder: str, version: int) -> JsonStore:
        """Those in `folder` beside the library's models."""
        return cls(library.shipped / folder, library.own / folder, version)

    def read(self, name: str, key: Mapping[str, str], decode: Callable[[Mapping[str, Any]], T]) -> T | None:
        """What `decode` makes of the stored file; None if there is no sound one (ValueError)."""
        for path in (self.shipped / name, self.own / name):
            try:
                data: Mapping[str, Any] = json.loads(path.read_text())
                if data["version"] == self.version and all(data[part] == key[part] for part in key):
                    return decode(data)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.warning("The stored file %s is damaged (%r): it is computed again.", path, error)
        return None

    def write(self, name: str, key: Mapping[str, str], data: Mapping[str, Any]) -> None:
        """Stores a file; a folder that cannot be written costs only the time to compute it again."""
        content = {"version": self.version, **key, **data}
        try:
            atomic_write(self.own / name, json.dumps(content, allow_nan=False).encode())
            self._prune()
        except OSError as error:
            log.warning("The folder %s cannot be written (%s).", self.own, error.strerror)

    def _prune(self) -> None:
        files = sorted(self.own.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - KEPT)]:
            path.unlink(missing_ok=True)
