"""The dashboard as a container image: built with whichever builder is there, and tried out.

    python -m deploy.image [--tag icl-explorer] [--torch "--index-url <CPU builds>"] [--only-try] [-- ...]

docker, podman or buildah, the first that works; what stands after `--` goes to its `build`. Tried out means:
it is not too large, its user cannot write to its root, it answers, and its first page has its figure. Says in
one line where no builder is there, and fails only with --strict.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hall.dashboard import free_port
from benchmarks.hall.viewer import Viewer

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 1_500_000_000
PATIENCE = 180.0  # seconds until it has to answer
SERVE = ("python", "-m", "streamlit", "run", "app.py")
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never ask a proxy for loopback


@dataclass(frozen=True)
class Builder(ABC):
    """A program that builds images and runs them."""

    program: str

    def works(self) -> bool:
        """Whether it is there, and what it needs is running."""
        return shutil.which(self.program) is not None and not self._run("info").returncode

    def has(self, tag: str) -> bool:
        """Whether the image was built."""
        return not self._run("inspect", "--type", "image", tag).returncode

    def build(self, tag: str, arguments: Sequence[str]) -> int:
        """Builds the image from our Dockerfile; the program's exit status."""
        return self._run("build", *arguments, "-t", tag, str(ROOT), quiet=False).returncode

    @abstractmethod
    def size(self, tag: str) -> int:
        """Bytes of the image."""

    @abstractmethod
    def serving(self, tag: str, port: int) -> AbstractContextManager[Sequence[str]]:
        """Serves the image on this loopback port meanwhile; yields the command that runs another in it."""

    def _run(self, *arguments: str, quiet: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run((self.program, *arguments), capture_output=quiet, text=True, check=False)


class Engine(Builder):
    """docker, and podman, which takes the same words."""

    def size(self, tag: str) -> int:
        return int(self._run("image", "inspect", "--format", "{{.Size}}", tag).stdout)

    @contextmanager
    def serving(self, tag: str, port: int) -> Iterator[Sequence[str]]:
        options = ("--read-only", "--tmpfs", "/tmp", "-p", f"127.0.0.1:{port}:8501")  # nosec B108
        name = self._run("run", "--detach", *options, tag).stdout.strip()
        try:
            yield (self.program, "exec", name)
        finally:
            self._run("rm", "--force", "--volumes", name)


class Buildah(Builder):
    """buildah, which needs no daemon; its root is the image's own, written to by nobody but root."""

    def size(self, tag: str) -> int:
        images = json.loads(self._run("images", "--json", tag).stdout)
        number, unit = images[0]["size"].split()
        return round(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])

    @contextmanager
    def serving(self, tag: str, port: int) -> Iterator[Sequence[str]]:
        name = self._run("from", "--pull-never", tag).stdout.strip()
        run = (self.program, "run", "--isolation", "chroot")
        here = (f"STREAMLIT_SERVER_PORT={port}", "STREAMLIT_SERVER_ADDRESS=127.0.0.1")
        process = subprocess.Popen((*run, *(f"--env={word}" for word in here), name, "--", *SERVE))
        try:
            yield (*run, name, "--")
        finally:
            process.terminate()
            process.wait()
            self._run("rm", name)


TAG = "icl-explorer"
BUILDERS: tuple[Builder, ...] = (Engine("docker"), Engine("podman"), Buildah("buildah"))


def working() -> Builder | None:
    """The first builder that works here."""
    return next((each for each in BUILDERS if each.works()), None)


async def first_page(port: int) -> bool:
    """Whether the front door has its figure."""
    async with Viewer(port) as viewer:
        return any((await viewer.open()).of_type("plotly_chart"))


def answers(port: int) -> bool:
    """Whether the server is healthy before our patience ends."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with _DIRECT.open(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    return False


def faults(builder: Builder, tag: str) -> list[str]:
    """What is wrong with the image, a sentence each."""
    found: list[str] = []
    size = builder.size(tag)
    if size > MOST_BYTES:
        found.append(f"It has {size / 1e9:.2f} GB, more than {MOST_BYTES / 1e9:g}.")
    port = free_port()
    with builder.serving(tag, port) as inside:
        writes = subprocess.run((*inside, "touch", "/app/written"), capture_output=True, check=False)
        if writes.returncode == 0:
            found.append("Its user can write to its root.")
        if not answers(port):
            return [*found, "It does not answer."]
        if not asyncio.run(first_page(port)):
            found.append("Its first page has no figure.")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tag", default=TAG)
    parser.add_argument("--torch", default="", help="arguments of pip for torch alone")
    parser.add_argument("--only-try", action="store_true", help="do not build, try the image that is there")
    parser.add_argument("--strict", action="store_true", help="fail where no builder is there")
    parser.add_argument("build", nargs="*", help="arguments of the builder's `build`")
    chosen = parser.parse_args()
    builder = working()
    if builder is None:
        print("image: neither docker nor podman nor buildah works here, so none was built")
        return int(chosen.strict)
    arguments = [f"--build-arg=TORCH_INDEX_ARGS={chosen.torch}", *chosen.build]
    if not chosen.only_try and builder.build(chosen.tag, arguments):
        return 1
    found = faults(builder, chosen.tag)
    size = builder.size(chosen.tag) / 1e9
    print("\n".join(found) or f"image: {size:.2f} GB by {builder.program}; it serves its first page")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
