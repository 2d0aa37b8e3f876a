"""Which model was trained on this? The one place that answers, by the data of pretraining alone.

Where several models share their data, all of their seeds, sizes and lengths of training, `preference` says
which of them is meant; a nearby model is never taken for the asked one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from typing import Any

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Dense, Sinusoid
from icl_core.evaluation.selection import MODELS, FamilyPair
from icl_core.library.card import Card
from icl_core.library.store import Entry, Library, load_once
from icl_core.library.zoo import LARGE, LINEAR_SINUSOID, SMALL, TIERS, WIDE
from icl_core.models import LinearAttention, Transformer
from icl_core.predictors import Network, Predictor
from icl_core.specs import FunctionClass, Mixture, Model, Pretraining, Recipe

Models = Mapping[str, Pretraining]
"""The specs of a library's models by name."""

ANY_LENGTH = ("context_length",)
PLAIN = tuple(field.name for field in fields(Pretraining) if field.name != "mixture")


def same_data(one: Pretraining, other: Pretraining, but: Collection[str] = ()) -> bool:
    """Whether two models were pretrained on the same distribution of prompts.

    However they were trained, in whatever order their families stand, and whatever their fields `but`.
    """
    first, second = one.data, other.data
    plain = all(name in but or getattr(first, name) == getattr(second, name) for name in PLAIN)
    return plain and ("mixture" in but or _same_mixture(first.mixture, second.mixture))


def preference(name: str, spec: Pretraining) -> tuple[bool, int, int, str]:
    """Of models that share their data the least is meant: of the usual architecture, then the one with most
    training steps behind it, then of the smallest seed, then by name."""
    steps = spec.recipe.steps + spec.steps_before
    return spec.model != usual_architecture(spec.dimension), -steps, spec.seed, name


@cache
def usual_architecture(dimension: int) -> Model:
    """What the models that we ship have with so many inputs."""
    shipped = (spec for tier in TIERS.values() for spec in tier.values())
    return next((spec.model for spec in shipped if spec.dimension == dimension), Transformer())


def trained_on(models: Models, asked: Pretraining, but: Collection[str] = ()) -> dict[str, Pretraining]:
    """All models of these data, of any architecture, in the library's order."""
    return {name: spec for name, spec in models.items() if same_data(spec, asked, but)}


def matching(models: Models, asked: Pretraining) -> dict[str, Pretraining]:
    """All models of these data on prompts of any length."""
    return trained_on(models, asked, ANY_LENGTH)


def preferred(models: Models, first: Pretraining | None = None) -> Pretraining | None:
    """The one that is meant: `first` itself if it is among them, else one of its context length if there is
    one, else by `preference` alone. None of none."""

    def order(name: str) -> tuple[Any, ...]:
        spec = models[name]
        other_length = first is not None and spec.context_length != first.context_length
        return (spec != first, other_length, *preference(name, spec))

    return models[min(models, key=order)] if models else None


def transformers(models: Models) -> dict[str, Pretraining]:
    """Those models that are transformers."""
    return {name: spec for name, spec in models.items() if spec.model.kind == "transformer"}


def closed_form(pretraining: Pretraining) -> Pretraining:
    """Linear attention at its optimum for this pretraining: nothing to train."""
    return replace(
        pretraining,
        model=LinearAttention(),
        recipe=Recipe(),
        seed=0,
        warm_start=None,
        warm_start_at="decay",
    )


def is_closed_form(pretraining: Pretraining) -> bool:
    """Whether the spec is one that `closed_form` gives."""
    return pretraining == closed_form(pretraining)


def resolve(asked: Pretraining, models: Models, but: Collection[str] = ()) -> Pretraining:
    """The library's model of just these data, or the closed form."""
    return preferred(trained_on(models, asked, but), asked) or closed_form(asked)


def specialist_of(library: Library, spec: Pretraining, family: FunctionClass) -> Card | None:
    """The library's model, of the same kind, of one family of a mixture alone, all other data the same."""
    alone = replace(spec.data, mixture=Mixture.of(family))
    found = trained_on(library.specs(), alone)
    return _card(library, {name: each for name, each in found.items() if each.model.kind == spec.model.kind})


# --------------------------------------------------------------------------------------------- by task pool


def pool_models(library: Library, pretraining: Pretraining) -> dict[int | None, Card]:
    """Transformers that share all data but the pool, by its size (None: a fresh task for every prompt)."""
    found = trained_on(transformers(library.specs()), pretraining, but=("task_pool",))
    sizes = dict.fromkeys(spec.task_pool for spec in found.values())
    cards = {
        size: _card(library, {name: spec for name, spec in found.items() if spec.task_pool == size})
        for size in sizes
    }
    return {size: card for size, card in cards.items() if card is not None}


def settings_with_pools(library: Library) -> list[Pretraining]:
    """One pretraining for each setting in which the library has a model of a task pool."""
    pooled = (card.spec for card in library.cards() if card.spec.task_pool is not None)
    return _distinct(pooled, partial(same_data, but=("task_pool",)))


def pool_name(pretraining: Pretraining, size: int | None) -> str:
    """What the shipped library calls the model of a pool: 'pool-4-d8', 'pool-unlimited-d8'."""
    return f"pool-{'unlimited' if size is None else size}-d{pretraining.dimension}"


# ------------------------------------------------------------------------------------- of a pair of families


@dataclass(frozen=True)
class SelectionModels:
    """By role, 'mixture', 'dense' and 'narrow': cards of the models there are, names of those that lack."""

    cards: Mapping[str, Card]
    lacking: Mapping[str, str]

    @property
    def key(self) -> str:
        """Changes when any of the models does."""
        return " ".join(f"{role} {card.weights_sha256}" for role, card in self.cards.items())

    def networks(self, library: Library) -> dict[str, Predictor]:
        """The models by role. Raises LibraryError for a damaged one."""
        return {
            role: Network(load_once(library, library.present(card.spec.hash)))
            for role, card in self.cards.items()
        }


def selection_models(library: Library, pretraining: Pretraining) -> SelectionModels:
    """Transformers of the pair's mixture and of each family alone, on the same inputs and prompt lengths.

    Of several the pretraining's own, else the one with the shipped library's name for it, else by
    `preference`. Raises ValueError where the pretraining is no mixture of two such families.
    """
    pair = FamilyPair.of(pretraining)
    alone = {MODELS.dense: Mixture.of(Dense()), MODELS.narrow: Mixture.of(pair.narrow)}
    cards, lacking, models = {}, {}, transformers(library.specs())
    for role, mixture in {MODELS.name: pair.mixture, **alone}.items():
        usual = usual_name(pretraining.dimension, mixture)
        fitting = trained_on(models, replace(pretraining.data, mixture=mixture))
        card = _card(library, fitting, usual, pretraining)
        if card is None:
            lacking[role] = usual
        else:
            cards[role] = card
    return SelectionModels(cards, lacking)


def mixture_shares(library: Library, pretraining: Pretraining) -> list[float]:
    """Shares of dense prompts in the library's mixtures of this pair, in order."""
    same = (spec for spec in _mixtures(library) if _same_pair(spec, pretraining))
    return sorted({FamilyPair.of(spec).dense_share for spec in same})


def pairs(library: Library) -> list[Pretraining]:
    """One pretraining for each pair and setting that the library has a mixture of."""
    return _distinct(_mixtures(library), _same_pair)


def usual_name(dimension: int, mixture: Mixture) -> str:
    """What the shipped library calls the model of a mixture: 'dense-sparse-d8', 'dense-sparse-25-d8'."""
    words = ["fixed" if family.kind == "fixed_support" else family.kind for family in mixture.families]
    share = mixture.weights[0]
    if len(words) > 1 and share != 0.5:
        words.append(f"{100 * share:.0f}")
    return "-".join([*words, f"d{dimension}"])


# ------------------------------------------------------------------------ of lines and sinusoids of one input


def _alone(main: Pretraining, family: FunctionClass) -> Pretraining:
    return _usual(replace(main, mixture=Mixture.of(family)))


def _usual(spec: Pretraining) -> Pretraining:
    return replace(spec, model=usual_architecture(spec.dimension))


def _widened(main: Pretraining) -> Pretraining:
    dense, share = main.mixture.families[0], main.mixture.weights[0]
    return _usual(replace(main, mixture=Mixture.of((dense, share), (WIDE, 1 - share))))


ROLES: Mapping[str, Callable[[Pretraining], Pretraining]] = {
    "small": lambda main: replace(main, model=SMALL),
    "large": lambda main: replace(main, model=LARGE),
    "standard": _usual,
    "wide": _widened,
    "linear": lambda main: _alone(main, Dense()),
    "sinusoid": lambda main: _alone(main, main.mixture.families[1]),
}
"""The models beside the main one: the part that each plays, and what it was trained on and is, made from the
main one's data."""


def main_model(models: Models) -> Pretraining:
    """The library's model of lines and sinusoids of one input; its recipe where the library lacks it."""
    return _alike(models, LINEAR_SINUSOID) or LINEAR_SINUSOID


def is_main(spec: Pretraining) -> bool:
    """Whether a model was trained on lines and sinusoids of one input, whatever the shares."""
    kinds = tuple(family.kind for family in spec.mixture.families)
    return (
        kinds == (Dense.kind, Sinusoid.kind)
        and isinstance(spec.covariates, Uniform)
        and spec.dimension == 1
        and spec.task_pool is None
    )


def main_models(models: Models) -> dict[str, Pretraining]:
    """The library's models that can be the main one, by name."""
    return {name: spec for name, spec in models.items() if is_main(spec)}


def beside(main: Pretraining, library: Library) -> dict[str, Entry]:
    """The library's entries for each role but that of the main model itself; absent where it lacks them."""
    models = library.specs()
    found = {role: _alike(models, asked(main.data)) for role, asked in ROLES.items()}
    return {
        role: library.present(spec.hash) for role, spec in found.items() if spec is not None and spec != main
    }


def waiting(main: Pretraining, library: Library) -> list[str]:
    """Names of the models beside the main one that we mean to ship and the library lacks; of the main one
    itself, where we do not, the hash."""
    models = library.specs()
    wanted = [asked(main.data) for asked in ROLES.values()]
    names = [shipped_name(spec) for spec in wanted if _alike(models, spec) is None]
    lacking = list(dict.fromkeys(name for name in names if name))
    if library.find(main.hash) is None and main != LINEAR_SINUSOID:
        lacking.insert(0, main.hash)
    return lacking


def shipped_name(asked: Pretraining) -> str | None:
    """What the shipped library calls the model of these data and architecture; None if it plans none."""
    named = {name: spec for tier in TIERS.values() for name, spec in tier.items()}
    chosen = _alike(named, asked)
    return next((name for name, spec in named.items() if spec == chosen), None)


def _alike(models: Models, asked: Pretraining) -> Pretraining | None:
    same = {name: spec for name, spec in models.items() if spec.model == asked.model}
    return preferred(trained_on(same, asked))


def _mixtures(library: Library) -> list[Pretraining]:
    specs = (card.spec for card in library.cards() if card.spec.model.kind == "transformer")
    return [spec for spec in specs if FamilyPair.found_in(spec) is not None]


def _same_pair(one: Pretraining, other: Pretraining) -> bool:
    """Whether all is the same but the shares."""
    narrow = FamilyPair.of(one).narrow == FamilyPair.of(other).narrow
    return narrow and same_data(one, other, but=("mixture",))


def _card(library: Library, models: Models, usual: str = "", first: Pretraining | None = None) -> Card | None:
    """The card of the model that is meant: `first` itself, else the one of the usual name, else as ever."""
    named = {name: spec for name, spec in models.items() if name == usual}
    asked = first if first in models.values() else None
    chosen = preferred(models if asked is not None or not named else named, asked)
    entry = library.find(chosen.hash) if chosen is not None else None
    return entry.card if entry else None


def _distinct(
    specs: Iterable[Pretraining], same: Callable[[Pretraining, Pretraining], bool]
) -> list[Pretraining]:
    """The first of all those that are the same."""
    found: list[Pretraining] = []
    for spec in specs:
        if not any(same(spec, other) for other in found):
            found.append(spec)
    return found


def _same_mixture(one: Mixture, other: Mixture) -> bool:
    def parts(mixture: Mixture) -> set[tuple[FunctionClass, float]]:
        return {(part.function_class, round(part.weight, 9)) for part in mixture.components}

    return one == other or parts(one) == parts(other)
