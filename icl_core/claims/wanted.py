"""The models that claims are about, found in the library by what they were pretrained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from icl_core.data.covariance import Identity
from icl_core.library import Card, Library
from icl_core.library.finding import preference, same_data
from icl_core.predictors import Network
from icl_core.specs import Covariance, FunctionClass, Mixture, Pretraining, Spec


class WaitingForModel(LookupError):
    """The library lacks a model that a claim is about, or it has too few positions: `positions` points."""

    def __init__(self, name: str, positions: int | None = None) -> None:
        super().__init__(name)
        self.name, self.positions = name, positions


@dataclass(frozen=True)
class Wanted(Spec):
    """A transformer by its pretraining data, however it was trained. None for K or noise: whatever it has.

    `name` is the model's name in the shipped library: it decides between several that fit, and is what a
    claim waits for. `only_named`: none of another name will do, since data does not tell sizes apart.
    """

    name: str
    mixture: Mixture
    dimension: int = 8
    context_length: int | None = None
    covariates: Covariance = field(default_factory=Identity)
    label_noise: float | None = 0.0
    task_pool: int | None = None
    only_named: bool = False

    def fits(self, spec: Pretraining) -> bool:
        free = [name for name in ("context_length", "label_noise") if getattr(self, name) is None]
        return spec.model.kind == "transformer" and same_data(spec, self._pretraining, but=free)

    @cached_property
    def _pretraining(self) -> Pretraining:
        asked = Pretraining(
            dimension=self.dimension,
            covariates=self.covariates,
            mixture=self.mixture,
            label_noise=self.label_noise or 0.0,
            task_pool=self.task_pool,
        )
        return asked if self.context_length is None else replace(asked, context_length=self.context_length)

    def beside(self, found: Models) -> Wanted:
        """The same wish, of the context length and noise of another model: to be compared with it."""
        spec = found.spec
        return replace(self, context_length=spec.context_length, label_noise=spec.label_noise)

    def specialist(self, name: str, family: FunctionClass) -> Wanted:
        """The model of one family of the mixture alone."""
        return replace(self, name=name, mixture=Mixture.of(family))


@dataclass(frozen=True)
class Models:
    """Trained models that differ in their training seed alone."""

    cards: tuple[Card, ...]
    networks: tuple[Network, ...]

    @property
    def spec(self) -> Pretraining:
        return self.cards[0].spec

    @property
    def address(self) -> str:
        """Hash of what the models share."""
        return self.spec.seedless.hash

    def __str__(self) -> str:
        return ", ".join(f"{card.name} {card.spec.hash}" for card in self.cards)


@dataclass(frozen=True)
class Used(Spec):
    """One model that a claim was measured with: its name, spec hash and weights."""

    name: str
    spec_hash: str
    weights_sha256: str

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(card.name, card.spec.hash, card.weights_sha256)


@dataclass(frozen=True)
class Need(Spec):
    """What a claim asked the library for, and the models that it got; none where it waits."""

    wanted: Wanted
    models: tuple[Used, ...] = ()

    def gets_the_same(self, cards: Sequence[Card]) -> bool:
        """Whether a library with these cards would give the same models with the same weights."""
        return tuple(map(Used.of, group(cards, self.wanted))) == self.models


def find(library: Library, wanted: Wanted) -> Models:
    """The wanted model in every training seed.

    Raises WaitingForModel where there is none, LibraryError where it is damaged.
    """
    cards = group(library.cards(), wanted)
    if not cards:
        raise WaitingForModel(wanted.name)
    entries = [library.find(card.spec.hash) for card in cards]
    networks = tuple(Network(library.load(entry)) for entry in entries if entry is not None)
    return Models(tuple(cards), networks)


def group(cards: Sequence[Card], wanted: Wanted) -> list[Card]:
    """Cards of the wanted model; of several architectures or recipes the one that has the wanted name.

    Empty where none fits; of those without the wanted name the one that is meant by `preference`.
    """
    groups: dict[Pretraining, list[Card]] = {}
    for card in cards:
        if wanted.fits(card.spec):
            groups.setdefault(card.spec.seedless, []).append(card)
    ordered = sorted(groups.values(), key=lambda found: preference(found[0].name, found[0].spec))
    named = [found for found in ordered if any(card.name == wanted.name for card in found)]
    chosen = next(iter(named if named or wanted.only_named else ordered), [])
    return sorted(chosen, key=lambda card: card.spec.seed)
