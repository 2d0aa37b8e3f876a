"""Packs on request, each written by a process of its own, since its pages need a runtime of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.frame.bootstrap import ROOT
from dashboard.lecture.format import Lecture

MOST_PAGES = 120  # stops of all scenes, each drawn in every language and for two widths
KEPT = 4  # packs that wait to be fetched; the oldest give way


@dataclass(frozen=True)
class Order:
    """A pack that somebody wants: of this lecture, its links leading to the explorer at `app`."""

    lecture: Lecture
    app: str

    @property
    def pages(self) -> int:
        """How many states of pages are in it."""
        return sum(len(scene.states) for scene in self.lecture.scenes)


@dataclass(frozen=True)
class Work:
    """An order that is under way or done, in a folder of its own."""

    order: Order
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def archive(self) -> Path | None:
        """The zip, once it is there as a whole."""
        return self.folder / f"{self.order.lecture.name}.zip" if self.process.poll() == 0 else None

    @property
    def progress(self) -> tuple[int, int]:
        """Pages drawn, and how many there are; (0, 1) before the first."""
        said = self._said()
        return int(said.get("done", 0)), int(said.get("total", 1))

    @property
    def fault(self) -> str | None:
        """Why there will be no pack; None while there may be one."""
        return None if self.process.poll() in (None, 0) else str(self._said().get("fault", ""))

    def _said(self) -> Mapping[str, Any]:
        try:
            return json.loads((self.folder / "progress.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}


class Desk:
    """The orders of this process: one is written at a time, the last few are kept until it ends.

    `options` are further arguments of `python -m dashboard.pack`.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = options
        self._home = tempfile.TemporaryDirectory(prefix="icl-packs-")
        self._works: dict[Order, Work] = {}
        self._guard = threading.Lock()

    def find(self, order: Order) -> Work | None:
        """The order's work, whether under way, done or failed."""
        return self._works.get(order)

    @property
    def busy(self) -> bool:
        """Whether a pack is being written."""
        return any(work.running for work in self._works.values())

    def begin(self, order: Order) -> bool:
        """Has the pack written; False where another one is under way."""
        with self._guard:
            if self.busy:
                return False
            folder = Path(tempfile.mkdtemp(dir=self._home.name))
            (folder / "lecture.json").write_text(order.lecture.to_json(), "utf-8")
            command = [sys.executable, "-m", "dashboard.pack", "--app", order.app]
            command += [
                "--lecture",
                str(folder / "lecture.json"),
                "--progress",
                str(folder / "progress.json"),
            ]
            command += ["--out", str(folder / order.lecture.name), *self._options]
            with (folder / "log.txt").open("wb") as log:
                process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
            self._works.pop(order, None)
            self._works[order] = Work(order, folder, process)
            for old in list(self._works)[:-KEPT]:
                del self._works[old]
            return True
