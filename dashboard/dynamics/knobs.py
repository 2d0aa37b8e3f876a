"""The knobs of 'Training dynamics': the training prompts, and the start of the flow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import streamlit as st

from dashboard.dynamics.view import DynamicsView, dynamics_of
from dashboard.frame.knob import Knob, Menu, Slider, Steps, Switch, Text, draw, more, viewed
from dashboard.frame.preset_menu import settings_menu
from dashboard.frame.pretraining import usual_covariances
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings, UrlState
from dashboard.knobs import own_covariance
from dashboard.knobs.pretrained_on import covariance_number
from dashboard.say.describe import covariance_name
from icl_core.data.covariance import Identity, PowerLaw, RandomDiagonal
from icl_core.evaluation.dynamics import LARGEST_DIMENSION, Start
from icl_core.evaluation.sgd_check import LARGEST_DIMENSION as LARGEST_FOR_SGD
from icl_core.library.finding import closed_form
from icl_core.specs import Covariance, Evaluation, Experiment, Pretraining, SpecError

State = UrlState[DynamicsView]
DynamicsSettings = Settings[DynamicsView]

DIMENSIONS = (1, 2, 3, 4, 5, 8, 10, 16, LARGEST_DIMENSION)
SCALES = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


def prompt_knobs(state: State) -> None:
    """Covariance, number of inputs, length and noise of the training prompts."""
    pretraining = state.experiment.pretraining
    st.markdown(f"**{t('dynamics.prompts')}**")
    draw(
        state,
        Knob(
            "dynamics_covariance",
            t("knob.covariance"),
            Menu(_covariances(pretraining), covariance_name),
            pretraining.covariates,
            _with_covariance,
        ),
        *covariance_number("dynamics_covariance_number", pretraining.covariates, _with_covariance),
        Knob(
            "dynamics_dimension",
            t("knob.dimension"),
            Menu(sorted({*DIMENSIONS, pretraining.dimension}), str),
            pretraining.dimension,
            _with_dimension,
        ),
        Knob(
            "dynamics_length",
            t("dynamics.length"),
            Slider(1, 128, 1),
            pretraining.context_length,
            lambda settings, length: _with(settings, context_length=length),
            t("dynamics.length.help"),
        ),
    )
    with more():
        draw(
            state,
            Knob(
                "dynamics_noise",
                t("dynamics.noise"),
                Slider(0.0, 2.0, 0.1),
                pretraining.label_noise,
                lambda settings, noise: _with(settings, label_noise=noise),
            ),
            Knob(
                "dynamics_own",
                t("knob.own_covariance", dimension=pretraining.dimension),
                Text(),
                own_covariance.as_text(pretraining.covariates),
                _with_own,
                t("help.own_covariance"),
            ),
        )


def start_knobs(state: State, largest_scale: float | None) -> None:
    """Shape and scale of the start, over a band that says where the theorem holds; SGD."""
    view = state.view
    st.markdown(f"**{t('dynamics.start')}**")
    scales = sorted({*SCALES, view.sigma})
    draw(
        state,
        Knob(
            "dynamics_start",
            t("dynamics.shape"),
            Menu(get_args(Start), lambda shape: t(f"dynamics.shape.{shape}")),
            view.start,
            viewed("start"),
            t("dynamics.shape.help"),
        ),
        Knob(
            "dynamics_scale",
            t("dynamics.scale"),
            Steps(scales, lambda value: f"{value:g}"),
            view.sigma,
            viewed("sigma"),
        ),
    )
    _theorem_band(view.start, scales, largest_scale)
    draw(
        state,
        Knob(
            "dynamics_sgd",
            t("dynamics.sgd"),
            Switch(),
            view.sgd,
            viewed("sgd"),
            t("dynamics.sgd.help", dimension=LARGEST_FOR_SGD),
        ),
        Knob(
            "dynamics_clock",
            t("dynamics.clock"),
            Menu(("auto", "log", "linear"), lambda clock: t(f"dynamics.clock.{clock}")),
            view.clock,
            viewed("clock"),
        ),
    )


def pictures(state: State) -> None:
    """Pictures to begin with, the shown one marked."""
    found = {
        name: Settings(Experiment(closed_form(spec)), view) for name, (spec, view) in _pictures().items()
    }
    settings_menu(state, found, lambda name: t(f"dynamics.preset.{name}"))


def _pictures() -> dict[str, tuple[Pretraining, DynamicsView]]:
    spread = Pretraining(dimension=4, context_length=20, covariates=PowerLaw(1.0))
    round_ = Pretraining(dimension=5, context_length=20, covariates=Identity())
    random = Pretraining(dimension=5, context_length=40, covariates=RandomDiagonal())
    return {
        "directions": (spread, DynamicsView()),
        "plateau": (round_, DynamicsView(sigma=0.01)),
        "misaligned": (spread, DynamicsView(start="random", sigma=0.5)),
        "large_start": (spread, DynamicsView(sigma=3.0)),
        "unbalanced": (spread, DynamicsView(start="unbalanced", sigma=0.5)),
        "zero": (spread, DynamicsView(start="zero")),
        "random": (random, DynamicsView()),
    }


def _covariances(pretraining: Pretraining) -> list[Covariance]:
    """The usual kinds whose flow can be followed, the current one among them."""
    options = [kind for kind in usual_covariances(pretraining.dimension) if _fits(kind, pretraining)]
    current = pretraining.covariates
    same_kind = [index for index, kind in enumerate(options) if kind.kind == current.kind]
    if same_kind:
        options[same_kind[0]] = current
        return options
    return [*options, current]


def _fits(covariance: Covariance, pretraining: Pretraining) -> bool:
    experiment = Experiment(closed_form(replace(pretraining, covariates=Identity())))
    try:
        dynamics_of(_with(Settings(experiment, DynamicsView()), covariates=covariance))
    except SpecError:
        return False
    return True


def _with(settings: DynamicsSettings, **changes: Any) -> DynamicsSettings:
    """Other training prompts, for linear attention on dense tasks; the test goes back to its default."""
    spec = settings.experiment.pretraining
    fields = {
        "dimension": spec.dimension,
        "covariates": spec.covariates,
        "context_length": spec.context_length,
        "label_noise": spec.label_noise,
    }
    pretraining = closed_form(Pretraining(**{**fields, **changes}))
    tested = Evaluation(seed=settings.experiment.evaluation.seed)
    changed = replace(settings, experiment=Experiment(pretraining, tested))
    dynamics_of(changed)  # raises where its flow cannot be followed
    return changed


def _with_covariance(settings: DynamicsSettings, covariance: Covariance) -> DynamicsSettings:
    return _with(settings, covariates=covariance)


def _with_dimension(settings: DynamicsSettings, dimension: int) -> DynamicsSettings:
    """Another number of inputs, of the same covariance where it fits, else of covariance I."""
    try:
        return _with(settings, dimension=dimension)
    except SpecError:
        return _with(settings, dimension=dimension, covariates=Identity())


def _with_own(settings: DynamicsSettings, text: str) -> DynamicsSettings:
    return _with(settings, covariates=own_covariance.from_text(text) or Identity())


def _theorem_band(shape: Start, options: list[float], largest: float | None) -> None:
    """A band under the slider: green where the theorem promises the minimum, grey where it is silent."""
    place = 0.0
    if largest is not None:
        places = np.linspace(0, 100, len(options))
        place = float(np.interp(np.log(largest), np.log(options), places))
    st.html(
        f"<div data-green='{place:.1f}' style='height:.5rem;border-radius:.25rem;margin:-.6rem .35rem 0;"
        f"background:linear-gradient(to right,#009E73 {place:.1f}%,#9AA3AE66 {place:.1f}%)'></div>"
    )
    if largest is not None:
        st.caption(t("dynamics.band", largest=f"{largest:.3g}"))
    else:
        st.caption(t("dynamics.band.zero" if shape == "zero" else "dynamics.band.unbalanced"))
