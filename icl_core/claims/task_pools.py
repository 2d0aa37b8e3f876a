"""Few pretraining tasks make a transformer like the discrete MMSE, many like ridge (arXiv 2306.15063)."""

from __future__ import annotations

from dataclasses import replace

from icl_core.claims.claim import Claim, Finding, Measurement, Picture, above
from icl_core.claims.estimates import absolute, at, over_seeds
from icl_core.claims.papers import DIVERSITY
from icl_core.claims.wanted import Models, Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.function_classes import Dense
from icl_core.evaluation import Estimate
from icl_core.evaluation.suite import bayes_learners
from icl_core.evaluation.suite import ridge as ridge_of
from icl_core.specs import Experiment, Mixture

POOL = Wanted("pool-4-d8", Mixture.of(Dense()), label_noise=None, task_pool=4)
UNLIMITED = replace(POOL, name="pool-unlimited-d8", task_pool=None)


def few_tasks_or_many(bench: Workbench) -> Finding:
    """C2: on new tasks at k = K, how much nearer to one reference the model's error is than to the other."""
    pool = bench.models(POOL)
    unlimited = bench.models(UNLIMITED.beside(pool))
    experiment = bench.experiment(pool.spec, Dense())
    ridge = bench.errors(experiment, ridge_of(experiment))
    discrete = _discrete(bench, experiment, pool)

    def distance(models: Models, reference: Estimate) -> Estimate:
        gap = bench.errors(experiment, models) - reference
        return at(absolute(gap), pool.spec.context_length)

    measured = (
        Measurement.of(distance(pool, ridge) - distance(pool, discrete)),
        Measurement.of(distance(unlimited, discrete) - distance(unlimited, ridge)),
    )
    K = pool.spec.context_length
    facts = bench.facts(pool.spec, label_noise=pool.spec.label_noise, k=K)
    return Finding(measured, facts, shown(experiment, pool.spec), K)


def _discrete(bench: Workbench, experiment: Experiment, pool: Models) -> Estimate:
    """Error of the discrete MMSE, each model's own pool its prior."""
    learners = [bayes_learners(Experiment(card.spec))["dmmse"] for card in pool.cards]
    return over_seeds([bench.errors(experiment, learner) for learner in learners], pool.address)


CLAIMS = (
    Claim(
        "C2",
        (above("pool_nearer_dmmse", 0), above("unlimited_nearer_ridge", 0)),
        few_tasks_or_many,
        Picture("/task_diversity", ("transformer", "dmmse", "ridge"), {"picture": "pools"}),
        DIVERSITY,
    ),
)
