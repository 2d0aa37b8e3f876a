"""The first pictures of Model selection ship with their numbers, and those are what the models give."""

from pathlib import Path

import numpy as np
import pytest

from dashboard.selection import shipped
from icl_core.library import Library, default_library
from icl_core.library.selection import comparison, selection_models, stored_comparison


def test_every_first_picture_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    for experiment, family in shipped.compared(library):
        models = selection_models(library, experiment.pretraining)
        stored = stored_comparison(library, experiment, family, models)
        assert stored is not None, f"run python -m dashboard.ship: {family.to_json()}"


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path: Path) -> None:
    shelf = Library(default_library().shipped, tmp_path)
    experiment, family = next(shipped.compared(shelf))
    models = selection_models(shelf, experiment.pretraining)
    stored = comparison(shelf, experiment, family, models)
    again = Library(tmp_path, tmp_path)
    for card in models.cards.values():
        entry = shelf.find(card.name)
        assert entry is not None
        (tmp_path / card.name).symlink_to(entry.folder)
    measured = comparison(again, experiment, family, models)
    assert measured.errors.keys() == stored.errors.keys()
    for name, curve in measured.errors.items():
        np.testing.assert_allclose(stored.errors[name].mean, curve.mean, rtol=1e-3, atol=1e-5)
