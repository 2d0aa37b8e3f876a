"""The explorer as a static folder and a zip of it.

python -m dashboard.pack
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from dashboard.pack.build import Pack
from dashboard.pack.models import USUAL, packed_models
from icl_core.library import default_library

APP = "http://127.0.0.1:8501"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard.pack", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist/icl-explorer"), help="the folder to write")
    parser.add_argument("--app", default=APP, help="where the live dashboard answers, for links")
    parser.add_argument("--models", nargs="+", default=USUAL, help="library models that run in the page")
    options = parser.parse_args()
    pack = Pack(packed_models(default_library(), options.models), options.app.rstrip("/"))
    pack.write(options.out)
    archive = shutil.make_archive(str(options.out), "zip", options.out.parent, options.out.name)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.1f} MB, {archive}: {Path(archive).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
