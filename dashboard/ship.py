"""Whatever ships beside the models for the pages' first pictures, measured anew.

python -m dashboard.ship
"""

from __future__ import annotations

import torch

from dashboard.beyond import shipped as sweeps
from dashboard.diversity import shipped as pools
from dashboard.explore import shipped as shipped_results
from dashboard.selection import shipped as comparisons
from icl_core.library import default_library


def main() -> None:
    torch.set_num_threads(1)
    library = default_library()
    parts = {
        "results": shipped_results,
        "sweeps": sweeps,
        "comparisons": comparisons,
        "numbers on task pools": pools,
    }
    for name, part in parts.items():
        print(f"{part.ship(library)} {name} are shipped.", flush=True)


if __name__ == "__main__":
    main()
