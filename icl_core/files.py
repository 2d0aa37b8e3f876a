"""Files that are replaced as a whole: a reader sees the old content or the new one, never a part of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


def atomic_write(path: Path, content: bytes) -> None:
    """Replaces a file; makes its folder. Raises OSError, and leaves the old file as it was."""
    with replacing(path) as draft:
        write_whole(draft, content)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file, on to the disk itself. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path` for the caller to write; it takes the name when it is whole and on the disk.

    Every draft has its own name, so that threads and processes may write the same file at the same time. An
    OSError names the file, which a full disk's does not of itself.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield draft
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
