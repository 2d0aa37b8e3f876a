"""What the ladder shows of every rung ships with the models."""

from pathlib import Path

from dashboard.beyond.ladder import first_asked
from icl_core.library import Library, default_library
from icl_core.library.kept import stored
from icl_core.library.ladder import RECIPES, RungIdeals


def test_every_rung_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    asked = first_asked(library)
    assert sum(isinstance(question, RungIdeals) for question in asked) == len(RECIPES)
    for question in asked:
        assert stored(question, library) is not None, f"run python -m dashboard.ship: {question}"
