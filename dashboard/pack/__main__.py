"""The explorer as a static folder, and a zip of it: lectures with their figures, and the Prompt lab.

python -m dashboard.pack
"""

from __future__ import annotations

import argparse
import logging
import shutil
from pathlib import Path

from dashboard.lecture.format import Lecture, shipped
from dashboard.pack.build import Pack
from dashboard.pack.models import USUAL, packed_models
from icl_core.library import default_library

APP = "http://127.0.0.1:8501"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard.pack", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist/icl-explorer"), help="the folder to write")
    parser.add_argument("--app", default=APP, help="where the live dashboard answers, for links")
    parser.add_argument("--models", nargs="+", default=USUAL, help="library models that run in the page")
    parser.add_argument(
        "--lecture", type=Path, help="the file of an own lecture, instead of the shipped ones"
    )
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the app misses the server that a pack does without
    own = options.lecture and (Lecture.from_json(options.lecture.read_text("utf-8")),)
    models = packed_models(default_library(), options.models)
    Pack(models, own or shipped(), options.app.rstrip("/")).write(options.out)
    archive = shutil.make_archive(str(options.out), "zip", options.out.parent, options.out.name)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.1f} MB; {archive}: {Path(archive).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
