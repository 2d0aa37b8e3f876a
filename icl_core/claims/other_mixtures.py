"""Mixtures beside dense/sparse: linear functions and ReLU networks, dense functions and a fixed support."""

from __future__ import annotations

import numpy as np

from icl_core.claims.claim import Claim, Finding, Measurement, Picture, at_most
from icl_core.claims.estimates import absolute, at
from icl_core.claims.papers import MIXTURES
from icl_core.claims.wanted import Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.function_classes import Dense, FixedSparse, ReluNetwork
from icl_core.evaluation.suite import bayes_mixture
from icl_core.specs import Mixture

RELU = Wanted("dense-relu-d8", Mixture.of((Dense(), 0.5), (ReluNetwork(), 0.5)))
FIXED = Wanted("dense-fixed-d8", Mixture.of((Dense(), 0.5), (FixedSparse(2), 0.5)))


def selects_networks(bench: Workbench) -> Finding:
    """B17: distance of the mixture's error from each specialist's at k = K/2."""
    mixture = bench.models(RELU)
    alone = RELU.beside(mixture)
    dense = bench.models(alone.specialist("dense-d8", Dense()))
    relu = bench.models(alone.specialist("relu-d8", ReluNetwork()))
    half = mixture.spec.context_length // 2
    pairs, measured = ((Dense(), dense), (ReluNetwork(), relu)), []
    for family, specialist in pairs:
        experiment = bench.experiment(mixture.spec, family)
        gap = bench.errors(experiment, mixture) - bench.errors(experiment, specialist)
        measured.append(Measurement.of(at(absolute(gap), half)))
    family, specialist = pairs[int(np.argmax([each.value for each in measured]))]
    experiment = shown(bench.experiment(mixture.spec, family), mixture.spec)
    beside = shown(bench.experiment(specialist.spec, family), specialist.spec)
    return Finding(tuple(measured), bench.facts(mixture.spec, k=half), experiment, half, beside)


def selects_fixed_support(bench: Workbench) -> Finding:
    """C3: largest excess over the Bayes mixture, k = 1 .. K."""
    models = bench.models(FIXED)
    spec = models.spec
    ideal = bayes_mixture(spec, spec.mixture, spec.noise_variance)
    assert ideal is not None  # two Gaussian priors
    excesses = []
    for family in spec.mixture.families:
        experiment = bench.experiment(spec, family)
        excess = bench.errors(experiment, models) - bench.errors(experiment, ideal)
        excesses.append(excess[slice(1, None)])
    measured = [Measurement.of(excess.maximum()) for excess in excesses]
    experiment = shown(bench.experiment(spec, FixedSparse(2)), spec)
    k = 1 + int(np.argmax(excesses[0].mean))
    return Finding(tuple(measured), bench.facts(spec, nonzero=2), experiment, k)


CLAIMS = (
    Claim(
        "B17",
        (at_most("relu_pair_on_linear", 0.05), at_most("relu_pair_on_networks", 0.05)),
        selects_networks,
        Picture("/", ("transformer", "ols")),
        MIXTURES,
        explained=True,
    ),
    Claim(
        "C3",
        (at_most("over_bayes_dense", 0.05), at_most("over_bayes_fixed", 0.05)),
        selects_fixed_support,
        Picture("/model_selection", ("mixture", "bayes"), {"picture": "curves"}),
        explained=True,
    ),
)
