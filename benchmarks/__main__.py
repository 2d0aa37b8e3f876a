"""Every benchmark, one after the other: python -m benchmarks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Runs each benchmark in a process of its own, so that none warms the next; returns how many failed."""
    failed = 0
    for path in sorted(HERE.glob("[a-z]*.py")):
        print(f"== benchmarks.{path.stem}", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}"], check=False).returncode != 0
        )
        print(flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
