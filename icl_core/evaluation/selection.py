"""Selection between two families: who predicts like whom on the same prompts, and what choosing costs.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871), sections 3 and 4, with the ideal mixture beside.
Dimensions: B prompts, N points, D inputs, Q queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from icl_core.data.function_classes import Dense, FixedSparse, Sparse
from icl_core.data.prompts import Prompts, sample_prompts
from icl_core.data.randomness import AddressedRandomness
from icl_core.evaluation.curves import Curve, learning_curves
from icl_core.evaluation.estimate import Estimate, combine
from icl_core.evaluation.heavy_tails import heavy_context_lengths
from icl_core.evaluation.measure import measure_jointly
from icl_core.evaluation.suite import bayes_mixture, unregularised
from icl_core.predictors import BayesMixture, LeastSquares, Predictor
from icl_core.specs import Evaluation, Experiment, FunctionClass, Mixture, Pretraining

Array = NDArray[np.float64]

QUERIES = 64  # asked of one context to find where a prediction lies between two others
AGREEMENT = 1e-3  # squared distance over v below which two specialists leave nothing to choose


@dataclass(frozen=True)
class FamilyPair:
    """Dense functions and a narrower linear family, of equal output variance, with the dense prior share."""

    narrow: Sparse | FixedSparse
    dense_share: float

    @classmethod
    def found_in(cls, pretraining: Pretraining) -> FamilyPair | None:
        """The pair in a pretraining's mixture; None where it is not a dense and one sparse family."""
        parts = {part.function_class: part.weight for part in pretraining.mixture.components}
        narrow = [family for family in parts if isinstance(family, Sparse | FixedSparse)]
        if len(parts) != 2 or Dense() not in parts or len(narrow) != 1:
            return None
        return cls(narrow[0], parts[Dense()])

    @classmethod
    def of(cls, pretraining: Pretraining) -> FamilyPair:
        """The pair in a pretraining's mixture. Raises ValueError where there is none."""
        pair = cls.found_in(pretraining)
        if pair is None:
            raise ValueError(
                "This pretraining is not a mixture of dense and one sparse linear family: name one."
            )
        return pair

    @property
    def mixture(self) -> Mixture:
        """Dense functions first."""
        return Mixture.of((Dense(), self.dense_share), (self.narrow, 1 - self.dense_share))

    def with_nonzero(self, count: int) -> Sparse | FixedSparse:
        """The narrow family with another number of nonzero weights, at the same output variance."""
        return replace(self.narrow, nnz=count)


@dataclass(frozen=True)
class Chooser:
    """A learner of the mixture and the two that know one family each, by name."""

    name: str
    dense: str
    narrow: str


MODELS = Chooser("mixture", "dense", "narrow")
IDEALS = Chooser("bayes", "bayes_dense", "bayes_narrow")


@dataclass(frozen=True)
class Comparison:
    """Learners on one experiment's prompts, with k = 0..M pairs.

    `errors` are normalised, medians where that of least squares has no mean; `distances[name, other]` is the
    mean squared difference of two learners' predictions over v. `choices[name]` says where a chooser's
    prediction lies between its specialists': 1 at the dense one's, 0 at the narrow one's, NaN where the two
    agree. `costs[name]` is its error less that of the specialist that is better at that k.
    """

    experiment: Experiment
    errors: Mapping[str, Curve]
    distances: Mapping[tuple[str, str], Curve]
    choices: Mapping[str, Curve]
    costs: Mapping[str, Curve]


def on_family(experiment: Experiment, family: FunctionClass) -> Experiment:
    """The experiment's test on prompts of one family and of nothing else shifted."""
    asked = experiment.evaluation
    evaluation = Evaluation(
        context_length=experiment.context_length,
        function_class=family,
        label_noise=asked.label_noise,
        prompts=asked.prompts,
        seed=asked.seed,
        alpha=asked.alpha,
    )
    return replace(experiment, evaluation=evaluation)


def ideal_learners(pretraining: Pretraining) -> dict[str, Predictor]:
    """Least squares, and the Bayes learners: of the mixture and of each family alone."""
    pair = FamilyPair.of(pretraining)
    return {
        "ols": LeastSquares(),
        "bayes": ideal(pretraining, pair.mixture),
        "bayes_dense": ideal(pretraining, Mixture.of(Dense())),
        "bayes_narrow": ideal(pretraining, Mixture.of(pair.narrow)),
    }


def ideal(pretraining: Pretraining, mixture: Mixture) -> BayesMixture:
    """The Bayes learner of linear families with the pretraining's label noise."""
    learner = bayes_mixture(pretraining, mixture, pretraining.noise_variance)
    assert learner is not None  # linear families have one
    return learner


def compare(experiment: Experiment, learners: Mapping[str, Predictor], k: int | None = None) -> Comparison:
    """All learners on the experiment's prompts; choices of those choosers whose specialists are there too.

    With `k` they are measured with k pairs alone, which costs a network far less, and other entries are NaN.
    """
    choosers = [each for each in (MODELS, IDEALS) if {each.name, each.dense, each.narrow} <= set(learners)]
    entries, v = experiment.context_length + 1, experiment.pretraining.label_variance
    measured = slice(None) if k is None else slice(k, k + 1)

    def curve(estimate: Estimate) -> Curve:
        return Curve.of_part(estimate, measured, entries)

    def values(prompts: Prompts) -> dict[tuple[str, ...], Array]:
        asked = prompts.xs, prompts.ys, prompts.queries
        said = {
            name: learner.predict_query(*asked) if k is None else learner.predict_at(*asked, k)[:, None]
            for name, learner in learners.items()
        }
        found: dict[tuple[str, ...], Tensor] = {
            ("error", name): (predictions - prompts.targets[:, measured]).square()
            for name, predictions in said.items()
        }
        for each in choosers:
            chosen, dense, narrow = said[each.name], said[each.dense], said[each.narrow]
            found["distance", each.name, each.dense] = (chosen - dense).square()
            found["distance", each.name, each.narrow] = (chosen - narrow).square()
            found["between", each.name] = (chosen - narrow) * (dense - narrow)
            found["apart", each.name] = (dense - narrow).square()
        return {key: (entry / v).numpy() for key, entry in found.items()}

    means = measure_jointly([experiment], values)
    errors = {key[1]: mean for key, mean in means.items() if key[0] == "error"}
    return Comparison(
        experiment,
        {name: curve(estimate) for name, estimate in errors.items()} | _heavy(experiment, learners, k),
        {(key[1], key[2]): curve(mean) for key, mean in means.items() if key[0] == "distance"},
        {
            each.name: curve(_share(means["between", each.name], means["apart", each.name]))
            for each in choosers
        },
        {each.name: curve(_cost(each, errors)) for each in choosers},
    )


def dense_probability(experiment: Experiment) -> Curve:
    """Posterior probability of 'dense' under the ideal mixture, mean over the prompts, [M + 1]."""
    (found,) = _dense_probabilities([experiment])
    return found


def _dense_probabilities(experiments: Sequence[Experiment]) -> list[Curve]:
    """That of each of several tests of one pretraining: all their prompts are learned from at once."""
    pretraining = experiments[0].pretraining
    learner = ideal(pretraining, FamilyPair.of(pretraining).mixture)

    def values(*chunks: Prompts) -> dict[int, Array]:
        xs, ys = (torch.cat([getattr(prompts, part) for prompts in chunks]) for part in ("xs", "ys"))
        dense = learner.posterior(xs, ys)[..., 0]  # [B of all, N]
        return {test: each.numpy() for test, each in enumerate(dense.chunk(len(chunks)))}

    return [Curve.of(estimate) for estimate in measure_jointly(experiments, values).values()]


@dataclass(frozen=True)
class NoiseSweep:
    """Mean P(dense) of the ideal mixture and its 90% interval, by noise and nnz, [levels, D, M + 1]."""

    levels: tuple[float, ...]
    probability: Array
    low: Array
    high: Array


def noise_sweep(experiment: Experiment, levels: Sequence[float]) -> NoiseSweep:
    """What the ideal mixture takes functions of 1..D nonzero weights for, at each level of label noise.

    Levels are standard deviations over sqrt(v), the same in pretraining and test. 0 stands for a variance of
    1e-6 v.
    """
    pair = FamilyPair.of(experiment.pretraining)
    found = []
    for level in levels:
        noisy = replace(experiment, pretraining=replace(experiment.pretraining, label_noise=level))
        noisy = replace(noisy, evaluation=replace(noisy.evaluation, label_noise=None))
        counts = range(1, noisy.pretraining.dimension + 1)
        found.append(_dense_probabilities([on_family(noisy, pair.with_nonzero(count)) for count in counts]))
    means = np.array([[curve.mean for curve in row] for row in found])  # [levels, D, M + 1]
    lows = np.array([[curve.low for curve in row] for row in found])
    highs = np.array([[curve.high for curve in row] for row in found])
    return NoiseSweep(tuple(levels), means, lows, highs)


@dataclass(frozen=True)
class PromptChoice:
    """One prompt, k = 0..M: the ideal mixture's P(dense), and the models' choice (None without models)."""

    probability: Array
    choice: Array | None


def prompt_choice(experiment: Experiment, number: int, learners: Mapping[str, Predictor]) -> PromptChoice:
    """What test prompt `number` of the experiment is taken for.

    The choice is the least-squares position of the mixture model's predictions between its specialists', over
    64 queries that are asked of the same context; NaN where the specialists agree.
    """
    pair = FamilyPair.of(experiment.pretraining)
    prompt = sample_prompts(experiment, number, 1)
    learner = ideal(experiment.pretraining, pair.mixture)
    probability = learner.posterior(prompt.xs, prompt.ys)[0, :, 0].numpy()
    if not {MODELS.name, MODELS.dense, MODELS.narrow} <= set(learners):
        return PromptChoice(probability, None)
    points, dimension = prompt.xs.shape[1:]
    randomness = AddressedRandomness.of(experiment.evaluation.seed, "choice")
    queries = experiment.covariates.covariates(randomness, QUERIES, points, dimension)
    asked = prompt.xs.expand(QUERIES, -1, -1), prompt.ys.expand(QUERIES, -1), queries  # [Q, N, D], [Q, N]
    chosen, dense, narrow = (
        learners[name].predict_query(*asked) for name in (MODELS.name, MODELS.dense, MODELS.narrow)
    )
    apart = (dense - narrow).square().mean(0)  # [N]
    between = ((chosen - narrow) * (dense - narrow)).mean(0)
    agree = apart < AGREEMENT * experiment.pretraining.label_variance
    return PromptChoice(probability, torch.where(agree, torch.nan, between / apart).numpy())


def _heavy(experiment: Experiment, learners: Mapping[str, Predictor], k: int | None) -> dict[str, Curve]:
    """The errors of learners some of whose errors have an infinite mean; with `k` that entry alone."""
    at = heavy_context_lengths(experiment)
    if not (at if k is None else k in at):
        return {}
    names = unregularised(experiment)
    named = {name: learner for name, learner in learners.items() if name in names}
    found = learning_curves(experiment, named, heavy_tailed=names).curves
    return {name: curve if k is None else _at(curve, k) for name, curve in found.items()}


def _at(curve: Curve, k: int) -> Curve:
    """The curve with NaN in all entries but one."""
    others = np.arange(len(curve.mean)) != k
    mean, low, high = (np.where(others, np.nan, part) for part in (curve.mean, curve.low, curve.high))
    return Curve(mean, low, high, curve.medians and (k,))


def _cost(chooser: Chooser, errors: Mapping[str, Estimate]) -> Estimate:
    better = combine(np.minimum, errors[chooser.dense], errors[chooser.narrow])
    return errors[chooser.name] - better


def _share(between: Estimate, apart: Estimate) -> Estimate:
    """between / apart where the specialists are apart."""
    agree = apart.mean < AGREEMENT

    def ratio(numerator: Array, denominator: Array) -> Array:
        safe = np.where(agree | (denominator <= 0), 1.0, denominator)
        return np.where(agree, np.nan, numerator / safe)

    return combine(ratio, between, apart)
