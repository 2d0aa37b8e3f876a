"""Which models the Library page shows: filters and the model whose training is played, all in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.frame.url_state import UrlState
from dashboard.frame.views import View
from icl_core.library import Entry, LibraryError
from icl_core.specs import MAX_DIMENSION, FunctionClass, require

Status = Literal["any", "meets", "misses", "ungraded", "damaged"]
STATUSES: tuple[Status, ...] = ("any", "meets", "misses", "ungraded", "damaged")


@dataclass(frozen=True)
class LibraryView(View):
    """Filters by number of inputs (None: any), kind of family ('': any) and status; the model whose training
    is played ('': the first)."""

    inputs: int | None = None
    family: str = ""
    status: Status = "any"
    played: str = ""

    def __post_init__(self) -> None:
        kinds = sorted(FunctionClass.kinds)
        require(self.family in ("", *kinds), "family", self.family, "one of {names}", names=", ".join(kinds))
        fits = self.inputs is None or 1 <= self.inputs <= MAX_DIMENSION
        require(fits, "inputs", self.inputs, "1 to {most}", most=MAX_DIMENSION)


@dataclass(frozen=True)
class Shelved:
    """A library entry with what is wrong with it; None where nothing is."""

    entry: Entry
    fault: LibraryError | None

    @property
    def status(self) -> Status:
        card = self.entry.card
        if self.fault or card is None:
            return "damaged"
        if card.meets_limits is None:
            return "ungraded"
        return "meets" if card.meets_limits else "misses"


def filtered(models: Sequence[Shelved], view: LibraryView) -> list[Shelved]:
    """The models that pass every filter. A damaged card, whose data is unknown, passes where any will do."""
    return [model for model in models if _passes(model, view)]


def playable(models: Sequence[Shelved]) -> list[Shelved]:
    """Models whose card holds checkpoints of the learning curve."""
    return [model for model in models if model.entry.card is not None and model.entry.card.history]


def asked_for(state: UrlState[LibraryView]) -> str:
    """The name of the model that the link asks for, to be played or as the experiment's own; '' for none."""
    pretraining = state.experiment.pretraining
    of_experiment = "" if state.experiment == state.default.experiment else pretraining.hash
    names = {spec.hash: name for name, spec in state.models.items()}
    return state.view.played or names.get(of_experiment, "")


def played(models: Sequence[Shelved], asked: str) -> Shelved | None:
    """The model whose training is shown: the one asked for where it is among `models`, else the first."""
    candidates = playable(models)
    found = (model for model in candidates if model.entry.name == asked)
    return next(found, candidates[0] if candidates else None)


def _passes(model: Shelved, view: LibraryView) -> bool:
    if view.status not in ("any", model.status):
        return False
    card = model.entry.card
    if card is None:
        return view.inputs is None and not view.family
    kinds = {family.kind for family in card.spec.mixture.families}
    return view.inputs in (None, card.spec.dimension) and (not view.family or view.family in kinds)
