"""The first pictures of Model selection ship with their numbers, and those are what the models give."""

from pathlib import Path

import numpy as np
import pytest

from dashboard.selection.numbers import first_asked
from icl_core.library import Library, default_library
from icl_core.library.kept import kept, stored


def test_every_first_picture_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    for question in first_asked(library):
        found = stored(question, library)
        assert found is not None, f"run python -m dashboard.ship: {question.experiment.to_json()}"


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path: Path) -> None:
    shelf = Library(default_library().shipped, tmp_path)
    question = first_asked(shelf)[0]
    found = kept(question, shelf)
    again = Library(tmp_path, tmp_path)
    for card in question.models.cards.values():
        entry = shelf.find(card.name)
        assert entry is not None
        (tmp_path / card.name).symlink_to(entry.folder)
    measured = kept(question, again)
    assert measured.errors.keys() == found.errors.keys()
    for name, curve in measured.errors.items():
        np.testing.assert_allclose(found.errors[name].mean, curve.mean, rtol=1e-3, atol=1e-5)
