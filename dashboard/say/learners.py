"""What the learners of one input are called in legends."""

from __future__ import annotations

from dashboard.frame.texts import t
from icl_core.library import Library
from icl_core.library.finding import ROLES, beside
from icl_core.specs import Pretraining

SIZES = ("small", "large", "standard")
"""The roles that differ from the main one in their size."""


def learner_names(main: Pretraining, library: Library) -> dict[str, str]:
    """Every learner's name; models of another size with their parameters."""
    names = {
        role: t(f"learner.{role}")
        for role in (*ROLES, "bayes", "bayes_test", "smooth", "ols", "sinusoid_fit")
    }
    names |= {"transformer": t("method.transformer"), "zero": t("method.zero")}
    sized = {role: entry for role, entry in beside(main, library).items() if role in SIZES}
    own = library.find(main.hash)
    for role, entry in (sized | ({"transformer": own} if own else {})).items():
        if entry.card is not None:
            names[role] += f" ({_millions(entry.card.parameters)})"
    return names


def _millions(parameters: int) -> str:
    return f"{parameters / 1e6:.2g}M" if parameters >= 1e5 else f"{parameters / 1e3:.0f}k"
