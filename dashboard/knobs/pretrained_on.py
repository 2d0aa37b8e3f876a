"""What the model was pretrained on: changing it picks another model, or the closed form."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame import pretraining as library
from dashboard.frame.knob import Knob, Menu, Slider, Write, draw, heading, more
from dashboard.frame.pretraining import Functions
from dashboard.frame.texts import t
from dashboard.knobs.changes import State, change_pretraining
from dashboard.say.describe import covariance_name, mixture_in_short
from icl_core.library import default_library
from icl_core.library.finding import Models, closed_form, is_closed_form, matching
from icl_core.specs import Covariance, Pretraining, SpecError

TRAINED_LENGTHS = (4, 128)
NUMBERS: dict[str, tuple[str, float, float, float]] = {
    "power_law": ("exponent", 0.0, 4.0, 0.25),
    "ar1": ("rho", -0.9, 0.9, 0.1),
    "spiked": ("strength", 0.0, 32.0, 1.0),
}
"""Kinds of covariance with one number: its field, its range, its step."""


def pretraining_knobs(state: State, models: Models) -> None:
    """Mixture, covariance and model; under 'More' what the closed form can also vary."""
    hidden = state.presentation.hide
    heading("pretraining")
    draw(state, *(knob for knob in _data_knobs(state, models) if knob.key not in hidden))
    if "model" not in hidden:
        _model_knob(state, models)
    with more():
        _more_pretraining(state, models)


def _data_knobs(state: State, models: Models) -> tuple[Knob[Functions], Knob[Covariance]]:
    """What the model has seen: functions, and the covariance of their inputs."""
    pretraining = state.experiment.pretraining
    return (
        Knob(
            "mixture",
            t("knob.mixture"),
            Menu(
                library.function_choices(pretraining, models),
                lambda functions: _functions_label(functions, models),
            ),
            Functions.of(pretraining),
            lambda settings, functions: change_pretraining(
                settings, lambda spec: library.with_functions(spec, functions, models)
            ),
            t("help.mixture"),
        ),
        Knob(
            "covariance",
            t("knob.covariance"),
            Menu(
                library.covariance_choices(pretraining, models),
                lambda covariance: _covariance_label(covariance, pretraining, models),
            ),
            pretraining.covariates,
            _with_covariance(models),
            t("help.covariance"),
        ),
    )


def _with_covariance(models: Models) -> Write[Covariance]:
    return lambda settings, covariance: change_pretraining(
        settings, lambda spec: library.with_covariates(spec, covariance, models)
    )


def _functions_label(functions: Functions, models: Models) -> str:
    text = mixture_in_short(functions.mixture)
    text = t("option.inputs", name=text, dimension=functions.dimension)
    if functions.label_noise:
        text += t("pretraining.noise", noise=functions.label_noise)
    if functions.task_pool:
        text += t("pretraining.pool", tasks=functions.task_pool)
    trained = any(Functions.of(spec) == functions for spec in models.values())
    return t("option.trained" if trained else "option.closed_form", name=text)


def _covariance_label(covariance: Covariance, pretraining: Pretraining, models: Models) -> str:
    text = covariance_name(covariance)
    asked = replace(pretraining, covariates=covariance)
    trained = matching(models, asked)
    return t("option.trained" if trained else "option.closed_form", name=text)


def _model_knob(state: State, models: Models) -> None:
    """The library's models for exactly this pretraining, the closed form, and the current spec."""
    weak = {card.name for card in default_library().cards() if card.meets_limits is False}
    current = state.experiment.pretraining
    options: dict[Pretraining, str] = {
        spec: t("model.weak" if name in weak else "model.library", name=name)
        for name, spec in matching(models, current).items()
    }
    formula = closed_form(current)
    options.setdefault(formula, t("model.closed_form"))
    options.setdefault(current, t("model.untrained"))
    draw(
        state,
        Knob(
            "model",
            t("knob.model"),
            Menu(list(options), options.__getitem__),
            current,
            lambda settings, spec: change_pretraining(settings, lambda _: spec),
            t("help.model"),
        ),
    )


def _more_pretraining(state: State, models: Models) -> None:
    pretraining = state.experiment.pretraining
    if not is_closed_form(pretraining):
        st.caption(t("more.trained", dimension=pretraining.dimension, length=pretraining.context_length))
        return
    draw(
        state,
        Knob(
            "dimension",
            t("knob.dimension"),
            Menu(sorted({1, 2, 4, 8, 16, 20, 32, pretraining.dimension}), str),
            pretraining.dimension,
            lambda settings, dimension: change_pretraining(
                settings, lambda spec: library.with_functions(spec, _same_families(spec, dimension), models)
            ),
            t("help.dimension"),
        ),
        Knob(
            "trained_length",
            t("knob.trained_length"),
            Slider(*TRAINED_LENGTHS, 4),
            pretraining.context_length,
            lambda settings, length: change_pretraining(
                settings, lambda spec: replace(spec, context_length=length)
            ),
            t("help.trained_length"),
        ),
        *covariance_number("covariance_number", pretraining.covariates, _with_covariance(models)),
    )


def covariance_number(key: str, covariance: Covariance, write: Write[Covariance]) -> list[Knob[float]]:
    """The slider of a covariance that has one number; none for another kind."""
    if covariance.kind not in NUMBERS:
        return []
    name, low, high, step = NUMBERS[covariance.kind]
    return [
        Knob(
            key,
            t(f"knob.{name}"),
            Slider(low, high, step),
            getattr(covariance, name),
            lambda settings, value: write(settings, replace(covariance, **{name: value})),
            t(f"help.{name}"),
        )
    ]


def _same_families(pretraining: Pretraining, dimension: int) -> Functions:
    """The current families where they fit the dimension, else dense linear ones."""
    functions = replace(Functions.of(pretraining), dimension=dimension)
    try:
        for family in functions.mixture.families:
            family.check(dimension)
    except SpecError:
        return library.usual_functions(dimension)[0]
    return functions
