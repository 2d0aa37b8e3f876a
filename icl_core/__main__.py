"""The command line: python -m icl_core COMMAND, each with --json for machines and progress for people."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

import torch

from icl_core.commands import COMMANDS
from icl_core.library import default_library
from icl_core.training import TrainingDiverged, TrainingStopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; prints text, or JSON with --json. Returns 0, 1 where the answer lacks something,
    or 2 after one sentence on the fault.
    """
    chosen = _parser().parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    try:
        answer = chosen.run(chosen, default_library())
        text = json.dumps(answer.data, allow_nan=False) if chosen.json else answer.text
    except (ValueError, OSError, TrainingDiverged, TrainingStopped) as error:
        return _complain(chosen.command, _sentence(error))
    except KeyboardInterrupt:
        _complain(chosen.command, "interrupted.")
        return 130
    try:
        print(text, flush=True)
    except OSError as error:
        # What is still to be printed is given up, lest Python tries once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(
            error, BrokenPipeError
        ):  # a reader that has seen enough, as `head` has, is no fault
            return _complain(chosen.command, _sentence(error))
    return 1 if answer.failed else 0


def _complain(command: str, sentence: str) -> int:
    print(f"icl_core {command}: {sentence}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m icl_core", description="In-context learning, explored.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        made = commands.add_parser(command.NAME, help=command.ABOUT, description=command.ABOUT)
        made.add_argument("--json", action="store_true", help="print one JSON value instead of text")
        made.add_argument("--threads", type=_positive, default=1, help="processor threads (default 1)")
        made.set_defaults(run=command.run)
        command.add_arguments(made)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {(error.strerror or str(error)).lower()}."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: nothing more can be written there."
    text = str(error)
    return text if text.endswith(".") else f"{text}."


if __name__ == "__main__":
    sys.exit(main())
