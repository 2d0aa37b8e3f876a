"""Takes out of an environment what nothing needs at run time: tests, headers, static libraries, byte code.

    python slim.py ENVIRONMENT

Half of what is left is libtorch. Says how much was taken.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (
    "tests",
    "__pycache__",
    "torch/include",
    "torch/test",
    "torch/share",
    "pyarrow/include",
    "pydeck/nbextension",
)
"""Folders by their name, or by their path from the packages."""
FILES = (
    "*.a",
    "*.lib",
    "*.pyi",
    "torch/bin/*",
    "pyarrow/libarrow_flight.so*",
    "pyarrow/libarrow_substrait.so*",
)
KEPT = ("torch/bin/torch_shm_manager", "torch/testing")  # torch looks for the first when it is imported


def superfluous(packages: Path) -> Iterator[Path]:
    """What can go, folders before the files in them."""
    kept = [packages / name for name in KEPT]
    for name in FOLDERS:
        yield from packages.rglob(name) if "/" not in name else packages.glob(name)
    for pattern in FILES:
        found = packages.rglob(pattern) if "/" not in pattern else packages.glob(pattern)
        yield from (path for path in found if path not in kept)


def size(path: Path) -> int:
    """Bytes of a file or of a folder."""
    files = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(each.lstat().st_size for each in files)


def main(environment: Path) -> None:
    taken = 0
    for packages in environment.glob("lib/python*/site-packages"):
        for path in list(superfluous(packages)):
            if path.exists() or path.is_symlink():
                taken += size(path)
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    print(f"{taken / 2**20:,.0f} MB taken out")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
