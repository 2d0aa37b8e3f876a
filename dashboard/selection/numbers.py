"""Comparisons for the Model selection page, computed once for all viewers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import streamlit as st

from dashboard.frame import ahead
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
from icl_core.library import Library, LibraryError
from icl_core.library.results import load_once
from icl_core.library.selection import (
    SelectionModels,
    comparison,
    comparison_at,
    networks,
    selection_models,
    stored_comparison,
    with_best_lasso,
    with_lasso,
)
from icl_core.specs import Evaluation, Experiment, FunctionClass

T = TypeVar("T")


class _Unmeasured(Exception):
    """Some comparison of a sweep is not stored."""


MOST_KEPT = 256  # some 10 to 200 kB each
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
            faults.append(str(error))
    return Setting(experiment, SelectionModels(cards, lacking), tuple(faults))


def comparisons(now: Setting, library: Library) -> dict[str, Comparison]:
    """All learners on dense and on narrow prompts, by role of the family."""
    return {
        role: _kept(
            f"compare {role}",
            now,
            lambda role=role, family=family: with_lasso(_with_best(now, library, role, family), now.alpha),
        )
        for role, family in now.families.items()
    }


def _with_best(now: Setting, library: Library, role: str, family: FunctionClass) -> Comparison:
    """The comparison with the Lasso at its best alpha, whatever the alpha asked for."""
    return _kept(
        f"best {role}",
        _without_alpha(now),
        lambda: with_best_lasso(comparison(library, now.experiment, family, now.models)),
    )


def sweep(now: Setting, library: Library, k: int) -> list[Comparison]:
    """All learners on functions of 1..d nonzero weights, output variance kept.

    Where the sweep was not measured before, it is at k alone, in a fraction of the time (other entries are
    NaN), and at every k while the picture is being looked at.
    """
    counts = range(1, now.experiment.pretraining.dimension + 1)
    asked = [(library, now.experiment, now.pair.with_nonzero(count), now.models) for count in counts]

    def measured() -> list[Comparison]:
        found = [stored_comparison(*each) for each in asked]
        if None in found:
            raise _Unmeasured
        return [with_lasso(each, now.alpha) for each in found if each is not None]

    def at_k() -> list[Comparison]:
        return [comparison_at(*each, k) for each in asked]

    try:
        return _kept("sweep", now, measured)
    except _Unmeasured:
        fixed = _without_alpha(now)
        found = _kept(f"sweep at {k}", fixed, at_k)
        full = [partial(comparison, *each) for each in asked]
        ahead.shared().measure((library, fixed.experiment.hash, now.models.key), full)
        return _kept(
            f"sweep with Lasso at {k}", now, lambda: [with_lasso(each, now.alpha, k) for each in found]
        )


def probabilities(now: Setting) -> dict[str, Curve]:
    """The ideal mixture's mean P(dense) on dense and on narrow prompts."""
    return {
        role: _kept(
            f"posterior {role}",
            now,
            lambda family=family: dense_probability(on_family(now.experiment, family)),
        )
        for role, family in now.families.items()
    }


def one_prompt(now: Setting, library: Library, number: int) -> dict[str, PromptChoice]:
    """What prompt `number` is taken for, with a dense and with a narrow function."""
    return {
        role: _kept(
            f"prompt {number} {role}",
            now,
            lambda family=family: prompt_choice(
                on_family(now.experiment, family), number, networks(library, now.models)
            ),
        )
        for role, family in now.families.items()
    }


def noise(now: Setting) -> NoiseSweep:
    """P(dense) of the ideal mixture off the trained sparsity, by noise level."""
    return _kept("noise", now, lambda: noise_sweep(now.experiment, NOISE_LEVELS))


def _without_alpha(now: Setting) -> Setting:
    """The setting for what does not depend on the Lasso's alpha."""
    evaluation = replace(now.experiment.evaluation, alpha=Evaluation().alpha)
    return replace(now, experiment=replace(now.experiment, evaluation=evaluation))


def _kept(what: str, now: Setting, compute: Callable[[], T]) -> T:
    return _compute(what, now.experiment.hash, now.models.key, compute)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _compute(what: str, experiment_hash: str, models_key: str, _compute: Callable[[], T]) -> T:
    """Keyed by what determines the numbers: the picture, the experiment's hash and the models' weights."""
    return _compute()
