"""The published settings of the claims, and in what a model of ours departs from them, by its spec.

Sources are named where each setting stands; no departure is told of what they leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

from icl_core.models import Transformer
from icl_core.specs import Pretraining

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class PaperSetting:
    """What can be compared: inputs, pairs, the network's size, tokens a pair, training steps, prompts a step.

    Several numbers where the paper has several; none where it leaves them open.
    """

    dimension: Numbers = ()
    pairs: Numbers = ()
    layers: Numbers = ()
    heads: Numbers = ()
    width: Numbers = ()
    tokens: Numbers = ()
    steps: Numbers = ()
    batch: Numbers = ()

    @classmethod
    def of(cls, spec: Pretraining) -> Self:
        """Those of a model of ours, all its phases of training counted."""
        model, size = spec.model, {}
        if isinstance(model, Transformer):
            tokens = 2 if model.layout == "interleaved" else 1
            size = {"layers": model.layers, "heads": model.heads, "width": model.width, "tokens": tokens}
        numbers = {
            "dimension": spec.dimension,
            "pairs": spec.context_length,
            **size,
            "steps": spec.recipe.steps + spec.steps_before,
            "batch": spec.recipe.batch,
        }
        return cls(**{name: (number,) for name, number in numbers.items()})


class Departure(NamedTuple):
    """One kind of number, by the name of its field: ours, of all models, and the paper's."""

    name: str
    ours: Numbers
    paper: Numbers


FIGURE_1 = PaperSetting((20,), (40, 70, 100), (12,), (8,), (256,), (2,), (500_000,), (64,))
"""Zhang et al. (arXiv 2306.09927), figure 1."""

MIXTURES = PaperSetting(dimension=(20,), layers=(12,), heads=(8,), width=(256,))
"""Yadlowsky et al. (arXiv 2311.00871), figures 1 to 3."""

ONE_INPUT = PaperSetting(dimension=(1,), layers=(12,), heads=(8,), width=(256,))
"""The same, figure 4."""

DIVERSITY = PaperSetting((8,), (16,), (8,), (2,), (128,), steps=(500_000,), batch=(256,))
"""Raventos et al. (arXiv 2306.15063)."""


def departures(paper: PaperSetting, specs: Sequence[Pretraining]) -> tuple[Departure, ...]:
    """In what the models of these specs are not the paper's: numbers that it does not have."""
    ours = [PaperSetting.of(spec) for spec in specs]
    found = []
    for name in (each.name for each in fields(PaperSetting)):
        asked = getattr(paper, name)
        values = tuple(sorted({number for each in ours for number in getattr(each, name)}))
        if asked and not set(values) <= set(asked):
            found.append(Departure(name, values, asked))
    return tuple(found)
