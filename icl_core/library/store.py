"""Where models lie: a folder each, weights first and card last; shipped ones apart from trained ones."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import platformdirs
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from icl_core.files import atomic_write, replacing, write_whole
from icl_core.library.card import Card, checked_name, library_versions, machine_description
from icl_core.models import InContextNetwork
from icl_core.refusal import Refusal
from icl_core.specs import Pretraining, SpecError
from icl_core.training import Trained
from icl_core.training.loop import empty_network

WEIGHTS, CARD = "model.safetensors", "card.json"
MOST_READ = 8192  # cards that stay in memory, of some 20 kB each: with fewer than there are none would


UNUSABLE_CARD = "The card {path} cannot be used: {error}. Delete the folder or mend it."
UNWRITABLE = (
    "The library folder {folder} cannot be written ({reason}): make it writable; "
    "the finished training is kept and will be stored then."
)
UNWRITABLE_OWN = (
    "The library folder {folder} cannot be written ({reason}): make it writable or set ICL_MODEL_STORE to "
    "another folder; the finished training is kept and will be stored then."
)
NAME_TAKEN = (
    "The name {name} is taken by model {owner} in {folder}: choose another name for {model}, "
    "or delete that folder."
)


class LibraryError(Refusal):
    """Something about a stored model that cannot be used: which file, what is wrong, what to do."""


@dataclass(frozen=True)
class Entry:
    """One folder of the library: a model with its card, or the reason why it cannot be used."""

    folder: Path
    card: Card | None
    fault: LibraryError | None = None

    @property
    def name(self) -> str:
        return self.card.name if self.card else self.folder.name


@dataclass(frozen=True)
class Library:
    """Models under `shipped` (read only), then under `own` (where trained models go)."""

    shipped: Path
    own: Path

    def entries(self) -> list[Entry]:
        """Every model folder, sound or not; a folder without a card is no model (yet)."""
        stamped = ((card, _stamp(card)) for card in self._cards())
        read = (_read_entry(card, stamp) for card, stamp in stamped if stamp is not None)
        return [entry for entry in read if entry is not None]

    def cards(self) -> list[Card]:
        """The cards of the sound entries; where two hold the same spec, the shipped one."""
        found: dict[str, Card] = {}
        for entry in self.entries():
            if entry.card:
                found.setdefault(entry.card.spec.hash, entry.card)
        return list(found.values())

    def find(self, key: str) -> Entry | None:
        """The entry with this name or spec hash."""
        for entry in self.entries():
            if key in (entry.folder.name, entry.name) or (entry.card and entry.card.spec.hash == key):
                return entry
        return None

    def present(self, key: str) -> Entry:
        """The entry with this name or spec hash. Raises LibraryError where it is gone."""
        entry = self.find(key)
        if entry is None:
            raise LibraryError("The model has left the library: open the page again.")
        return entry

    def weights(self, key: str) -> str:
        """The hash of the weights of the model with this name or spec hash; empty where there is none."""
        entry = self.find(key)
        return entry.card.weights_sha256 if entry and entry.card else ""

    def specs(self) -> dict[str, Pretraining]:
        """The pretraining spec of every model by name (the first of equal names), for short links."""
        named: dict[str, Pretraining] = {}
        for card in self.cards():
            named.setdefault(card.name, card.spec)
        return named

    def load(self, entry: Entry) -> InContextNetwork:
        """The model in evaluation mode, checked against its card.

        Raises LibraryError, naming the file, if the entry is unusable, its weights were altered, or they
        do not fit the model that the card describes.
        """
        if entry.card is None:
            gone = LibraryError("The model has left the library: open the page again.")
            raise (entry.fault or gone).with_traceback(None)  # a kept fault would gather its raisers' frames
        path = entry.folder / WEIGHTS
        tensors = _verified_weights(path, entry.card.weights_sha256)
        network = _network(entry.folder, entry.card)  # without values, so as large as a card may claim
        _check_tensors(path, network.state_dict(), tensors)
        network.to_empty(device="cpu").load_state_dict(tensors)
        return network.eval().requires_grad_(False)

    def network(self, spec: Pretraining) -> InContextNetwork:
        """The finished network of this model. Raises LibraryError where the library has no sound one."""
        entry = self.find(spec.hash)
        if entry is None:
            raise LibraryError("The library has no model {model}: train that model first.", model=spec.hash)
        return self.load(entry)

    def fault(self, entry: Entry) -> LibraryError | None:
        """What is wrong with the entry; None if it loads and matches its card."""
        try:
            self.load(entry)
        except LibraryError as error:
            return error
        return None

    def verify(self, entry: Entry) -> str:
        """What is wrong with the entry, in an English sentence; empty if it loads and matches its card."""
        return str(self.fault(entry) or "")

    def add(self, trained: Trained, name: str, folder: Path | None = None) -> Entry:
        """Stores a finished model under `own` (or in `folder`), so that no reader ever sees half of it.

        Raises LibraryError where the place cannot be written or the name is another model's; the training's
        checkpoint is untouched.
        """
        folder = folder or self.own / trained.spec.hash
        self.check_name(name, trained.spec, folder)
        weights = save({key: value.contiguous() for key, value in trained.network.state_dict().items()})
        card = Card(
            name=name,
            spec=trained.spec,
            seconds=trained.seconds,
            precision=trained.precision,
            device=trained.device,
            parameters=sum(value.numel() for value in trained.network.parameters()),
            weights_sha256=hashlib.sha256(weights).hexdigest(),
            history=trained.history,
            machine=machine_description(),
            versions=library_versions(),
        )
        try:
            with replacing(folder / CARD) as new_card, replacing(folder / WEIGHTS) as new_weights:
                write_whole(new_card, card.to_json().encode())
                write_whole(new_weights, weights)
                (folder / CARD).unlink(missing_ok=True)  # lest a reader pairs it with the new weights
        except OSError as error:
            raise LibraryError(
                UNWRITABLE_OWN if folder.is_relative_to(self.own) else UNWRITABLE,
                folder=folder,
                reason=error.strerror,
            ) from None
        return Entry(folder, Card.from_json(card.to_json()))

    def check_name(self, name: str, spec: Pretraining, folder: Path | None = None) -> None:
        """Raises LibraryError where the name is none, or another model's that `folder` does not replace."""
        try:
            checked_name(name)
        except ValueError as error:
            raise LibraryError(
                "{error}: choose another name for {model}.", error=error, model=spec.hash
            ) from None
        for entry in self.entries():
            owner = entry.card.spec.hash if entry.card else spec.hash
            other = owner != spec.hash and entry.folder != folder
            if other and name in (entry.name, entry.folder.name, owner):
                raise LibraryError(NAME_TAKEN, name=name, owner=owner, folder=entry.folder, model=spec.hash)

    def write_card(self, entry: Entry, card: Card) -> Entry:
        """Replaces the card of a stored model, atomically."""
        text = card.to_json()
        atomic_write(entry.folder / CARD, text.encode())
        return replace(entry, card=Card.from_json(text), fault=None)

    def _cards(self) -> Iterator[str]:
        """Where every folder would have its card. As text: pages ask for it dozens of times a turn."""
        for root in (self.shipped, self.own):
            try:
                names = sorted(os.listdir(root))
            except OSError:
                continue  # no such folder
            yield from (os.path.join(root, name, CARD) for name in names)


def default_library() -> Library:
    """The shipped models, and those that users train: ICL_MODEL_STORE, or the user's data folder."""
    own = os.environ.get("ICL_MODEL_STORE") or platformdirs.user_data_path("icl-explorer") / "models"
    return Library(Path(__file__).parents[2] / "cached_models", Path(own))


def state_folder() -> Path:
    """Where checkpoints of trainings lie: ICL_STATE, or the user's cache folder."""
    return Path(os.environ.get("ICL_STATE") or platformdirs.user_cache_path("icl-explorer"))


def load_once(library: Library, entry: Entry) -> InContextNetwork:
    """The entry's model, kept in memory for the next call while its card stays the same."""
    return _load(library, entry.folder, entry.card.weights_sha256 if entry.card else "")


@lru_cache(maxsize=8)
def _load(library: Library, folder: Path, weights_sha256: str) -> InContextNetwork:
    return library.load(library.present(folder.name))


def _stamp(card: str) -> tuple[int, int] | None:
    """Changes when the card does, so that a card is parsed once; none where there is no card."""
    try:
        status = os.stat(card)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=MOST_READ)
def _read_entry(card: str, stamp: tuple[int, int]) -> Entry | None:
    """None for a card that is gone since it was stamped: its model is being replaced."""
    folder = Path(card).parent
    try:
        return Entry(folder, Card.from_json((folder / CARD).read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        path = folder / CARD
        return Entry(folder, None, LibraryError(UNUSABLE_CARD, path=path, error=error))


def _network(folder: Path, card: Card) -> InContextNetwork:
    try:
        return empty_network(card.spec)
    except SpecError as error:
        raise LibraryError(
            "The card {path} describes a model that cannot be built: {error}", path=folder / CARD, error=error
        ) from None


def _verified_weights(path: Path, sha256: str) -> dict[str, Tensor]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LibraryError(
            "The weights {path} cannot be read ({reason}): train the model again.",
            path=path,
            reason=error.strerror,
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LibraryError(
            "The weights {path} are not the ones that the card describes: train the model again.", path=path
        )
    try:
        return load(content)
    except SafetensorError as error:
        raise LibraryError(
            "The weights {path} are no safetensors file ({error}): train the model again.",
            path=path,
            error=error,
        ) from None


def _check_tensors(path: Path, expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    for name in sorted(expected.keys() | found.keys()):
        want = tuple(expected[name].shape) if name in expected else "no such tensor"
        have = tuple(found[name].shape) if name in found else "no such tensor"
        if want != have:
            raise LibraryError(
                "The weights {path} do not fit their card: {name} should be {want}, is {have}.",
                path=path,
                name=name,
                want=want,
                have=have,
            )
        if found[name].dtype != torch.float32:
            held = str(found[name].dtype).removeprefix("torch.")
            raise LibraryError(
                "The weights {path} are not usable: {name} is {held}, store it as float32.",
                path=path,
                name=name,
                held=held,
            )
        if not found[name].isfinite().all():
            raise LibraryError(
                "The weights {path} are not usable: {name} is not finite everywhere, train the model again.",
                path=path,
                name=name,
            )
