"""The explorer as a static folder, and a zip of it: lectures with their figures, and the Prompt lab.

python -m dashboard.pack
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from dashboard.lecture.format import Lecture, shipped
from dashboard.pack import learn
from dashboard.pack.build import Pack
from dashboard.pack.models import USUAL, packed_models
from dashboard.pack.scenes import PageFault
from icl_core.files import atomic_write
from icl_core.library import LibraryError, default_library
from icl_core.specs import SpecError

APP = "http://127.0.0.1:8501"
NICENESS = 5  # a pack takes a while, and gives way to whoever works beside it


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard.pack", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist/icl-explorer"), help="the folder to write")
    parser.add_argument("--app", default=APP, help="where the live dashboard answers, for links")
    parser.add_argument("--models", nargs="+", default=USUAL, help="library models that run in the page")
    parser.add_argument("--trainings", nargs="*", default=learn.USUAL, help="trainings that are replayed")
    parser.add_argument(
        "--lecture", type=Path, help="the file of an own lecture, instead of the shipped ones"
    )
    parser.add_argument("--progress", type=Path, help="a JSON file that says how far it is, or what is wrong")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the app misses the server that a pack does without
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        _pack(options).write(options.out, _teller(options.progress))
    except (PageFault, LibraryError, SpecError, OSError) as fault:
        if options.progress:
            _say(options.progress, fault=str(fault))
        sys.exit(str(fault))
    archive = shutil.make_archive(str(options.out), "zip", options.out.parent, options.out.name)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.1f} MB; {archive}: {Path(archive).stat().st_size / 1e6:.1f} MB")


def _pack(options: argparse.Namespace) -> Pack:
    library = default_library()
    told = shipped()
    if options.lecture:
        told = (Lecture.from_json(options.lecture.read_text("utf-8")),)
    models = packed_models(library, options.models)
    return Pack(models, told, learn.trainings(library, options.trainings), options.app.rstrip("/"))


def _teller(file: Path | None) -> Callable[[int, int], None]:
    """Says how many pages are drawn: to a file, or as a bar where there is a screen."""
    if file is not None:
        return lambda done, total: _say(file, done=done, total=total)
    bar = tqdm(unit="page", disable=None)

    def told(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return told


def _say(file: Path, **what: object) -> None:
    atomic_write(file, json.dumps(what).encode())


if __name__ == "__main__":
    main()
