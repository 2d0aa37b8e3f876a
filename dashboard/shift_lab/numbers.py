"""What the page 'Shift lab' shows, computed once for all viewers, and the library's models for it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame.pretraining import Models, closed_form
from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.data.function_classes import Dense
from icl_core.data.shifts import NoShift
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.covariance_panels import CovariancePanel, covariance_panels
from icl_core.evaluation.length_sweep import LengthSweep, length_sweep
from icl_core.evaluation.shift_lab import ShiftGrid, attention_grid, measured_grid, shift_curves
from icl_core.library import Card, Library
from icl_core.library.results import load_once
from icl_core.models import InContextNetwork
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

MOST_KEPT = 256
FEWEST_PROMPTS = 256  # for the panels of random covariances, whose errors vary a lot between prompts
USUAL_KIND = "covariate_scale"  # of the grid, where the test has no shift
TRAINED_ON = {"transformer_fixed": Identity(), "transformer_random": RandomDiagonal()}


def sweep_of(experiment: Experiment) -> LengthSweep | None:
    """Error against test length; None where linear attention has no exact risk."""
    return _sweep(experiment.hash, experiment)


def curves_of(experiment: Experiment, library: Library) -> LearningCurves:
    """Learning curves with the library's model. Raises LibraryError if it is damaged."""
    network, weights = network_of(experiment.pretraining, library)
    return _curves(experiment.hash, weights, experiment, network)


def grid_kind(experiment: Experiment) -> str:
    """The kind of shift whose magnitudes the grid shows."""
    kind = experiment.evaluation.shift.kind
    return USUAL_KIND if kind == NoShift.kind else kind


def has_exact_grid(experiment: Experiment, kind: str, method: str) -> bool:
    """Whether the grid needs no prompts."""
    if method != "lsa":
        return False
    experiment = experiment.unshifted
    return _attention_grid(experiment.hash, kind, experiment) is not None


def grid_of(experiment: Experiment, kind: str, method: str, library: Library) -> ShiftGrid | None:
    """Errors over magnitude and length, whatever the experiment's own shift; None where the method does not
    exist. Raises LibraryError."""
    experiment = experiment.unshifted
    if has_exact_grid(experiment, kind, method):
        return _attention_grid(experiment.hash, kind, experiment)
    network, weights = network_of(experiment.pretraining, library)
    return _measured_grid(experiment.hash, kind, method, weights, experiment, network)


def network_of(pretraining: Pretraining, library: Library) -> tuple[InContextNetwork | None, str]:
    """The library's model with just this spec and its weights' hash. Raises LibraryError if it is damaged."""
    entry = library.find(pretraining.hash)
    if entry is None or entry.card is None:
        return None, ""
    return load_once(library, entry), entry.card.weights_sha256


def card_of(pretraining: Pretraining, library: Library) -> Card | None:
    """The card of the library's transformer of just this spec; None where it has none."""
    entry = library.find(pretraining.hash)
    return entry.card if entry else None


def covariance_models(experiment: Experiment, models: Models) -> dict[str, Pretraining]:
    """The library's transformers of as many inputs on noiseless dense tasks, by the covariance they saw.

    Of prompts of one length where all of them can be: the experiment's own, else the longest.
    """
    asked = experiment.pretraining
    found: dict[str, list[Pretraining]] = {}
    for name, covariates in TRAINED_ON.items():
        for spec in _plain(models):
            if spec.dimension == asked.dimension and spec.covariates == covariates:
                found.setdefault(name, []).append(spec)
    lengths = [{spec.context_length for spec in specs} for specs in found.values()]
    shared = set.intersection(*lengths) if lengths else set()
    length = asked.context_length if asked.context_length in shared else max(shared, default=None)
    return {
        name: next((spec for spec in specs if spec.context_length == length), specs[0])
        for name, specs in found.items()
    }


def covariance_pairs(models: Models) -> dict[tuple[int, int], Pretraining]:
    """By number of inputs and trained length: a spec that makes the panels show the transformers of these."""
    specs = sorted(
        (spec for spec in _plain(models) if spec.covariates in TRAINED_ON.values()),
        key=lambda spec: spec.covariates != Identity(),
    )
    found: dict[tuple[int, int], Pretraining] = {}
    for spec in specs:
        shown = covariance_models(Experiment(spec), models).values()
        if any(other.context_length == spec.context_length for other in shown):
            found.setdefault((spec.dimension, spec.context_length), spec)
    return found


def _plain(models: Models) -> list[Pretraining]:
    """Transformers of noiseless dense tasks."""
    return [
        spec
        for spec in models.values()
        if spec.mixture == Mixture.of(Dense())
        and not spec.label_noise
        and spec.task_pool is None
        and spec.model.kind == "transformer"
    ]


def covariance_setting(
    experiment: Experiment, specs: dict[str, Pretraining]
) -> tuple[Pretraining, Evaluation]:
    """Linear attention at the models' own length, and prompts of up to twice that."""
    chosen = next(iter(specs.values()), experiment.pretraining)
    length = chosen.context_length
    formula = closed_form(Pretraining(dimension=chosen.dimension, context_length=length))
    longest = min([2 * length, *(spec.model.longest_context(spec.context_length) for spec in specs.values())])
    evaluation = experiment.evaluation
    prompts = max(evaluation.prompts, FEWEST_PROMPTS)
    return formula, replace(Evaluation(seed=evaluation.seed), context_length=longest, prompts=prompts)


def covariance_panels_of(
    experiment: Experiment, specs: dict[str, Pretraining], library: Library
) -> list[CovariancePanel]:
    """The four panels with the library's models. Raises LibraryError if one is damaged."""
    formula, evaluation = covariance_setting(experiment, specs)
    networks, keys = {}, []
    for name, spec in specs.items():
        network, weights = network_of(spec, library)
        if network is not None:
            networks[name] = network
            keys.append(weights)
    return _panels(formula.hash, evaluation.hash, tuple(keys), formula, networks, evaluation)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _sweep(experiment_hash: str, _experiment: Experiment) -> LengthSweep | None:
    return length_sweep(_experiment)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _curves(
    experiment_hash: str, weights: str, _experiment: Experiment, _network: InContextNetwork | None
) -> LearningCurves:
    return shift_curves(_experiment, _network)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _attention_grid(experiment_hash: str, kind: str, _experiment: Experiment) -> ShiftGrid | None:
    return attention_grid(_experiment, kind)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _measured_grid(
    experiment_hash: str,
    kind: str,
    method: str,
    weights: str,
    _experiment: Experiment,
    _network: InContextNetwork | None,
) -> ShiftGrid | None:
    return measured_grid(_experiment, kind, method, _network)


@st.cache_data(max_entries=32, show_spinner=False)
def _panels(
    pretraining_hash: str,
    evaluation_hash: str,
    weights: tuple[str, ...],
    _pretraining: Pretraining,
    _networks: dict[str, InContextNetwork],
    _evaluation: Evaluation,
) -> list[CovariancePanel]:
    return covariance_panels(_pretraining, _networks, _evaluation)
