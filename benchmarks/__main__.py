"""Every benchmark, one after the other, and the report that they make.

    python -m benchmarks [NAME ...] [--write docs/benchmarks.md]

Each runs in a process of its own, so that none warms the next. With --write the sections of those that ran
are put into the file in place of older ones, each with the machine and the versions it was measured with.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from icl_core.library.card import machine_description

HERE = Path(__file__).parent
LOAD = "hall.load"
VERSIONS = ("torch", "numpy", "streamlit", "plotly")
HEAD = """\
# Benchmarks

What `make bench` and `make load` print, each in one run: times beside those of a peer, or of the least that
could be done, so that another machine's figures can be held to these.
`python -m benchmarks NAME --write docs/benchmarks.md` measures a section anew.
"""
SECTION = re.compile(
    r"^## benchmarks\.(?P<name>\S+)$.*?(?=^## benchmarks\.\S+$|\Z)", re.MULTILINE | re.DOTALL
)


def names() -> list[str]:
    """All benchmarks; `benchmarks.NAME` is the module."""
    return [*(path.stem for path in sorted(HERE.glob("[a-z]*.py"))), LOAD]


def section(name: str, about: str, printed: str, measured: str) -> str:
    """One benchmark's part of the report: what it measures, with what, and what it printed."""
    return f"## benchmarks.{name}\n\n{about.strip()}\n\n{measured}\n\n```\n{printed.rstrip()}\n```\n\n"


def report(before: str, sections: Mapping[str, str]) -> str:
    """The report with new sections in place of older ones, in the order of their names."""
    kept = {found["name"]: found[0].rstrip() + "\n\n" for found in SECTION.finditer(before)}
    parts = sorted((kept | dict(sections)).items())
    return (HEAD + "\n" + "".join(text for _, text in parts)).rstrip() + "\n"


def about(name: str) -> str:
    """What a benchmark says of itself."""
    source = HERE.joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def measured() -> str:
    """The day, the machine, the versions."""
    parts = (f"{name} {version(name)}" for name in VERSIONS)
    return f"*{datetime.now(UTC):%Y-%m-%d}, {machine_description()}; {', '.join(parts)}*"


def run(name: str) -> tuple[int, str]:
    """A benchmark's exit status, and what it printed, which is shown while it runs."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmarks named, else all but the full hall; returns how many failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    usual = [name for name in names() if name != LOAD]
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(names()))
    parser.add_argument("--write", type=Path, metavar="FILE", help="put what is printed into this report")
    chosen = parser.parse_args(arguments)
    for name in chosen.names:
        if name not in names():
            parser.error(f"there is no benchmark '{name}': it is one of {', '.join(names())}")
    failed, sections = 0, {}
    for name in chosen.names or usual:
        print(f"== benchmarks.{name}", flush=True)
        status, printed = run(name)
        failed += status != 0
        if status == 0:
            sections[name] = section(name, about(name), printed, measured())
        print(flush=True)
    if chosen.write is not None:
        before = chosen.write.read_text(encoding="utf-8") if chosen.write.exists() else ""
        chosen.write.write_text(report(before, sections), encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
