from dataclasses import replace
from pathlib import Path

import torch

from dashboard.explore.numbers import first_asked
from dashboard.ship import ship
from icl_core.library import Library, default_library
from icl_core.library.kept import kept, stored
from icl_core.library.questions import Curves
from icl_core.library.start import DENSE, start
from icl_core.models import Transformer
from icl_core.specs import Recipe
from icl_core.training import train


def test_every_first_picture_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    for question in first_asked(library):
        assert stored(question, library) is not None, (
            f"run python -m dashboard.ship: {question.experiment.to_json()}"
        )


def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path) -> None:
    library = default_library()
    experiment = start(library.specs())
    bare = Library(library.shipped, tmp_path)
    shipped = stored(Curves(experiment), bare)
    assert shipped is not None
    torch.set_num_threads(1)
    from icl_core.evaluation.closed_forms import ClosedForm
    from icl_core.evaluation.curves import learning_curves
    from icl_core.evaluation.suite import suite

    entry = bare.find(experiment.pretraining.hash)
    assert entry is not None
    fresh = learning_curves(experiment, suite(experiment, bare.load(entry)), ClosedForm.of(experiment).lines)
    for name, curve in fresh.curves.items():
        assert abs(curve.mean - shipped.curves[name].mean).max() < 1e-3 * max(1, abs(curve.mean).max()), name
    assert kept(Curves(experiment), library).to_dict() == shipped.to_dict()


def test_shipping_leaves_nothing_of_an_older_state_and_takes_nothing_of_the_users_own(tmp_path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    spec = replace(DENSE, model=Transformer(1, 1, 8), recipe=Recipe(steps=2, batch=4, warmup=0))
    library.add(train(spec, tmp_path / "state"), "mine")
    folder = library.shipped / "results"
    folder.mkdir(parents=True)
    (folder / "old.json").write_text("{}")
    count = ship(first_asked, library)
    assert count == len(list(folder.glob("*.json"))) > 2
    assert not (folder / "old.json").exists()
    assert stored(Curves(start({})), Library(library.shipped, library.shipped)) is not None
