"""The models that ship: what their cards say is what their weights give."""

import pytest

from icl_core.library import Card, default_library
from icl_core.library.grading import grade
from icl_core.library.jobs.cost import cost
from icl_core.library.zoo import LIVE_DEMO, NOTES, TIERS

SHIPPED = sorted(path.parent.name for path in default_library().shipped.glob("*/card.json"))
MEASURED_AGAIN = ("narrow-small", "live-demo-d4")  # one that misses its limits, one that meets them
LIMIT = 120 * 2**20  # bytes of models and results


@pytest.mark.parametrize("name", SHIPPED)
def test_every_model_is_whole_and_its_shortfall_explained(name: str) -> None:
    library = default_library()
    entry = library.find(name)
    assert entry is not None
    assert entry.card is not None
    assert library.verify(entry) == ""
    assert entry.card.meets_limits or entry.card.note
    assert entry.card.note == NOTES.get(name, "")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_model_is_the_one_that_the_zoo_would_train(name: str) -> None:
    specs = {name: spec for tier in TIERS.values() for name, spec in tier.items()}
    assert _card(name).spec == specs[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURED_AGAIN)
def test_a_card_is_measured_again_from_the_weights(name: str) -> None:
    library = default_library()
    entry = library.find(name)
    assert entry is not None
    stored, again = _card(name), grade(library, entry)
    assert [errors.family for errors in again.errors] == [errors.family for errors in stored.errors]
    for found, written in zip(again.errors, stored.errors, strict=True):
        for low, value, high in zip(written.low, found.mean, written.high, strict=True):
            assert low <= value <= high
        assert found.mean == pytest.approx(written.mean, rel=1e-3)
    for found, written in zip(again.checks, stored.checks, strict=True):
        assert (found.statement, found.met) == (written.statement, written.met)
        assert written.low <= found.value <= written.high


def test_all_that_ships_is_small() -> None:
    folder = default_library().shipped
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LIMIT


def test_the_live_demo_ends_near_least_squares() -> None:
    """What a class sees in a minute: within .05 of least squares with all examples."""
    assert LIVE_DEMO.context_length >= 2 * LIVE_DEMO.dimension  # least squares is exact there
    (errors,) = _card("live-demo-d4").errors
    assert errors.context_lengths[-1] == LIVE_DEMO.context_length
    assert errors.high[-1] < 0.05
    assert cost(LIVE_DEMO).seconds_a_step * LIVE_DEMO.recipe.steps < 60


def _card(name: str) -> Card:
    return next(card for card in default_library().cards() if card.name == name)
