"""Which of a test's knobs act on a page's figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """The knobs that change a figure, of all that a test has, and what they can be set to.

    `names` of knobs (None: all); `read_outs`, the only k to read at (None: every one); `kind`, the shift that
    the figure shows where the test has none (None: no shift); `fewest_prompts` that it is measured on.
    """

    names: Collection[str] | None = None
    read_outs: Sequence[int] | None = None
    kind: str | None = None
    fewest_prompts: int = 0

    def acts(self, name: str) -> bool:
        """Whether the knob changes the figure."""
        return self.names is None or name in self.names
