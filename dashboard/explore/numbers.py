"""Learning curves for pages: computed or read once for all viewers, and what could not be had."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.explore import presets
from dashboard.frame.shared import answer
from dashboard.frame.texts import said, t
from dashboard.frame.url_state import UrlState
from dashboard.frame.views import CurveView, Unit
from dashboard.lecture.asked import experiments
from dashboard.say.describe import is_shifted
from dashboard.say.units import in_unit
from icl_core.evaluation import LearningCurves
from icl_core.library import Card, Library, LibraryError
from icl_core.library.finding import closed_form, is_closed_form
from icl_core.library.questions import Curves
from icl_core.library.start import start
from icl_core.specs import Experiment, Pretraining


@dataclass(frozen=True)
class Outcome:
    """The curves of an experiment, the same without its shift (None: there is none), and the model's card.

    `lacks_model`: a trained model was asked for, and the library does not have it. `faults` are sentences
    about what is damaged, or refuses these prompts.
    """

    curves: LearningCurves
    unshifted: LearningCurves | None
    card: Card | None
    lacks_model: bool
    faults: tuple[str, ...] = ()

    @property
    def known_by(self) -> tuple[str, ...]:
        """What determines the numbers: the experiment, and the weights of its model."""
        return self.curves.experiment.hash, self.card.weights_sha256 if self.card else ""


def explored(experiment: Experiment, library: Library, unit: Unit = "unshifted") -> Outcome:
    """The experiment with the library's model, in this unit; where the model is missing or damaged, without a
    trained model."""
    try:
        card = card_of(experiment.pretraining, library)
        return _outcome(experiment, library, card, unit)
    except LibraryError as error:
        formula = replace(experiment, pretraining=closed_form(experiment.pretraining))
        found = _outcome(formula, library, None, unit)
        return replace(found, lacks_model=True, faults=(said(error), *found.faults))


def pinned(state: UrlState[CurveView], library: Library) -> Outcome | None:
    """What is pinned, in the unit of what is shown; None where nothing is."""
    kept = state.pinned
    return None if kept is None else explored(kept.experiment, library, state.view.unit)


def card_of(pretraining: Pretraining, library: Library) -> Card | None:
    """The card of the library's model with exactly this spec."""
    entry = library.find(pretraining.hash)
    return entry.card if entry else None


def first_asked(library: Library) -> list[Curves]:
    """What the bare page, presets and scenes of lectures draw, and each of them before its shift."""
    models = library.specs()
    shown = [start(models)]
    shown += [settings.experiment for settings in presets.available(models).values()]
    shown += experiments("explore", library)
    asked = dict.fromkeys([*shown, *(each.unshifted for each in shown)])
    return [Curves(experiment) for experiment in asked]


def _outcome(experiment: Experiment, library: Library, card: Card | None, unit: Unit) -> Outcome:
    curves, before = in_unit(answer(Curves(experiment), library), unit), None
    if is_shifted(experiment):
        before = answer(Curves(experiment.unshifted), library)
    lacks_model = card is None and not is_closed_form(experiment.pretraining)
    refused = tuple(
        t("remark.method_refused", name=t(f"method.{name}"), reason=reason)
        for name, reason in curves.refused.items()
    )
    return Outcome(curves, before, card, lacks_model, refused)
