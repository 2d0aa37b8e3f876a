"""Bayes-optimal prediction under a mixture of function families.

Dimensions: A sets of labels of the same inputs, B prompts, N points, D inputs, F families, C components of a
family, m features of a component.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.families import MAX_COMPONENTS, GaussianFamily
from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import Predictor, check_shapes
from icl_core.specs import Experiment, Mixture, Pretraining, SpecError

NUGGET = 1e-6  # noise variance over v that stands for none
CHUNK_ENTRIES = 1 << 18  # float64 entries of one covariance root or set of means: they stay in the cache


@dataclass(frozen=True)
class BayesMixture(Predictor):
    """Posterior mean under prior sum_f weights[f] family_f and labels y = f(x) + N(0, noise_var).

    With component c of prior probability pi_c and features Phi_c of the pairs seen, P(c | D) is proportional
    to pi_c N(y; 0, Phi_c Phi_c^T + noise_var I), and the prediction is the P(c | D)-weighted mean of the
    components' ridge predictions. Exact up to rounding; float64 inside, the dtype of xs outside.

    `weights` are the prior probabilities of the families and must sum to 1. Noise-free labels need a small
    positive `noise_var` (1e-6 of the output variance is numerically sound).
    """

    families: Sequence[GaussianFamily]
    weights: Sequence[float]
    noise_var: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "families", tuple(self.families))
        object.__setattr__(self, "weights", tuple(float(weight) for weight in self.weights))
        if not self.families:
            raise SpecError("families", self.families, "at least one family")
        if len(self.weights) != len(self.families):
            raise SpecError(
                "weights", self.weights, "{count} numbers, one for each family", count=len(self.families)
            )
        if not all(weight >= 0 for weight in self.weights) or not math.isclose(
            sum(self.weights), 1, abs_tol=1e-9
        ):
            raise SpecError("weights", self.weights, "non-negative numbers that sum to 1")
        if not 0 < self.noise_var < math.inf:
            raise SpecError("noise_var", self.noise_var, "a positive finite number")

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k."""
        check_shapes(xs, ys, queries)
        return self.predict_each(xs, ys[None], queries)[0]

    def predict_each(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """`predict_query` [A, B, N] for each of A sets of labels ys [A, B, N] of the same inputs.

        What depends on the inputs alone, most of the work, is done once.
        """
        predictions, log_evidence = self._learn(xs, ys, queries)
        return (self.family_posterior(log_evidence) * predictions).sum(-1).to(xs.dtype)

    def posterior(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Posterior probabilities of the families [B, N, F], entry k given the pairs before k."""
        check_shapes(xs, ys)
        _, log_evidence = self._learn(xs, ys[None], xs)
        return self.family_posterior(log_evidence)[0].to(xs.dtype)

    def family_posterior(self, log_evidence: Tensor) -> Tensor:
        """Probabilities of the families from their log evidence [..., F]."""
        weights = torch.tensor(self.weights, dtype=log_evidence.dtype, device=log_evidence.device)
        return torch.softmax(weights.log() + log_evidence, dim=-1)

    def _learn(self, xs: Tensor, ys: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Each family's own predictions and log evidence, both [A, B, N, F]."""
        arguments = (xs.double(), ys.double(), queries.double(), self.noise_var)
        predictions, log_evidence = zip(
            *(_learn_family(family, *arguments) for family in self.families), strict=True
        )
        return torch.stack(predictions, dim=-1), torch.stack(log_evidence, dim=-1)


def component_fits(features: Tensor, ys: Tensor, noise_var: float) -> Iterator[tuple[Tensor, Tensor]]:
    """Means [A, m, C, B] and log likelihoods [A, C, B] of all components after 0, 1, ..., N pairs.

    features [C, B, N, m], ys [A, B, N]. Sequential Bayesian linear regression from the prior N(0, I), one
    pair at a time. The weights' posterior covariance is kept as P = R R^T and updated by Potter's square-root
    form (Bierman 1977, Factorization Methods for Discrete Sequential Estimation), so that P stays positive
    definite and loses half as many digits as in a direct update where the noise is tiny. It does not depend
    on the labels and is computed once for all A. Components and prompts stand last, so that every operation
    runs along long contiguous rows.
    """
    rows = features.permute(2, 3, 0, 1).contiguous()  # [N, m, C, B]
    _, feature_count, components, prompts = rows.shape
    mean = rows.new_zeros(len(ys), feature_count, components, prompts)
    root = torch.eye(feature_count, dtype=rows.dtype, device=rows.device)
    root = root[:, :, None, None].repeat(1, 1, components, prompts)
    log_likelihood = rows.new_zeros(len(ys), components, prompts)
    yield mean, log_likelihood
    for k, row in enumerate(rows):  # [m, C, B]
        projected = (root * row[:, None]).sum(0)  # R^T phi  [m, C, B]
        variance = projected.square().sum(0) + noise_var
        innovation = ys[:, None, :, k] - (mean * row).sum(1)  # [A, C, B]
        covariance = (root * projected).sum(1)  # P phi  [m, C, B]
        mean = mean + covariance * (innovation / variance)[:, None]
        root -= covariance[:, None] * (projected / (variance + (noise_var * variance).sqrt()))
        surprise = (2 * math.pi * variance).log() + innovation.square() / variance
        log_likelihood = log_likelihood - surprise / 2
        yield mean, log_likelihood


def _learn_family(
    family: GaussianFamily, xs: Tensor, ys: Tensor, queries: Tensor, noise_var: float
) -> tuple[Tensor, Tensor]:
    """Predictions at the queries and log evidence of the pairs before k, both [A, B, N], under one family."""
    log_prior = family.log_prior(xs.shape[-1]).to(xs.device)
    count = family.features(xs[:1, :1]).shape[-1]
    chunk = max(1, CHUNK_ENTRIES // (len(log_prior) * count * max(count, len(ys))))
    predictions, log_evidence = [], []
    for x, y, query in zip(xs.split(chunk), ys.split(chunk, 1), queries.split(chunk), strict=True):
        features = family.features(x)
        asked = (features if queries is xs else family.features(query)).permute(2, 3, 0, 1).contiguous()
        said, known = [], []  # asked [N, m, C, B]
        for row, (mean, likelihood) in zip(asked, component_fits(features, y, noise_var), strict=False):
            joint = log_prior[:, None] + likelihood  # [A, C, B]
            said.append((torch.softmax(joint, 1) * (mean * row).sum(1)).sum(1))
            known.append(torch.logsumexp(joint, 1))
        predictions.append(torch.stack(said, -1))  # [A, B, N]
        log_evidence.append(torch.stack(known, -1))
    return torch.cat(predictions, 1), torch.cat(log_evidence, 1)


def bayes_mixture(pretraining: Pretraining, mixture: Mixture, noise_variance: float) -> BayesMixture | None:
    """The Bayes learner for prompts from `mixture`; None where a family has none that is computable.

    A family of more than MAX_COMPONENTS supports or grid points counts as not computable.
    """
    families = []
    for function_class in mixture.families:
        family = function_class.family(pretraining.covariates, pretraining.dimension)
        if family is None or family.component_count(pretraining.dimension) > MAX_COMPONENTS:
            return None
        families.append(family)
    nugget = NUGGET * pretraining.label_variance
    return BayesMixture(families, mixture.weights, max(noise_variance, nugget))


def pretraining_bayes(experiment: Experiment) -> BayesMixture | None:
    """The learner with the pretraining prior: what an ideal pretrained model does."""
    pretraining = experiment.pretraining
    return bayes_mixture(pretraining, pretraining.mixture, pretraining.noise_variance)


def tested_bayes(experiment: Experiment) -> BayesMixture | None:
    """The learner with the test prompts' prior, the floor; None where it is the other or is not exact."""
    shift = experiment.evaluation.shift
    if not shift.keeps_functions:
        return None
    tested = shift.mixture(experiment.mixture)
    found = bayes_mixture(experiment.pretraining, tested, experiment.test_noise_variance)
    return None if found == pretraining_bayes(experiment) else found


def _meets_the_unknown(experiment: Experiment) -> bool:
    """Whether noise-free pretraining meets labels or functions that its prior does not hold."""
    pretraining = experiment.pretraining
    known = set(experiment.mixture.families) <= set(pretraining.mixture.families)
    known &= experiment.evaluation.shift.keeps_functions
    return pretraining.noise_variance == 0 and (experiment.test_noise_variance > 0 or not known)


register(
    Method(
        "bayes",
        pretraining_bayes,
        place=60,
        usual=True,
        look=Look("ink", "4px,3px", 2.25),
        unregularised=_meets_the_unknown,
    ),
    Method("bayes_test", tested_bayes, place=61, look=Look("ink", "1px,4px", 2.25)),
)
