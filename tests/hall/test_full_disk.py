"""What a real full disk does to what is stored: a small file system in memory, filled to the last byte."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from icl_core.files import atomic_write
from icl_core.library import Library, LibraryError
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import Trained, train
from icl_core.training.loop import checkpoint_path

pytestmark = pytest.mark.faults

SPEC = Pretraining(
    dimension=2, context_length=3, model=Transformer(1, 1, 64), recipe=Recipe(steps=4, batch=4)
)
SIZE = 2**23


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a small file system can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(SPEC, tmp_path_factory.mktemp("state"))


def fill(folder: Path) -> Path:
    """Takes all the space that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return ballast


def everything(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "ballast")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_file_keeps_its_old_content(disk: Path) -> None:
    atomic_write(disk / "result.json", b"old")
    fill(disk)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(disk / "result.json", b"new" * 100)
    assert everything(disk) == {"result.json": b"old"}


def test_a_checkpoint_is_kept_and_training_goes_on_from_it(disk: Path) -> None:
    half = replace(SPEC, recipe=replace(SPEC.recipe, steps=40))
    train(half, disk, save_seconds=0.0)
    latest = checkpoint_path(disk, half, "latest")
    before = everything(disk)
    longer = replace(SPEC, recipe=replace(SPEC.recipe, steps=60))
    ballast = fill(disk)
    with pytest.raises(Exception, match=r"[Nn]o space left"):
        train(longer, disk, save_seconds=0.0)
    assert latest.read_bytes() == before[str(latest.relative_to(disk))]
    assert everything(disk) == before
    os.unlink(ballast)
    assert train(longer, disk, save_seconds=0.0).history[-1].step == 60


def test_a_model_is_stored_whole_or_not_at_all(disk: Path, trained: Trained) -> None:
    library = Library(disk / "shipped", disk / "own")
    ballast = fill(disk)
    with pytest.raises(LibraryError, match=r"cannot be written .*set ICL_MODEL_STORE"):
        library.add(trained, "tiny")
    assert library.entries() == []
    os.unlink(ballast)
    assert library.verify(library.add(trained, "tiny")) == ""


def test_a_model_that_is_stored_again_keeps_its_old_card(disk: Path, trained: Trained) -> None:
    library = Library(disk / "shipped", disk / "own")
    library.add(trained, "tiny")
    before = everything(disk)
    fill(disk)
    with pytest.raises(LibraryError, match="cannot be written"):
        library.add(trained, "tiny")
    assert everything(disk) == before
    entry = library.find("tiny")
    assert entry is not None
    assert library.verify(entry) == ""
