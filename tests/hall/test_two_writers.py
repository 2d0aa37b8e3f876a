"""Several processes at one library."""

import multiprocessing
from pathlib import Path

import pytest

from icl_core.library import Library
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import Trained, train

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SPEC = Pretraining(dimension=2, context_length=3, model=Transformer(1, 1, 8), recipe=Recipe(steps=4, batch=4))
PROCESSES, TIMES = 3, 20


def add_often(trained: Trained, shipped: Path, own: Path) -> None:
    library = Library(shipped, own)
    for _ in range(TIMES):
        library.add(trained, "tiny")


def test_processes_that_add_the_same_model_leave_one_whole_model(tmp_path: Path) -> None:
    trained = train(SPEC, tmp_path / "state")
    folders = tmp_path / "shipped", tmp_path / "own"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=add_often, args=(trained, *folders)) for _ in range(PROCESSES)]
    for writer in writers:
        writer.start()
    library = Library(*folders)
    looks = 0
    while any(writer.is_alive() for writer in writers):
        looks += 1
        for entry in library.entries():
            assert entry.card is not None, entry.fault
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert looks > 0
    (entry,) = library.entries()
    assert library.verify(entry) == ""
    assert sorted(path.name for path in entry.folder.iterdir()) == ["card.json", "model.safetensors"]
