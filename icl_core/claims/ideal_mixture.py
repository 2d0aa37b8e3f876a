"""The Bayes learner of a dense/sparse mixture, off the sparsity that it expects."""

from __future__ import annotations

import math
from itertools import count

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_least
from icl_core.claims.papers import MIXTURES
from icl_core.claims.workbench import SEED, Workbench, shown
from icl_core.data.families import DenseWeights, SparseWeights
from icl_core.data.function_classes import Dense, Sparse
from icl_core.data.prompts import Prompts
from icl_core.data.randomness import AddressedRandomness
from icl_core.evaluation import Estimate
from icl_core.evaluation.measure import measure
from icl_core.models import LinearAttention
from icl_core.predictors import BayesMixture
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

D, NNZ, TESTED, PAIRS = 20, 2, 3, 12
PROMPTS = 1024
NOISE_VARIANCE, OTHER_NOISE_VARIANCES = 1e-4, (0.05, 0.25)


def jumps_to_dense(bench: Workbench) -> Finding:
    """B9: weights N(0, 1) where they are not 0; beside it, families of equal output variance."""
    facts: dict[str, Fact] = {"dimension": D, "nonzero": NNZ, "nonzero_tested": TESTED, "test_pairs": PAIRS}
    facts |= {"prompts": PROMPTS, "seed": SEED, "noise_variances": (NOISE_VARIANCE, *OTHER_NOISE_VARIANCES)}
    found = [probability_of_dense(False, noise) for noise in (NOISE_VARIANCE, *OTHER_NOISE_VARIANCES)]
    equal = [probability_of_dense(True, noise) for noise in (NOISE_VARIANCE, *OTHER_NOISE_VARIANCES)]
    facts["unit_weights"] = tuple(float(each.mean[0]) for each in found)
    facts["equal_output"] = tuple(float(each.mean[0]) for each in equal)
    return Finding((Measurement.of(found[0]),), facts, _shown(), PAIRS)


def probability_of_dense(equal_output: bool, noise_variance: float) -> Estimate:
    """Mean posterior probability of 'dense' after PAIRS pairs of functions with TESTED nonzero weights.

    The prior is half dense, weights N(0, 1), half sparse. Nonzero weights are N(0, 1) too, or of the variance
    that gives every family the output variance D. Labels carry noise of the variance the learner assumes.
    """
    sparse = SparseWeights(NNZ, D / NNZ if equal_output else 1.0)
    learner = BayesMixture((DenseWeights(1.0), sparse), (0.5, 0.5), noise_variance)
    factor = 1.0 if equal_output else math.sqrt(TESTED / D)  # sampled functions have output variance D
    chunks = count()  # the noise of a chunk has its number as an address

    def dense(prompts: Prompts) -> NDArray[np.float64]:
        labels = factor * prompts.ys + math.sqrt(noise_variance) * _noise(next(chunks), prompts)
        return learner.posterior(prompts.xs, labels)[:, -1:, 0].numpy()

    return measure(_experiment(), {"dense": dense})["dense"]


def _noise(chunk: int, prompts: Prompts) -> Tensor:
    return AddressedRandomness.of(SEED, "claim", chunk).point_normals(*prompts.ys.shape)


def _experiment() -> Experiment:
    evaluation = Evaluation(context_length=PAIRS, function_class=Sparse(TESTED), prompts=PROMPTS, seed=SEED)
    return Experiment(Pretraining(dimension=D, context_length=PAIRS), evaluation)


def _shown() -> Experiment:
    mixture = Mixture.of((Dense(), 0.5), (Sparse(NNZ), 0.5))
    spec = Pretraining(dimension=D, context_length=PAIRS, mixture=mixture, model=LinearAttention())
    return shown(_experiment(), spec)


CLAIMS = (
    Claim(
        "B9",
        (at_least("taken_for_dense", 0.8),),
        jumps_to_dense,
        Picture("/model_selection", ("noise_0",), {"picture": "outside", "nnz": str(TESTED)}),
        MIXTURES,
    ),
)
