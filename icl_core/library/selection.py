"""The library's models for a selection between two families, found by what they were pretrained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from icl_core.data.function_classes import Dense
from icl_core.evaluation import Curve
from icl_core.evaluation.selection import MODELS, Comparison, FamilyPair, compare, ideal_learners, on_family
from icl_core.library.card import Card
from icl_core.library.comparisons import ComparisonStore
from icl_core.library.grading import best_lasso, lasso_errors
from icl_core.library.results import load_once
from icl_core.library.store import Library, LibraryError
from icl_core.predictors import Lasso, Network, Predictor
from icl_core.specs import Evaluation, Experiment, FunctionClass, Mixture, Pretraining

BEST_LASSO = "lasso_best"


@dataclass(frozen=True)
class SelectionModels:
    """By role, 'mixture', 'dense' and 'narrow': cards of the models there are, names of those that lack."""

    cards: Mapping[str, Card]
    lacking: Mapping[str, str]

    @property
    def key(self) -> str:
        """Changes when any of the models does."""
        return " ".join(f"{role} {card.weights_sha256}" for role, card in self.cards.items())


def selection_models(library: Library, pretraining: Pretraining) -> SelectionModels:
    """Transformers of the pair's mixture and of each family alone, on the same inputs and prompt lengths.

    Of several that fit, the one with the pretraining's own spec, else the one that has the shipped library's
    name for it, else the first of the lowest seed. Raises ValueError where the pretraining is no mixture of
    two such families.
    """
    pair = FamilyPair.of(pretraining)
    alone = {MODELS.dense: Mixture.of(Dense()), MODELS.narrow: Mixture.of(pair.narrow)}
    wanted = {MODELS.name: pair.mixture, **alone}
    cards, lacking = {}, {}
    for role, mixture in wanted.items():
        usual = usual_name(pretraining.dimension, mixture)
        fitting = [card for card in library.cards() if _fits(card.spec, pretraining, mixture)]
        if fitting:
            cards[role] = min(
                fitting,
                key=lambda card: (card.spec != pretraining, card.name != usual, card.spec.seed),
            )
        else:
            lacking[role] = usual
    return SelectionModels(cards, lacking)


def mixture_shares(library: Library, pretraining: Pretraining) -> list[float]:
    """Shares of dense prompts in the library's mixtures of this pair, in order."""
    return sorted(
        {FamilyPair.of(spec).dense_share for spec in _mixtures(library) if _same_pair(spec, pretraining)}
    )


def pairs(library: Library) -> list[Pretraining]:
    """One pretraining for each pair and setting that the library has a mixture of."""
    found: list[Pretraining] = []
    for spec in _mixtures(library):
        if not any(_same_pair(spec, other) for other in found):
            found.append(spec)
    return found


def comparison(
    library: Library, experiment: Experiment, family: FunctionClass, models: SelectionModels
) -> Comparison:
    """The models, the ideal learners and least squares on one family's prompts: stored, or computed once.

    Raises LibraryError for a damaged model.
    """
    stored = stored_comparison(library, experiment, family, models)
    if stored is not None:
        return stored
    found = compare(_tested(experiment, family), _learners(library, experiment, models))
    ComparisonStore.of(library).write(found, models.key)
    return found


def stored_comparison(
    library: Library, experiment: Experiment, family: FunctionClass, models: SelectionModels
) -> Comparison | None:
    """What `comparison` has computed before; None if nothing."""
    return ComparisonStore.of(library).read(_tested(experiment, family), models.key)


def comparison_at(
    library: Library, experiment: Experiment, family: FunctionClass, models: SelectionModels, k: int
) -> Comparison:
    """`comparison` with k pairs alone, all other entries NaN: never stored. Raises as `comparison` does."""
    return compare(_tested(experiment, family), _learners(library, experiment, models), k)


def networks(library: Library, models: SelectionModels) -> dict[str, Predictor]:
    """The models by role. Raises LibraryError for a damaged one."""
    found: dict[str, Predictor] = {}
    for role, card in models.cards.items():
        entry = library.find(card.spec.hash)
        if entry is None:
            raise LibraryError(f"The model {card.name} has left the library: open the page again.")
        found[role] = Network(load_once(library, entry))
    return found


def with_lasso(found: Comparison, alpha: float, k: int | None = None) -> Comparison:
    """The comparison with 'lasso' at this alpha on the same prompts (with `k`: with k pairs alone)."""
    return _with_errors(found, compare(found.experiment, {"lasso": Lasso(alpha)}, k).errors)


def with_best_lasso(found: Comparison) -> Comparison:
    """The comparison with 'lasso_best', the Lasso at the alpha that is best on these prompts, for each k."""
    best = best_lasso(lasso_errors(found.experiment))
    return _with_errors(found, {BEST_LASSO: Curve(best.mean, *best.interval())})


def usual_name(dimension: int, mixture: Mixture) -> str:
    """What the shipped library calls the model of a mixture: 'dense-sparse-d8', 'dense-sparse-25-d8'."""
    words = ["fixed" if family.kind == "fixed_support" else family.kind for family in mixture.families]
    share = mixture.weights[0]
    if len(words) > 1 and share != 0.5:
        words.append(f"{100 * share:.0f}")
    return "-".join([*words, f"d{dimension}"])


def _tested(experiment: Experiment, family: FunctionClass) -> Experiment:
    """The experiment on one family, with the Lasso's alpha, which has no effect here, at its default."""
    tested = on_family(experiment, family)
    return replace(tested, evaluation=replace(tested.evaluation, alpha=Evaluation().alpha))


def _learners(library: Library, experiment: Experiment, models: SelectionModels) -> dict[str, Predictor]:
    return ideal_learners(experiment.pretraining) | networks(library, models)


def _with_errors(found: Comparison, errors: Mapping[str, Curve]) -> Comparison:
    return replace(found, errors={**found.errors, **errors})


def _mixtures(library: Library) -> Iterator[Pretraining]:
    for card in library.cards():
        if card.spec.model.kind == "transformer" and FamilyPair.found_in(card.spec) is not None:
            yield card.spec


def _same_pair(first: Pretraining, second: Pretraining) -> bool:
    return FamilyPair.of(first).narrow == FamilyPair.of(second).narrow and _same_data(first, second)


def _same_data(first: Pretraining, second: Pretraining) -> bool:
    """All of the data but the mixture."""
    return (first.dimension, first.context_length, first.covariates, first.label_noise, first.task_pool) == (
        second.dimension,
        second.context_length,
        second.covariates,
        second.label_noise,
        second.task_pool,
    )


def _fits(spec: Pretraining, pretraining: Pretraining, mixture: Mixture) -> bool:
    """Whether a transformer was pretrained on just this mixture, in whatever order its families stand."""
    parts = {(part.function_class, round(part.weight, 9)) for part in spec.mixture.components}
    asked = {(part.function_class, round(part.weight, 9)) for part in mixture.components}
    return spec.model.kind == "transformer" and parts == asked and _same_data(spec, pretraining)
