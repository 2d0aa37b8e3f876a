"""What the Library page says of its models."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.frame.texts import joined, plain, t
from dashboard.models.view import STATUSES, Shelved
from dashboard.say.amounts import interval
from dashboard.say.describe import covariance_name, family_in_short, pretraining_data
from dashboard.say.provenance import steps
from icl_core.library import Card, Check
from icl_core.library.card import FamilyErrors, Tasks
from icl_core.specs import FunctionClass
from icl_core.training.devices import CPU


def summary(models: list[Shelved]) -> str:
    """How many models there are, and how many of each status that occurs."""
    counts = {status: sum(model.status == status for model in models) for status in STATUSES[1:]}
    parts = [t(f"library.count.{status}", count=count) for status, count in counts.items() if count]
    return t("library.count", count=len(models)) + joined("names", parts)


def facts(card: Card) -> str:
    """What it was pretrained on, in a sentence."""
    return t(
        "library.facts",
        data=_upper(pretraining_data(card.spec)),
        covariance=covariance_name(card.spec.covariates),
        length=card.spec.context_length,
    )


def making(card: Card) -> str:
    """How it was made: architecture, steps, time, seed, hash."""
    recipe = card.spec.recipe
    stages = t("library.curriculum") if recipe.curriculum else ""
    warm = t("library.warm", hash=card.spec.warm_start.hash) if card.spec.warm_start else ""
    return t(
        "library.making",
        parameters=f"{card.parameters:,}",
        steps=steps(card.spec),
        device="" if card.device == CPU else t("library.device", device=card.device),
        minutes=f"{card.seconds / 60:.0f}" if card.seconds >= 90 else f"{card.seconds / 60:.1f}",
        seed=card.spec.seed,
        hash=card.spec.hash,
        curriculum=stages + warm,
    )


def cells(entry: FamilyErrors) -> list[str]:
    """The errors with their 90% intervals, of as many decimals as tell them from 0."""
    return [interval(*numbers) for numbers in zip(entry.mean, entry.low, entry.high, strict=True)]


def check_words(check: Check, names: Mapping[str, str] | None = None) -> str:
    """What a card's check measures, in the page's language; families by their `names`."""
    what = t(f"library.check.{check.quantity}")
    if check.against:
        what = t("library.check.against", what=what, name=check.against)
    family = family_words(check.family, names or {}) + pool_words(check.tasks)
    return t("library.check.on", family=family, what=what)


def family_words(name: str, names: Mapping[str, str]) -> str:
    """A card's family in words: as the mixture names it, else by its kind."""
    return names.get(name) or (family_in_short(name) if name in FunctionClass.kinds else plain(name))


def pool_words(tasks: Tasks) -> str:
    """What follows a family's name where the functions are those of the task pool."""
    return t("library.seen") if tasks == "seen" else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
