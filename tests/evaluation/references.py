"""What the library's models of two families are compared with, for tests that recompute a page's numbers."""

from icl_core.evaluation.selection import Comparison, FamilyPair, compare, ideal_learners, on_family
from icl_core.predictors import Lasso, Predictor
from icl_core.specs import Experiment


def reference_learners(experiment: Experiment) -> dict[str, Predictor]:
    """Untrained learners: the Lasso at the experiment's alpha, and those of `ideal_learners`."""
    return {"lasso": Lasso(experiment.evaluation.alpha), **ideal_learners(experiment.pretraining)}


def sparsity_sweep(experiment: Experiment) -> list[Comparison]:
    """The references on functions of 1, 2, ..., D nonzero weights, of equal output variance, same inputs."""
    pair = FamilyPair.of(experiment.pretraining)
    counts = range(1, experiment.pretraining.dimension + 1)
    tests = [on_family(experiment, pair.with_nonzero(count)) for count in counts]
    return [compare(tested, reference_learners(experiment)) for tested in tests]
