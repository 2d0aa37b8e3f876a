"""Whatever ships beside the models for the pages' first pictures, measured anew.

python -m dashboard.ship
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from tqdm import tqdm

from dashboard.beyond.ladder import first_asked as ladder
from dashboard.beyond.numbers import first_asked as beyond
from dashboard.diversity.numbers import first_asked as diversity
from dashboard.explore.door import first_asked as door
from dashboard.explore.numbers import first_asked as explore
from dashboard.selection.numbers import first_asked as selection
from icl_core.library import Library, default_library
from icl_core.library.kept import Question, kept

Asked = Callable[[Library], Iterable[Question[Any]]]
"""The questions that a room's first pictures ask of a library."""

ROOMS: dict[str, Asked] = {
    "results": explore,
    "prompts that the front door plays": door,
    "sweeps": beyond,
    "rungs of the ladder": ladder,
    "comparisons": selection,
    "numbers on task pools": diversity,
}


def ship(asked: Asked, library: Library) -> int:
    """Writes the answers beside the shipped models, in place of older ones. Returns how many.

    What ships is chosen from what ships, and takes nothing of the user's own.
    """
    shipping = Library(library.shipped, library.shipped)
    wanted = list(asked(shipping))
    for folder in {question.folder for question in wanted}:
        for path in (library.shipped / folder).glob("*.json"):
            path.unlink()
    for question in tqdm(wanted, unit="answer", disable=None):
        kept(question, shipping)
    return len(wanted)


def main() -> None:
    torch.set_num_threads(1)
    library = default_library()
    for name, asked in ROOMS.items():
        print(f"{ship(asked, library)} {name} are shipped.", flush=True)


if __name__ == "__main__":
    main()
