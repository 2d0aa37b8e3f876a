"""How good a model is: errors on test prompts it never saw, and the limits that a shipped model is held to.

Every excess is over what an ideal learner does on the same prompts: the Bayes learner with the pretraining
prior, the discrete MMSE on tasks of a pool, and for sparse functions the Lasso at the best alpha for each k.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from icl_core.data.prompts import Prompts
from icl_core.evaluation.estimate import Estimate
from icl_core.evaluation.measure import measure_jointly, measured_errors
from icl_core.evaluation.suite import bayes_learners
from icl_core.library.card import Card, Check, FamilyErrors, Quantity, Tasks
from icl_core.library.finding import specialist_of
from icl_core.library.store import Entry, Library
from icl_core.models import InContextNetwork
from icl_core.predictors import LeastSquares, Network, Predictor, lasso_path
from icl_core.specs import Evaluation, Experiment, FunctionClass, Pretraining

PROMPTS = 4096
SEED = 20_231_101  # of the test prompts; validation during training uses another
LASSO_ALPHAS = tuple(float(alpha) for alpha in np.geomspace(1e-3, 1, 13))
MEAN_EXCESS, FINAL_EXCESS = 0.05, 0.02
LASSO_EXCESS, LEAST_SQUARES_GAIN = 0.05, 0.2
SELECTION_COST = 0.05


def grade(library: Library, entry: Entry) -> Card:
    """The entry's card, errors and checks measured afresh. Raises LibraryError for a damaged model."""
    network = library.load(entry)
    assert entry.card is not None
    spec = entry.card.spec
    errors, checks = [], []
    for name, family in zip(spec.mixture.names, spec.mixture.families, strict=True):
        for tasks in ("new", "seen") if spec.task_pool else ("new",):
            experiment = held_out(spec, family, tasks)
            estimates = _estimates(experiment, network)
            errors.append(_family_errors(name, tasks, spec.context_length, estimates["model"]))
            checks += [
                replace(check, family=name) for check in _family_checks(family, tasks, spec, estimates)
            ]
        cost = _selection_checks(library, spec, family, network)
        checks += [replace(check, family=name) for check in cost]
    return replace(entry.card, errors=tuple(errors), checks=tuple(checks))


def held_out(spec: Pretraining, family: FunctionClass, tasks: Tasks = "new") -> Experiment:
    """The test prompts of one family, at the trained length."""
    evaluation = Evaluation(
        function_class=family, context_length=spec.context_length, prompts=PROMPTS, seed=SEED
    )
    return Experiment(spec, replace(evaluation, tasks=tasks))


def _estimates(experiment: Experiment, network: InContextNetwork) -> dict[str, Estimate]:
    """Normalised errors by name: model, bayes (the ideal for these tasks), ols, and the best Lasso."""
    learners = bayes_learners(experiment)
    ideal = learners.get("dmmse" if experiment.evaluation.tasks == "seen" else "bayes")
    predictors: dict[str, Predictor] = {"model": Network(network), "ols": LeastSquares()}
    if ideal is not None:
        predictors["bayes"] = ideal
    estimates = measured_errors(experiment, predictors)
    if experiment.mixture.families[0].unknown_support is not None:
        estimates["lasso"] = best_lasso(lasso_errors(experiment))
    return estimates


def lasso_errors(experiment: Experiment) -> dict[float, Estimate]:
    """Normalised error of the Lasso at each of LASSO_ALPHAS."""
    v = experiment.pretraining.label_variance

    def errors(prompts: Prompts) -> dict[float, NDArray[np.float64]]:
        path = lasso_path(prompts.xs, prompts.ys, lowest=min(LASSO_ALPHAS))
        said = {alpha: (path.weights(alpha) * prompts.xs).sum(-1) for alpha in LASSO_ALPHAS}
        return {alpha: ((each - prompts.targets).square() / v).numpy() for alpha, each in said.items()}

    return measure_jointly([experiment], errors)


def best_lasso(by_alpha: Mapping[float, Estimate]) -> Estimate:
    """Lasso at the alpha that is best on these prompts, chosen for every k."""
    each = list(by_alpha.values())
    chosen = np.argmin([estimate.mean for estimate in each], axis=0)
    mean = np.stack([each[a].mean[k] for k, a in enumerate(chosen)])
    resamples = np.stack([each[a].resamples[:, k] for k, a in enumerate(chosen)], axis=1)
    return Estimate(mean, resamples)


def _family_errors(family: str, tasks: Tasks, K: int, model: Estimate) -> FamilyErrors:
    lengths = sorted({max(1, K // 4), max(1, K // 2), K})
    low, high = model.interval()
    mean, low, high = (
        tuple(float(f"{values[k]:.5g}") for k in lengths) for values in (model.mean, low, high)
    )
    return FamilyErrors(family, tasks, PROMPTS, tuple(lengths), mean, low, high)


def _family_checks(
    family: FunctionClass, tasks: Tasks, spec: Pretraining, estimates: Mapping[str, Estimate]
) -> list[Check]:
    """Those limits whose context lengths the model has."""
    model, K, nnz = estimates["model"], spec.context_length, family.unknown_support
    if nnz is not None:
        checks, half = [], spec.dimension // 2
        if nnz < K:
            excess = (model - estimates["lasso"])[slice(nnz + 1, K + 1)].maximum()
            checks.append(_check("lasso", family, tasks, excess, LASSO_EXCESS))
        if 1 <= half <= K:
            gain = (model - estimates["ols"])[slice(half, half + 1)]
            checks.append(_check("least_squares", family, tasks, gain, -LEAST_SQUARES_GAIN))
        return checks
    if "bayes" not in estimates:
        return []
    excess = model - estimates["bayes"]
    return [
        _check("average", family, tasks, excess[slice(1, K + 1)].average(), MEAN_EXCESS),
        _check("final", family, tasks, excess[slice(K, K + 1)], FINAL_EXCESS),
    ]


def _selection_checks(
    library: Library, spec: Pretraining, family: FunctionClass, network: InContextNetwork
) -> list[Check]:
    """What choosing among families costs the model beyond what it costs the Bayes learner."""
    if len(spec.mixture.families) == 1:
        return []
    card = specialist_of(library, spec, family)
    entry = library.find(card.spec.hash) if card else None
    if card is None or entry is None:
        return []
    mixture, alone = held_out(spec, family), held_out(card.spec, family)
    ideal_mixture, ideal_alone = bayes_learners(mixture).get("bayes"), bayes_learners(alone).get("bayes")
    if ideal_mixture is None or ideal_alone is None:
        return []
    learners: dict[str, Predictor] = {
        "model": Network(network),
        "specialist": Network(library.load(entry)),
        "bayes": ideal_mixture,
        "bayes alone": ideal_alone,
    }
    found = measured_errors(mixture, learners)
    cost = (found["model"] - found["specialist"]) - (found["bayes"] - found["bayes alone"])
    return [_check("selection", family, "new", cost.maximum(), SELECTION_COST, card.name)]


def _check(
    quantity: Quantity,
    family: FunctionClass,
    tasks: Tasks,
    estimate: Estimate,
    limit: float,
    against: str = "",
) -> Check:
    low, high = estimate.interval()
    value, low, high = (float(f"{float(number):.5g}") for number in (estimate.mean[0], low[0], high[0]))
    return Check(quantity, family.kind, tasks, against, value, low, high, limit)
