"""Specs in words: short names for menus, phrases for titles and captions."""

from __future__ import annotations

from dataclasses import fields

from dashboard.frame.texts import t
from icl_core.data.covariance import Eigenvalues
from icl_core.data.function_classes import Combination
from icl_core.specs import (
    Covariance,
    Experiment,
    FunctionClass,
    Kind,
    Mixture,
    Pretraining,
    Shift,
)

MOST_LISTED = 4  # eigenvalues that fit into a name


def covariance_name(covariance: Covariance) -> str:
    """'power law, exponent 1'."""
    if isinstance(covariance, Eigenvalues) and len(covariance.values) <= MOST_LISTED:
        values = ", ".join(f"{value:g}" for value in covariance.values)
        return t("covariance.listed", values=values)
    return t(f"covariance.{covariance.kind}", **_values(covariance))


def family_name(family: FunctionClass) -> str:
    """'sparse linear (2 nonzero)'."""
    if isinstance(family, Combination):
        first, second = family_name(family.first), family_name(family.second)
        return t("family.combination", first=first, second=second, alpha=family.alpha, rest=1 - family.alpha)
    return t(f"family.{family.kind}", **_values(family))


def family_names(spec: Pretraining) -> dict[str, str]:
    """The words for each kind of family of a mixture."""
    return {family.kind: family_name(family) for family in spec.mixture.families}


def mixture_name(mixture: Mixture) -> str:
    """'50% dense linear + 50% sparse linear (2 nonzero)', or the one family's name."""
    if len(mixture.components) == 1:
        return family_name(mixture.families[0])
    return " + ".join(
        t("mixture.part", share=round(100 * part.weight), family=family_name(part.function_class))
        for part in mixture.components
    )


def mixture_in_short(mixture: Mixture) -> str:
    """'dense + sinusoid, 50:50', or the one family's whole name: for menus."""
    if len(mixture.components) == 1:
        return family_name(mixture.families[0])
    return t(
        "mixture.in_short",
        families=" + ".join(_in_short(family) for family in mixture.families),
        shares=":".join(f"{100 * weight:.0f}" for weight in mixture.weights),
    )


def _in_short(family: FunctionClass) -> str:
    """'sinusoid 0.5–2': with its range where it has one, which tells mixtures apart."""
    name, values = t(f"family_short.{family.kind}"), _values(family)
    return t("family_in_short", family=name, **values) if {"low", "high"} <= values.keys() else name


def pretraining_data(pretraining: Pretraining) -> str:
    """'dense linear functions of 8 inputs': what a model was pretrained on, beside its covariates."""
    text = t(
        "pretraining.one_input" if pretraining.dimension == 1 else "pretraining.inputs",
        mixture=mixture_name(pretraining.mixture),
        dimension=pretraining.dimension,
    )
    if pretraining.label_noise:
        text += t("pretraining.noise", noise=pretraining.label_noise)
    if pretraining.task_pool:
        text += t("pretraining.pool", tasks=pretraining.task_pool)
    return text


def shift_name(kind: str) -> str:
    """'covariates: scale'."""
    return t(f"shift.{kind}")


COUNTED = ("label_noise", "task_sparsity")
"""Kinds of shift whose magnitude counts something, which at 1 is in the singular."""


def shift_effect(shift: Shift) -> str:
    """'covariates × 2 (covariance × 4)': what the shift does at its magnitude."""
    m = shift.magnitude
    singular = "_one" if m == 1 and shift.kind in COUNTED else ""
    return t(
        f"shift_effect.{shift.kind}{singular}",
        m=m,
        factor=2**m if abs(m) <= 4 else 0,
        square=4**m if abs(m) <= 4 else 0,
        degrees=90 * m,
        percent=100 * m,
        m2=2 * m,
    )


def is_shifted(experiment: Experiment) -> bool:
    """Whether the shift changes anything."""
    shift = experiment.evaluation.shift
    return shift.magnitude != shift.range.neutral


def _values(spec: Kind) -> dict[str, object]:
    """The spec's own fields, for the places of its text."""
    values = {item.name: getattr(spec, item.name) for item in fields(spec)}
    return {name: t("value.default") if value is None else value for name, value in values.items()}
