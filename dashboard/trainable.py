"""What can be trained where the library has no model: for which price, and which models come near."""

from __future__ import annotations

from dataclasses import fields, replace

from dashboard.pretraining import Models, is_closed_form, matching
from icl_core.library.zoo import LIVE_DEMO
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe

MOST_DIFFERENCES = 2


def offers(pretraining: Pretraining, models: Models) -> dict[str, Pretraining]:
    """Models that may be trained for what is asked: the very one, or two sizes where none is named yet.

    Empty where the library has the model, or a transformer for exactly this pretraining.
    """
    if pretraining in models.values():
        return {}
    if not is_closed_form(pretraining):
        return {"asked": pretraining}
    if any(spec.model.kind == "transformer" for spec in matching(models, pretraining).values()):
        return {}
    return {
        "quick": replace(pretraining, model=LIVE_DEMO.model, recipe=LIVE_DEMO.recipe),
        "full": replace(pretraining, model=Transformer(), recipe=Recipe()),
    }


def for_the_class(models: Models) -> Pretraining:
    """The model to train in front of a class: the live demo, from a seed that nobody has trained yet."""
    taken = set(models.values())
    seed = 0
    while replace(LIVE_DEMO, seed=seed) in taken:
        seed += 1
    return replace(LIVE_DEMO, seed=seed)


def near(pretraining: Pretraining, models: Models) -> dict[str, tuple[str, ...]]:
    """Transformers that differ from what is asked in a few fields only: those fields, nearest model first."""
    found = {
        name: tuple(
            item.name
            for item in fields(Pretraining)
            if item.name not in ("recipe", "seed", "warm_start")
            and getattr(spec, item.name) != getattr(pretraining, item.name)
        )
        for name, spec in models.items()
        if spec.model.kind == "transformer"
    }
    close = {name: differing for name, differing in found.items() if 0 < len(differing) <= MOST_DIFFERENCES}
    return dict(sorted(close.items(), key=lambda item: len(item[1])))
