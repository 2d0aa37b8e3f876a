"""Comparisons for the Model selection page, computed once for all viewers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from dashboard.frame import ahead
from dashboard.frame.shared import once, once_there
from dashboard.frame.texts import said
from dashboard.selection.view import USUAL, experiment_on, start, with_share
from icl_core.data.function_classes import Dense
from icl_core.evaluation import Curve
from icl_core.evaluation.selection import (
    Comparison,
    FamilyPair,
    NoiseSweep,
    PromptChoice,
    dense_probability,
    noise_sweep,
    on_family,
    prompt_choice,
)
from icl_core.library import Library, LibraryError, load_once
from icl_core.library.finding import SelectionModels, selection_models
from icl_core.library.kept import kept, stored
from icl_core.library.questions import Compared
from icl_core.library.selection import with_best_lasso, with_lasso
from icl_core.specs import Evaluation, Experiment, FunctionClass

NOISE_LEVELS = (0.0, 0.05, 0.1, 0.25)


@dataclass(frozen=True)
class Setting:
    """What is compared: the experiment, the models that the library has for it, faults of damaged ones."""

    experiment: Experiment
    models: SelectionModels
    faults: tuple[str, ...]

    @property
    def pair(self) -> FamilyPair:
        return FamilyPair.of(self.experiment.pretraining)

    @property
    def families(self) -> dict[str, FunctionClass]:
        """The pair's families by role."""
        return {"dense": Dense(), "narrow": self.pair.narrow}

    def compared(self, family: FunctionClass) -> Compared:
        """All learners on one family's prompts."""
        return Compared.on(family, self.experiment, self.models)

    def key(self, what: str, *, alpha: bool = True) -> tuple[str, ...]:
        """What determines a picture's numbers, with the Lasso's alpha or without it."""
        evaluation = self.experiment.evaluation
        if not alpha:
            evaluation = replace(evaluation, alpha=Evaluation().alpha)
        return what, self.experiment.pretraining.hash, evaluation.hash, self.models.key

    @property
    def alpha(self) -> float:
        """The Lasso's."""
        return self.experiment.evaluation.alpha

    @property
    def complete(self) -> bool:
        """Whether the mixture model and both specialists are there."""
        return len(self.models.cards) == 3


def setting(experiment: Experiment, library: Library) -> Setting:
    """The library's models for the experiment; a damaged one counts as lacking."""
    models = selection_models(library, experiment.pretraining)
    cards, lacking, faults = {}, dict(models.lacking), []
    for role, card in models.cards.items():
        entry = library.find(card.spec.hash)
        try:
            assert entry is not None  # cards come from entries
            load_once(library, entry)
            cards[role] = card
        except LibraryError as error:
            lacking[role] = card.name
            faults.append(said(error))
    return Setting(experiment, SelectionModels(cards, lacking), tuple(faults))


def comparisons(now: Setting, library: Library) -> dict[str, Comparison]:
    """All learners on dense and on narrow prompts, by role of the family."""
    return {
        role: once(
            now.key(f"compare {role}"),
            lambda role=role, family=family: with_lasso(_with_best(now, library, role, family), now.alpha),
        )
        for role, family in now.families.items()
    }


def _with_best(now: Setting, library: Library, role: str, family: FunctionClass) -> Comparison:
    """The comparison with the Lasso at its best alpha, whatever the alpha asked for."""
    key = now.key(f"best {role}", alpha=False)
    return once(key, lambda: with_best_lasso(kept(now.compared(family), library)))


def sweep(now: Setting, library: Library, k: int) -> list[Comparison]:
    """All learners on functions of 1..d nonzero weights, output variance kept.

    Where the sweep was not measured before, it is at k alone, in a fraction of the time (other entries are
    NaN), and at every k while the picture is being looked at.
    """
    asked = _swept(now)

    def measured() -> list[Comparison] | None:
        found = [stored(each, library) for each in asked]
        whole = [with_lasso(each, now.alpha) for each in found if each is not None]
        return whole if len(whole) == len(asked) else None

    found = once_there(now.key("sweep"), measured)
    if found is not None:
        return found
    key = now.key(f"sweep at {k}", alpha=False)
    at_k = once(key, lambda: [each.at(k, library) for each in asked])
    ahead.shared().measure(
        (library, *(each.name for each in asked)), [partial(kept, each, library) for each in asked]
    )
    return once(
        now.key(f"sweep with Lasso at {k}"), lambda: [with_lasso(each, now.alpha, k) for each in at_k]
    )


def _swept(now: Setting) -> list[Compared]:
    counts = range(1, now.experiment.pretraining.dimension + 1)
    return [now.compared(now.pair.with_nonzero(count)) for count in counts]


def probabilities(now: Setting) -> dict[str, Curve]:
    """The ideal mixture's mean P(dense) on dense and on narrow prompts."""
    return {
        role: once(
            now.key(f"posterior {role}"),
            lambda family=family: dense_probability(on_family(now.experiment, family)),
        )
        for role, family in now.families.items()
    }


def one_prompt(now: Setting, library: Library, number: int) -> dict[str, PromptChoice]:
    """What prompt `number` is taken for, with a dense and with a narrow function."""
    return {
        role: once(
            now.key(f"prompt {number} {role}"),
            lambda family=family: prompt_choice(
                on_family(now.experiment, family), number, now.models.networks(library)
            ),
        )
        for role, family in now.families.items()
    }


def noise(now: Setting) -> NoiseSweep:
    """P(dense) of the ideal mixture off the trained sparsity, by noise level."""
    return once(now.key("noise"), lambda: noise_sweep(now.experiment, NOISE_LEVELS))


def first_asked(library: Library) -> list[Compared]:
    """What the curves and the sweep over nonzero weights are drawn of, on the bare page and for every other
    pair that the library has a mixture of."""
    first = start(library)
    others = [experiment_on(with_share(library, pair, 0.5), first.evaluation) for pair in USUAL[1:]]
    found: dict[str, Compared] = {}
    for experiment in [first, *(each for each in others if each.pretraining.model.kind == "transformer")]:
        now = Setting(experiment, selection_models(library, experiment.pretraining), ())
        both = [now.compared(family) for family in experiment.mixture.families]
        found |= {asked.name: asked for asked in [*both, *_swept(now)]}
    return list(found.values())
