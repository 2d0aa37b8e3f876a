"""How pages name the models behind their numbers; of one that misses its limits each page says so."""

from __future__ import annotations

from dashboard.frame.texts import t
from icl_core.library import Card
from icl_core.specs import Pretraining


def described(card: Card) -> str:
    """'model sparse-d8 7f3d14ead31b76b6 (seed 0, 28,000 steps, prompts of up to 12 examples)'."""
    spec = card.spec
    text = t(
        "provenance.model",
        name=card.name,
        hash=spec.hash,
        steps=steps(spec),
        seed=spec.seed,
        length=spec.context_length,
    )
    return text + warning(card)


def steps(spec: Pretraining) -> str:
    """'28,000 steps', or '28,000 steps after 124,000' where others went before."""
    count, before = f"{spec.recipe.steps:,}", spec.steps_before
    if not before:
        return t("provenance.steps", count=count)
    return t("provenance.steps_after", count=count, before=f"{before:,}")


def named(card: Card) -> str:
    """'sparse-d8 7f3d14ead31b76b6 (seed 0)', for one model among several."""
    text = t("provenance.named", name=card.name, hash=card.spec.hash, seed=card.spec.seed)
    return text + warning(card)


def band(*, trained: bool) -> str:
    """What bands and intervals hold: a trained model's say nothing of other training seeds."""
    return t("provenance.band" if trained else "provenance.band_exact")


def warning(card: Card) -> str:
    """Says of a model that it misses its limits; empty where it does not."""
    return t("provenance.weak") if card.meets_limits is False else ""
