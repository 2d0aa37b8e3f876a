"""What the page 'Shift lab' shows, computed once for all viewers, and the library's models for it."""

from __future__ import annotations

from dataclasses import replace

from dashboard.frame.shared import once
from dashboard.frame.views import Unit
from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.data.shifts import NoShift
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.covariance_panels import CovariancePanel, covariance_panels
from icl_core.evaluation.length_sweep import LengthSweep, length_sweep
from icl_core.evaluation.shift_lab import ShiftGrid, attention_grid, measured_grid, shift_curves
from icl_core.library import Card, Library, load_once
from icl_core.library.finding import Models, closed_form, matching, preferred, transformers
from icl_core.models import InContextNetwork
from icl_core.specs import Covariance, Evaluation, Experiment, Pretraining

FEWEST_PROMPTS = 256  # for the panels of random covariances, whose errors vary a lot between prompts
USUAL_KIND = "covariate_scale"  # of the grid, where the test has no shift
TRAINED_ON = {"transformer_fixed": Identity(), "transformer_random": RandomDiagonal()}


def sweep_of(experiment: Experiment, unit: Unit) -> LengthSweep | None:
    """Error against test length; None where linear attention has no exact risk."""
    sweep = once(("length sweep", experiment.hash), lambda: length_sweep(experiment))
    return sweep.over_zero() if sweep is not None and unit == "here" else sweep


def curves_of(experiment: Experiment, library: Library) -> LearningCurves:
    """Learning curves with the library's model, over what predicting zero costs. Raises LibraryError if it is
    damaged."""
    network, weights = network_of(experiment.pretraining, library)
    return once(("shift curves", experiment.hash, weights), lambda: shift_curves(experiment, network))


def grid_kind(experiment: Experiment) -> str:
    """The kind of shift whose magnitudes the grid shows."""
    kind = experiment.evaluation.shift.kind
    return USUAL_KIND if kind == NoShift.kind else kind


def has_exact_grid(experiment: Experiment, kind: str, method: str) -> bool:
    """Whether the grid needs no prompts."""
    if method != "lsa":
        return False
    experiment = experiment.unshifted
    return _exact_grid(experiment, kind) is not None


def grid_of(experiment: Experiment, kind: str, method: str, library: Library, unit: Unit) -> ShiftGrid | None:
    """Errors over magnitude and length, whatever the experiment's own shift; None where the method does not
    exist. Raises LibraryError."""
    grid = _grid_of(experiment.unshifted, kind, method, library)
    return grid.over_zero() if grid is not None and unit == "here" else grid


def _grid_of(experiment: Experiment, kind: str, method: str, library: Library) -> ShiftGrid | None:
    if has_exact_grid(experiment, kind, method):
        return _exact_grid(experiment, kind)
    network, weights = network_of(experiment.pretraining, library)
    key = ("measured grid", experiment.hash, kind, method, weights)
    return once(key, lambda: measured_grid(experiment, kind, method, network))


def _exact_grid(experiment: Experiment, kind: str) -> ShiftGrid | None:
    return once(("exact grid", experiment.hash, kind), lambda: attention_grid(experiment, kind))


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
    found = {name: _dense(models, covariates, asked.dimension) for name, covariates in TRAINED_ON.items()}
    lengths = [{spec.context_length for spec in specs.values()} for specs in found.values() if specs]
    shared = set.intersection(*lengths) if lengths else set()
    length = asked.context_length if asked.context_length in shared else max(shared, default=1)
    like = replace(asked.data, context_length=length)
    chosen = {name: preferred(specs, like) for name, specs in found.items()}
    return {name: spec for name, spec in chosen.items() if spec is not None}


def covariance_pairs(models: Models) -> dict[tuple[int, int], Pretraining]:
    """By number of inputs and trained length: a spec that makes the panels show the transformers of these."""
    found: dict[tuple[int, int], Pretraining] = {}
    specs = (
        spec
        for covariates in TRAINED_ON.values()
        for name, spec in models.items()
        if name in _dense({name: spec}, covariates, spec.dimension)
    )
    for spec in specs:
        shown = covariance_models(Experiment(spec), models).values()
        if any(other.context_length == spec.context_length for other in shown):
            found.setdefault((spec.dimension, spec.context_length), spec)
    return found


def _dense(models: Models, covariates: Covariance, dimension: int) -> dict[str, Pretraining]:
    """Transformers of noiseless dense tasks on these covariates, of any length."""
    asked = Pretraining(dimension=dimension, covariates=covariates)
    return matching(transformers(models), asked)


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
    key = ("covariance panels", formula.hash, evaluation.hash, *keys)
    return once(key, lambda: covariance_panels(formula, networks, evaluation))
