"""How far a training is, for people: a bar on a terminal, a line every half minute elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

EVERY_SECONDS = 30.0


class Meter:
    """Steps done of `steps`, on standard error. Use it as a context manager.

    Where the output is no terminal, a short training leaves no line.
    """

    def __init__(self, name: str, steps: int) -> None:
        self.name, self.steps = name, steps
        self._bar = tqdm(total=steps, unit="step", desc=name, disable=None)
        self._written = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, step: int, note: str = "", seconds_left: float | None = None) -> None:
        """Where the training stands; cheap to call at every step."""
        if not self._bar.disable:
            self._bar.update(step - self._bar.n)
            self._bar.set_postfix_str(note, refresh=False)
            return
        now = time.monotonic()
        if now - self._written < EVERY_SECONDS:
            return
        self._written = now
        left = "" if seconds_left is None else f"about {_duration(seconds_left)} left"
        parts = [f"step {step:,} of {self.steps:,}", note, left]
        print(f"{self.name}: {', '.join(filter(None, parts))}", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
