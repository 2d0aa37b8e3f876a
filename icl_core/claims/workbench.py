"""Where claims are measured: the library's models and other learners, all on the same prompts, once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from icl_core.claims.claim import Fact
from icl_core.claims.estimates import over_seeds
from icl_core.claims.wanted import Models, Need, Used, Wanted, find, group
from icl_core.data.prompts import Prompts
from icl_core.evaluation import Estimate
from icl_core.evaluation.measure import measure, measured_errors
from icl_core.library import Library
from icl_core.library.grading import best_lasso, lasso_errors
from icl_core.models import LinearAttention
from icl_core.predictors import Network, Predictor
from icl_core.specs import Evaluation, Experiment, FunctionClass, Pretraining

PROMPTS = 4096
SEED = 20_240_117  # of the test prompts; models are trained, validated and graded on others


@dataclass(frozen=True)
class Workbench:
    """Measures learners on experiments and remembers what it measured, for the claims that share it.

    It notes what it was asked for in `needs`, until `for_one_claim` begins a new list.
    """

    library: Library
    prompts: int = PROMPTS
    needs: dict[Wanted, Need] = field(default_factory=dict)
    _models: dict[Wanted, Models] = field(default_factory=dict)
    _errors: dict[tuple[Experiment, object], Estimate] = field(default_factory=dict)

    def for_one_claim(self) -> Workbench:
        """The same bench, with what it remembers, and without any needs yet."""
        return replace(self, needs={})

    def models(self, wanted: Wanted) -> Models:
        """Raises WaitingForModel where the library has none, LibraryError for a damaged one."""
        self.needs[wanted] = Need(wanted)  # noted first: what is waited for is a need as well
        if wanted not in self._models:
            self._models[wanted] = find(self.library, wanted)
        found = self._models[wanted]
        self.needs[wanted] = Need(wanted, tuple(map(Used.of, found.cards)))
        return found

    def experiment(self, spec: Pretraining, family: FunctionClass, **tested: object) -> Experiment:
        """Test prompts of one family at a model's trained length, unless `tested` says otherwise.

        They depend on the pretraining's inputs and noise alone, so that models of other mixtures share them.
        """
        data = replace(spec.data, mixture=Pretraining().mixture, task_pool=None)
        evaluation = Evaluation(
            function_class=family, context_length=spec.context_length, prompts=self.prompts, seed=SEED
        )
        return Experiment(data, replace(evaluation, **tested))  # type: ignore[arg-type]

    def facts(self, spec: Pretraining, **rest: Fact) -> dict[str, Fact]:
        """A model's dimension and trained length, the rest, and the prompts."""
        trained: dict[str, Fact] = {"dimension": spec.dimension, "trained_pairs": spec.context_length}
        return trained | rest | {"prompts": self.prompts, "seed": SEED}

    def meant(self, wanted: Wanted) -> Pretraining:
        """The wanted model's spec; without one in the library, linear attention on the same data."""
        cards = group(self.library.cards(), wanted)
        asked = Pretraining(
            dimension=wanted.dimension,
            context_length=wanted.context_length or Pretraining().context_length,
            covariates=wanted.covariates,
            mixture=wanted.mixture,
            model=LinearAttention(),
        )
        return cards[0].spec if cards else asked

    def errors(self, experiment: Experiment, learner: Predictor | Models) -> Estimate:
        """Normalised error with k = 0..M pairs; of models, the mean over their training seeds."""
        if isinstance(learner, Models):
            each = [self._error(experiment, network) for network in learner.networks]
            return over_seeds(each, learner.address)
        return self._error(experiment, learner)

    def best_lasso(self, experiment: Experiment) -> Estimate:
        """Normalised error of the Lasso at the alpha that is best on these prompts, chosen for every k."""
        return self._remember(experiment, "lasso", lambda: best_lasso(lasso_errors(experiment)))

    def distance(self, experiment: Experiment, first: Models, second: Models) -> Estimate:
        """Mean squared difference of two models' predictions over v; seeds in pairs, the fewer take turns."""
        seeds = range(max(len(first.networks), len(second.networks)))
        pairs = [
            (first.networks[seed % len(first.networks)], second.networks[seed % len(second.networks)])
            for seed in seeds
        ]
        each = [self._distance(experiment, *pair) for pair in pairs]
        return over_seeds(each, f"{first.address} {second.address}")

    def _error(self, experiment: Experiment, learner: Predictor) -> Estimate:
        return self._remember(
            experiment, learner, lambda: measured_errors(experiment, {"error": learner})["error"]
        )

    def _distance(self, experiment: Experiment, first: Network, second: Network) -> Estimate:
        v = experiment.pretraining.label_variance

        def squared(prompts: Prompts) -> NDArray[np.float64]:
            asked = prompts.xs, prompts.ys, prompts.queries
            return (first.predict_query(*asked) - second.predict_query(*asked)).square().numpy() / v

        return self._remember(
            experiment, (first, second), lambda: measure(experiment, {"distance": squared})["distance"]
        )

    def _remember(self, experiment: Experiment, learner: object, measure: Callable[[], Estimate]) -> Estimate:
        key = (experiment, learner)
        if key not in self._errors:
            self._errors[key] = measure()
        return self._errors[key]


def shown(experiment: Experiment, spec: Pretraining) -> Experiment:
    """A measured experiment as a page opens it: with the model itself and a page's number of prompts."""
    return Experiment(spec, replace(experiment.evaluation, prompts=Evaluation().prompts))
