import errno
import hashlib
import json
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors.torch import save_file

from icl_core.library import Entry, Library, LibraryError
from icl_core.library.card import Card
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import Trained, train

SPEC = Pretraining(dimension=2, context_length=3, model=Transformer(1, 1, 8), recipe=Recipe(steps=4, batch=4))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(SPEC, tmp_path_factory.mktemp("state"))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "own")


def test_a_stored_model_comes_back_as_it_was(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    found = library.find("tiny")
    assert found == entry == library.find(SPEC.hash)
    assert found is not None
    network = library.load(found)
    for name, value in trained.network.state_dict().items():
        assert torch.equal(value, network.state_dict()[name])
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert library.specs() == {"tiny": SPEC}
    assert library.verify(found) == ""


def test_cards_are_readable_json_and_round_trip(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    data = json.loads((entry.folder / "card.json").read_text())
    assert data["spec_hash"] == SPEC.hash
    assert data["steps"] == 4
    assert data["seed"] == 0
    assert data["versions"]["torch"]
    assert len(data["history"]) == 4
    assert entry.card is not None
    assert Card.from_json(entry.card.to_json()).to_json() == entry.card.to_json()


@pytest.mark.faults
def test_altered_foreign_and_truncated_weights_are_refused_by_name(
    library: Library, trained: Trained
) -> None:
    entry = library.add(trained, "tiny")
    weights = entry.folder / "model.safetensors"
    sound = weights.read_bytes()
    for damaged in (sound[:-4], sound[:-1] + bytes([sound[-1] ^ 1]), b"not a model", b""):
        weights.write_bytes(damaged)
        with pytest.raises(LibraryError, match=str(weights)):
            library.load(entry)
        assert str(weights) in library.verify(entry)
    weights.unlink()
    with pytest.raises(LibraryError, match="cannot be read"):
        library.load(entry)


@pytest.mark.faults
def test_weights_of_another_shape_name_the_tensor(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    wider = replace(SPEC, model=Transformer(1, 1, 16)).model.build(2, 3, 1.0)
    save_file(wider.state_dict(), entry.folder / "model.safetensors")
    content = (entry.folder / "model.safetensors").read_bytes()
    assert entry.card is not None
    card = replace(entry.card, weights_sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(LibraryError, match=r"attend should be \(1, 24, 8\), is \(1, 48, 16\)"):
        library.load(library.write_card(entry, card))


@pytest.mark.faults
@pytest.mark.parametrize("content", ["", "{}", "[]", '{"spec": 3}', "null"])
def test_a_damaged_card_is_shown_and_harms_no_other(library: Library, trained: Trained, content: str) -> None:
    sound = library.add(trained, "tiny")
    broken = library.own / "broken"
    broken.mkdir()
    (broken / "card.json").write_text(content)
    entries = {entry.name: entry for entry in library.entries()}
    assert str(broken) in str(entries["broken"].fault)
    assert library.cards() == [sound.card]
    with pytest.raises(LibraryError, match="broken"):
        library.load(entries["broken"])


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "seconds too large for a float": lambda card: card.update(seconds=10**400),
    "seconds infinite": lambda card: card.update(seconds=float("inf")),
    "NaN in the history": lambda card: card["history"][0].update(loss=float("nan")),
    "NaN in the errors": lambda card: card.update(
        errors=[
            {
                "family": "dense",
                "prompts": 2,
                "context_lengths": [1],
                "mean": [float("nan")],
                "low": [0],
                "high": [1],
            }
        ]
    ),
    "infinite parameters": lambda card: card.update(parameters=float("inf")),
    "versions are a list": lambda card: card.update(versions=["torch"]),
    "a history of numbers": lambda card: card.update(history=[1]),
    "a spec with too few positions": lambda card: card["spec"].update(
        model={"kind": "transformer", "positions": 2}
    ),
    "a start of another dimension": lambda card: card["spec"].update(warm_start={"dimension": 5}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_garbled_field_harms_no_other_model(library: Library, trained: Trained, edit: str) -> None:
    sound, broken = library.add(trained, "tiny"), library.own / "broken"
    data = json.loads((sound.folder / "card.json").read_text())
    EDITS[edit](data)
    broken.mkdir()
    (broken / "card.json").write_text(json.dumps(data))
    faults = {entry.name: str(entry.fault or "") for entry in library.entries()}
    assert faults["tiny"] == ""
    assert str(broken) in faults["broken"]
    assert library.specs() == {"tiny": SPEC}


@pytest.mark.parametrize("content", ["[" * 100_000, '{"spec":' * 100_000, '{"seconds": 1' + "0" * 5000 + "}"])
def test_a_card_beyond_what_can_be_parsed_harms_no_other(
    library: Library, trained: Trained, content: str
) -> None:
    library.add(trained, "tiny")
    (library.own / "broken").mkdir()
    (library.own / "broken" / "card.json").write_text(content)
    assert {entry.name: bool(entry.fault) for entry in library.entries()} == {"broken": True, "tiny": False}


def test_a_card_that_vanishes_while_the_library_is_read_is_passed_over(
    library: Library, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = library.add(trained, "tiny")
    folders = [library.own / "gone", sound.folder]
    monkeypatch.setattr(Library, "_cards", lambda self: (str(folder / "card.json") for folder in folders))
    assert library.entries() == [sound]


@pytest.mark.faults
def test_the_size_that_a_card_claims_takes_no_memory(library: Library, trained: Trained) -> None:
    """The claimed model has 2.4e9 parameters: 9 GiB."""
    entry = library.add(trained, "tiny")
    assert entry.card is not None
    huge = replace(SPEC, model=Transformer(48, 32, 2048))
    limit = resource.getrlimit(resource.RLIMIT_AS)
    used = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, limit[1]))
    try:
        with pytest.raises(LibraryError, match=r"do not fit their card: attend should be \(48, 6144, 2048\)"):
            library.load(library.write_card(entry, replace(entry.card, spec=huge)))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limit)


def test_a_name_means_one_model(library: Library, trained: Trained) -> None:
    library.add(trained, "tiny", library.shipped / "folder")
    other = replace(trained, spec=replace(SPEC, seed=1))
    for name in ("tiny", "folder", SPEC.hash):
        with pytest.raises(LibraryError, match=f"The name {name} is taken by model {SPEC.hash} in "):
            library.add(other, name)
    assert [card.spec for card in library.cards()] == [SPEC]
    library.add(trained, "tiny copy")
    library.add(other, "tiny two")
    successor = replace(trained, spec=replace(SPEC, seed=2))
    library.add(successor, "tiny", library.shipped / "folder")  # in its place
    assert library.specs()["tiny"] == successor.spec


def test_of_equal_names_the_first_counts_everywhere(library: Library, trained: Trained) -> None:
    first = library.add(trained, "one", library.shipped / "one")
    second = library.add(replace(trained, spec=replace(SPEC, seed=1)), "two")
    assert first.card is not None
    assert second.card is not None
    library.write_card(second, replace(second.card, name="one"))
    found = library.find("one")
    assert found is not None
    assert found.card is not None
    assert library.specs() == {"one": SPEC} == {"one": found.card.spec}


def test_a_card_whose_spec_was_edited_is_refused(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    path = entry.folder / "card.json"
    data = json.loads(path.read_text())
    data["spec"]["seed"] = 3
    path.write_text(json.dumps(data))
    found = library.find("tiny") or library.entries()[0]
    assert "but the card says" in str(found.fault)


def test_a_folder_without_a_card_is_no_model(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    (entry.folder / "card.json").unlink()
    assert library.entries() == []


def test_the_shipped_copy_wins_over_an_own_one(library: Library, trained: Trained) -> None:
    library.add(trained, "own")
    library.add(trained, "shipped", library.shipped / "shipped")
    assert [card.name for card in library.cards()] == ["shipped"]


@pytest.mark.faults
def test_an_unwritable_library_says_what_to_do(tmp_path: Path, trained: Trained) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match=r"cannot be written .* set ICL_MODEL_STORE"):
        Library(tmp_path, tmp_path / "file" / "own").add(trained, "tiny")
    shipped = tmp_path / "file" / "shipped"
    with pytest.raises(LibraryError, match=r"cannot be written .*: make it writable; the finished"):
        Library(shipped, tmp_path / "own").add(trained, "tiny", shipped / "tiny")


def test_no_draft_is_left_behind(library: Library, trained: Trained) -> None:
    entry = library.add(trained, "tiny")
    assert sorted(os.listdir(entry.folder)) == ["card.json", "model.safetensors"]


def stored_with(library: Library, trained: Trained, change: Callable[[torch.Tensor], torch.Tensor]) -> Entry:
    """The model with its first tensor changed, and a card that vouches for that."""
    entry = library.add(trained, "tiny")
    tensors = {name: value.clone() for name, value in trained.network.state_dict().items()}
    tensors["attend"] = change(tensors["attend"])
    save_file(tensors, entry.folder / "model.safetensors")
    content = (entry.folder / "model.safetensors").read_bytes()
    assert entry.card is not None
    return library.write_card(entry, replace(entry.card, weights_sha256=hashlib.sha256(content).hexdigest()))


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_not_finite_are_refused_by_name(
    library: Library, trained: Trained, value: float
) -> None:
    entry = stored_with(library, trained, lambda weights: weights.index_fill(0, torch.tensor([0]), value))
    assert "attend is not finite everywhere" in library.verify(entry)


def test_weights_of_another_precision_are_told_so(library: Library, trained: Trained) -> None:
    entry = stored_with(library, trained, lambda weights: weights.bfloat16())
    assert "attend is bfloat16, store it as float32" in library.verify(entry)


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_keeps_the_model_that_was_there(
    library: Library, trained: Trained, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Whether there is no room for the card, or for the weights after it."""
    entry = library.add(trained, "tiny")
    before = {path.name: path.read_bytes() for path in entry.folder.iterdir()}
    room = [None] * written

    def full(number: int) -> None:
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        room.pop()

    monkeypatch.setattr("icl_core.files.os.fsync", full)
    with pytest.raises(LibraryError, match="cannot be written"):
        library.add(trained, "tiny")
    assert {path.name: path.read_bytes() for path in entry.folder.iterdir()} == before
    assert library.verify(entry) == ""


@pytest.mark.parametrize("edit", ["families", "lengths", "errors", "name", "path"])
def test_a_card_that_does_not_fit_its_spec_is_one_bad_card(
    library: Library, trained: Trained, edit: str
) -> None:
    sound = library.add(trained, "sound")
    other = replace(SPEC, seed=9)
    entry = library.add(replace(trained, spec=other), "bad")
    data = json.loads((entry.folder / "card.json").read_text())
    match edit:
        case "families":
            data["history"][0]["errors"] *= 2
        case "lengths":
            data["history"][0]["errors"][0].pop()
        case "errors":
            curve = {"family": "dense", "tasks": "new", "prompts": 2, "context_lengths": [0, 1]}
            data["errors"] = [curve | {"mean": [1, 1], "low": [1, 1], "high": [1]}]
        case "name":
            data["name"] = "two\nlines"
        case "path":
            data["name"] = "../elsewhere"
    (entry.folder / "card.json").write_text(json.dumps(data))
    faults = {found.folder.name: library.verify(found) for found in library.entries()}
    assert faults[SPEC.hash] == ""
    assert "cannot be used" in faults[other.hash]
    assert library.specs() == {"sound": SPEC}
    assert sound in library.entries()


@pytest.mark.parametrize("name", ["", " tiny", "a\nb", "a/b", ".hidden", "x" * 101])
def test_what_is_no_name_is_refused(library: Library, trained: Trained, name: str) -> None:
    with pytest.raises(LibraryError, match="choose another name"):
        library.add(trained, name)
    assert library.entries() == []
