"""Known weaknesses of what we pin: pip-audit over requirements.txt, where its service answers.

    python -m deploy.audit [--strict]

A machine without the service is told so in one line and passes; with --strict it does not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
PATIENCE = 60.0  # seconds
ARGUMENTS = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--timeout=5", "--format=json")


def asked() -> str:
    """What pip-audit says, as JSON; empty where the service does not answer in time."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(REQUIREMENTS), *ARGUMENTS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def judged(answer: str) -> tuple[list[str], bool]:
    """A line for each weakness, and whether anything was looked up at all."""
    packages = json.loads(answer or '{"dependencies": []}')["dependencies"]
    known = [package for package in packages if "skip_reason" not in package]
    weak = [
        f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions'])}"
        for package in known
        for found in package["vulns"]
    ]
    return weak, bool(known)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--strict", action="store_true", help="fail where the service does not answer")
    strict = parser.parse_args().strict
    weak, answered = judged(asked())
    if not answered:
        print("pip-audit: its service does not answer here, so nothing was looked up")
        return int(strict)
    print("\n".join(weak) or "pip-audit: no known weakness in requirements.txt")
    return int(bool(weak))


if __name__ == "__main__":
    sys.exit(main())
