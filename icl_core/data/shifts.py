"""Kinds of shift between pretraining and test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from icl_core.specs import MagnitudeRange, Shift


@dataclass(frozen=True)
class NoShift(Shift, kind="none"):
    """Test prompts are distributed as asked for, unchanged."""

    range: ClassVar[MagnitudeRange] = MagnitudeRange(0.0, 0.0, 1.0)
    magnitude: ClassVar[float] = 0.0  # type: ignore[assignment]
