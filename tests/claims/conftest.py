"""A library in memory whose models are known learners, so that claims can be made to hold or to fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from icl_core.library import Card, Entry, Library
from icl_core.models import InContextNetwork
from icl_core.predictors import Predictor
from icl_core.specs import Pretraining


class Learner(InContextNetwork):
    """A predictor in a network's place."""

    def __init__(self, predictor: Predictor, dimension: int) -> None:
        super().__init__()
        self.predictor, self.dimension = predictor, dimension

    @property
    def inputs(self):
        return self.dimension

    def forward(self, xs, ys, queries=None):
        asked = xs if queries is None else queries
        return self.predictor.predict_query(xs.double(), ys.double(), asked.double())

    def answer(self, xs, ys, query):
        points = torch.cat([xs, query[:, None]], 1)
        return self(points, functional.pad(ys, (0, 1)))[:, -1]

    def matrices(self):
        return []


@dataclass(frozen=True)
class PlantedLibrary(Library):
    """Models by name: what each was pretrained on, and the learner that answers for it."""

    models: Mapping[str, tuple[Pretraining, Predictor]] = field(default_factory=dict)

    def cards(self) -> list[Card]:
        return [
            Card(name, spec, 0.0, "float32", 10 + position, "", ())
            for position, (name, (spec, _)) in enumerate(self.models.items())
        ]

    def find(self, key: str) -> Entry | None:
        return next(
            (Entry(Path(card.name), card) for card in self.cards() if key in (card.name, card.spec.hash)),
            None,
        )

    def load(self, entry: Entry) -> InContextNetwork:
        spec, predictor = self.models[entry.name]
        return Learner(predictor, spec.dimension)


@dataclass(frozen=True)
class Switched(Predictor):
    """One learner for the entries k where `first` is true of k, another for the rest."""

    early: Predictor
    late: Predictor
    first: Callable[[torch.Tensor], torch.Tensor]

    def predict_query(self, xs, ys, queries):
        early, late = (each.predict_query(xs, ys, queries) for each in (self.early, self.late))
        return torch.where(self.first(torch.arange(xs.shape[1])), early, late)


@pytest.fixture
def planted(tmp_path: Path) -> Callable[..., Library]:
    def make(**models: tuple[Pretraining, Predictor]) -> Library:
        named = {name.replace("_", "-"): model for name, model in models.items()}
        return PlantedLibrary(tmp_path, tmp_path, named)

    return make


@pytest.fixture
def switched() -> type[Switched]:
    return Switched
