"""Specs in words: short names for menus, phrases for titles and captions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from dashboard.frame.texts import t
from icl_core.data.covariance import Eigenvalues
from icl_core.data.shifts import CovariateScale
from icl_core.figures.shift_grid import signed
from icl_core.specs import (
    Covariance,
    Experiment,
    FunctionClass,
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
    values = {item.name: getattr(covariance, item.name) for item in fields(covariance)}
    return t(f"covariance.{covariance.kind}", **_worded(values))


def family_name(family: FunctionClass) -> str:
    """'sparse linear (2 nonzero)'."""
    return t(f"family.{family.kind}", **_worded(family.wording))


def family_in_short(kind: str) -> str:
    """'sparse': a kind of family, without its numbers."""
    return t(f"family_short.{kind}")


def names_in(mixture: Mixture, short: bool = False) -> dict[str, str]:
    """The families' names, in short where a kind has one family alone; by their `Mixture.names`."""
    kinds = [family.kind for family in mixture.families]
    return {
        name: family_in_short(family.kind) if short and kinds.count(family.kind) == 1 else family_name(family)
        for name, family in zip(mixture.names, mixture.families, strict=True)
    }


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
        families=" + ".join(_in_short(family, mixture) for family in mixture.families),
        shares=":".join(f"{100 * weight:.0f}" for weight in mixture.weights),
    )


def _in_short(family: FunctionClass, mixture: Mixture) -> str:
    """'sinusoid 0.5–2': with its range where it has one, which tells mixtures apart; in full beside another
    of its kind."""
    values = family.wording
    if {"low", "high"} <= values.keys():
        return t("family_in_short", family=family_in_short(family.kind), **values)
    alone = sum(other.kind == family.kind for other in mixture.families) == 1
    return family_in_short(family.kind) if alone else family_name(family)


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


def magnitude_name(kind: str, magnitude: float) -> str:
    """A magnitude of this kind of shift; where the inputs are scaled, the covariance's factor: '4', '1/9'."""
    if kind != CovariateScale.kind:
        return signed(magnitude)
    c = 4.0**magnitude
    return f"{c:.3g}" if c >= 1 else f"1/{1 / c:.3g}"


def is_shifted(experiment: Experiment) -> bool:
    """Whether the shift changes anything."""
    shift = experiment.evaluation.shift
    return shift.magnitude != shift.range.neutral


def _worded(values: Mapping[str, object]) -> dict[str, object]:
    """Values for the places of a text: families by name, None in words."""
    return {name: _word(value) for name, value in values.items()}


def _word(value: object) -> object:
    if isinstance(value, FunctionClass):
        return family_name(value)
    if isinstance(value, Covariance):
        return covariance_name(value)
    return t("value.default") if value is None else value
