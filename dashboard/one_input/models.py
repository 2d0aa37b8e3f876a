"""Models of one input, by the part they play beside the main one."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.frame.texts import t
from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Dense, Sinusoid
from icl_core.library import Entry, Library
from icl_core.library.zoo import LINEAR_SINUSOID
from icl_core.specs import Pretraining

Models = Mapping[str, Pretraining]

MAIN = "linear-sinusoid"
ROLES: Mapping[str, str] = {
    "small": "linear-sinusoid-small",
    "large": "linear-sinusoid-large",
    "standard": MAIN,
    "wide": "linear-sinusoid-wide",
    "linear": "linear",
    "sinusoid": "sinusoid",
}
"""Library names of the models that stand beside the main one."""


def main_model(models: Models) -> Pretraining:
    """The mixture's model; its recipe where the library lacks it."""
    return models.get(MAIN, LINEAR_SINUSOID)


def is_main(spec: Pretraining) -> bool:
    """Whether these pages can be about a model: one trained on lines and sinusoids, whatever the shares."""
    kinds = tuple(family.kind for family in spec.mixture.families)
    return (
        kinds == (Dense.kind, Sinusoid.kind)
        and isinstance(spec.covariates, Uniform)
        and spec.dimension == 1
        and spec.task_pool is None
    )


def main_models(models: Models) -> dict[str, Pretraining]:
    """The library's models that these pages can be about, by name."""
    return {name: spec for name, spec in models.items() if is_main(spec)}


def beside(main: Pretraining, library: Library) -> dict[str, Entry]:
    """The library's entries for each role but that of the main model itself; absent where it lacks them."""
    found = {role: library.find(name) for role, name in ROLES.items()}
    return {
        role: entry
        for role, entry in found.items()
        if entry is not None and entry.card is not None and entry.card.spec.hash != main.hash
    }


def waiting(main: Pretraining, library: Library) -> list[str]:
    """Names of the models that these pages would show and the library lacks."""
    lacking = [name for name in ROLES.values() if library.find(name) is None]
    if library.find(main.hash) is None and main != LINEAR_SINUSOID:
        lacking.insert(0, main.hash)
    return lacking


def learner_names(main: Pretraining, library: Library) -> dict[str, str]:
    """What every learner is called in legends; models of another size with their parameters."""
    entries = beside(main, library)
    own = library.find(main.hash)
    names = {role: t(f"learner.{role}") for role in (*ROLES, "bayes", "bayes_test", "ols", "sinusoid_fit")}
    for role in ("small", "large", "standard"):
        entry = entries.get(role)
        if entry is not None and entry.card is not None:
            names[role] += f" ({_millions(entry.card.parameters)})"
    transformer = t("method.transformer")
    if own is not None and own.card is not None:
        transformer += f" ({_millions(own.card.parameters)})"
    return names | {"transformer": transformer, "zero": t("method.zero")}


def _millions(parameters: int) -> str:
    return f"{parameters / 1e6:.2g}M" if parameters >= 1e5 else f"{parameters / 1e3:.0f}k"
