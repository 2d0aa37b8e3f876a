"""The library's models of one setting by the size of their task pool."""

from __future__ import annotations

from dataclasses import replace

from icl_core.library.card import Card
from icl_core.library.store import Library
from icl_core.specs import Pretraining


def pool_models(library: Library, pretraining: Pretraining) -> dict[int | None, Card]:
    """Transformers that share all data but the pool, by its size (None: a fresh task for every prompt)."""
    found: dict[int | None, Card] = {}
    for card in sorted(library.cards(), key=lambda card: card.spec.seed):
        if card.spec.model.kind == "transformer" and data_of(card.spec) == data_of(pretraining):
            found.setdefault(card.spec.task_pool, card)
    return found


def settings_with_pools(library: Library) -> list[Pretraining]:
    """One pretraining for each setting in which the library has a model of a task pool."""
    found: list[Pretraining] = []
    for card in library.cards():
        if card.spec.task_pool is not None and data_of(card.spec) not in map(data_of, found):
            found.append(card.spec)
    return found


def usual_name(pretraining: Pretraining, size: int | None) -> str:
    """What the shipped library calls the model: 'pool-4-d8', 'pool-unlimited-d8'."""
    return f"pool-{'unlimited' if size is None else size}-d{pretraining.dimension}"


def data_of(spec: Pretraining) -> Pretraining:
    """What a model was pretrained on but its pool, without how."""
    return replace(spec.data, task_pool=None)
