"""The command line: python -m icl_core COMMAND, each with --json for machines and progress for people."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

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
        print(json.dumps(answer.data, allow_nan=False) if chosen.json else answer.text, flush=True)
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        _discard_output()
        return 0
    except (ValueError, OSError, TrainingDiverged, TrainingStopped) as error:
        print(f"icl_core {chosen.command}: {_sentence(error)}", file=sys.stderr)
        _discard_output()
        return 2
    except KeyboardInterrupt:
        print(f"icl_core {chosen.command}: interrupted.", file=sys.stderr)
        return 130
    return 1 if answer.failed else 0


def _discard_output() -> None:
    """What is still to be printed is given up, lest Python tries once more as it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
