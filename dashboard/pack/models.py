"""Which models of the library go into a pack, and what a page says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dashboard.frame.texts import languages, speaking
from dashboard.say.describe import pretraining_data
from icl_core.evaluation.suite import NUGGET, bayes_mixture
from icl_core.library import Card, Library, LibraryError
from icl_core.library.finding import is_main
from icl_core.models import TransformerNetwork
from icl_core.specs import Pretraining

USUAL = ("linear-sinusoid", "narrow", "linear-sinusoid-wide", "linear-sinusoid-small")
"""The lab's models, the first one first. A weight needs 4 bytes: the large ones are left at home."""


@dataclass(frozen=True)
class PackedModel:
    """A transformer with its card."""

    card: Card
    network: TransformerNetwork

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def in_lab(self) -> bool:
        """Whether the Prompt lab can be about it."""
        return is_main(self.card.spec)

    def described(self) -> dict[str, Any]:
        """What a page knows of the model beside its weights."""
        spec, architecture = self.card.spec, self.network.spec
        data = {}
        for language in languages():
            with speaking(language):
                data[language] = pretraining_data(spec)
        return {
            "name": self.name,
            "hash": spec.hash,
            "parameters": self.card.parameters,
            "dimension": spec.dimension,
            "context_length": spec.context_length,
            "label_scale": spec.label_variance**0.5,
            "scale": self.network.scale,
            "architecture": architecture.to_dict(full=True) | {"hidden": architecture.hidden},
            "data": data,
            "learner": learner(spec) if self.in_lab else None,
        }


def learner(spec: Pretraining) -> dict[str, Any]:
    """The Bayes learner of a model's pretraining, for `site/learners.js`."""
    mixture = bayes_mixture(spec, spec.mixture, 0.0)
    assert mixture is not None  # lines and sinusoids have one
    families = [{"kind": type(family).__name__, **asdict(family)} for family in mixture.families]  # type: ignore[call-overload]
    return {
        "names": [family.kind for family in spec.mixture.families],
        "families": families,
        "weights": mixture.weights,
        "least_noise": NUGGET * spec.label_variance,
    }


def packed_models(library: Library, names: Iterable[str]) -> Mapping[str, PackedModel]:
    """The named transformers, in that order; names that the library lacks are passed over.

    Raises LibraryError for one that is damaged or no transformer.
    """
    found = {}
    for name in names:
        entry = library.find(name)
        if entry is None or entry.card is None:
            continue
        network = library.load(entry)
        if not isinstance(network, TransformerNetwork):
            raise LibraryError("{name} is no transformer: a pack runs transformers alone.", name=name)
        found[name] = PackedModel(entry.card, network)
    return found
