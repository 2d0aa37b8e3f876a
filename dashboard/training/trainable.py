"""What can be trained where the library has no model: for which price, and which models come near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from icl_core.library.finding import Models, is_closed_form, matching
from icl_core.library.zoo import LIVE_DEMO
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe

MOST_DIFFERENCES = 2
MAKING = ("recipe", "seed", "warm_start", "warm_start_at")


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


def for_the_class(models: Models, begun: Callable[[Pretraining], bool] = lambda spec: False) -> Pretraining:
    """The model to train in front of a class: the live demo, from a seed that nobody has trained or begun."""
    taken = set(models.values())
    seed = 0
    while (spec := replace(LIVE_DEMO, seed=seed)) in taken or begun(spec):
        seed += 1
    return replace(LIVE_DEMO, seed=seed)


def near(pretraining: Pretraining, models: Models) -> dict[str, tuple[str, ...]]:
    """Transformers that differ from what is asked in a few fields only: those fields, nearest model first.

    The closed form is asked for by its data alone. A recipe, seed or start that differs is named, but does
    not count: models that differ in nothing else are the nearest.
    """
    passed_over = ("model", *MAKING) if is_closed_form(pretraining) else ()
    found = {
        name: tuple(
            item.name
            for item in fields(Pretraining)
            if item.name not in passed_over and getattr(spec, item.name) != getattr(pretraining, item.name)
        )
        for name, spec in models.items()
        if spec.model.kind == "transformer"
    }
    weight = {name: len(set(differing) - set(MAKING)) for name, differing in found.items()}
    close = [name for name, differing in found.items() if differing and weight[name] <= MOST_DIFFERENCES]
    return {name: found[name] for name in sorted(close, key=lambda name: (weight[name], len(found[name])))}
