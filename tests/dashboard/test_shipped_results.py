import torch

from dashboard.shipped_results import experiments, ship
from icl_core.library import Library, default_library
from icl_core.library.results import Results, cached_curves
from icl_core.library.start import start


def test_every_first_picture_ships_with_its_numbers() -> None:
    library = default_library()
    results = Results((library.shipped / "results",))
    for experiment in experiments(library):
        entry = library.find(experiment.pretraining.hash)
        stored = results.read(experiment, entry.card.weights_sha256 if entry and entry.card else "")
        assert stored is not None, f"run python -m dashboard.ship: {experiment.to_json()}"


def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path) -> None:
    library = default_library()
    experiment = start(library.specs())
    bare = Library(library.shipped, tmp_path)
    shipped = Results((library.shipped / "results",)).read(
        experiment, next(c.weights_sha256 for c in library.cards() if c.spec == experiment.pretraining)
    )
    assert shipped is not None
    torch.set_num_threads(1)
    from icl_core.evaluation.closed_forms import exact_lines
    from icl_core.evaluation.curves import learning_curves
    from icl_core.evaluation.suite import suite

    entry = bare.find(experiment.pretraining.hash)
    assert entry is not None
    fresh = learning_curves(experiment, suite(experiment, bare.load(entry)), exact_lines(experiment))
    for name, curve in fresh.curves.items():
        assert abs(curve.mean - shipped.curves[name].mean).max() < 1e-3 * max(1, abs(curve.mean).max()), name
    assert cached_curves(experiment, library).to_dict() == shipped.to_dict()


def test_shipping_leaves_nothing_of_an_older_state(tmp_path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    folder = library.shipped / "results"
    folder.mkdir(parents=True)
    (folder / "old.json").write_text("{}")
    count = ship(library)
    assert count == len(list(folder.glob("*.json"))) > 2
    assert not (folder / "old.json").exists()
