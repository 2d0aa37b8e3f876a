"""The lab's sentences, computed from its numbers."""

from __future__ import annotations

from dashboard.frame.texts import joined, t
from dashboard.lab.numbers import Answer
from dashboard.lab.view import LabView
from dashboard.say.amounts import error
from dashboard.say.describe import pretraining_data
from dashboard.say.provenance import described
from icl_core.evaluation.prompt_functions import function_distance, input_range
from icl_core.library import Card
from icl_core.specs import Pretraining

CLEAR = 0.5  # the transformer sides with a fit that is nearer than this share of the other's distance


def title(answer: Answer, view: LabView, pretraining: Pretraining) -> str:
    """Which of the two fits the transformer sides with."""
    count = len(answer.functions.prompt.xs)
    if count == 0:
        return t("lab.title.empty")
    if view.hidden:
        return t("lab.title.hidden")
    gaps = gaps_of(answer, pretraining)
    if not gaps:
        return t("lab.title.waiting")
    return t(f"lab.title.{side(gaps)}", count=_count(count))


def reading(answer: Answer, view: LabView, pretraining: Pretraining) -> str:
    """The posterior and the transformer's distances read aloud."""
    count = len(answer.functions.prompt.xs)
    if count == 0:
        return t("lab.reading.empty")
    if view.hidden:
        return t("lab.reading.hidden", count=_count(count))
    shares = {f"{kind}": f"{100 * share:.0f}%" for kind, share in answer.posterior.items()}
    text = t("lab.reading.posterior", count=_count(count), **shares)
    gaps = gaps_of(answer, pretraining)
    if not gaps:
        return text
    distances = t("lab.reading.gaps", **{name: error(gap) for name, gap in gaps.items()})
    return joined("sentences", (text, distances))


def gaps_of(answer: Answer, pretraining: Pretraining) -> dict[str, float]:
    """Distance of the transformer's function to each other learner's; empty without a transformer."""
    model = answer.at_end("transformer")
    if model is None:
        return {}
    others = {name: answer.at_end(name) for name in ("ols", "sinusoid_fit", "bayes")}
    return {
        name: function_distance(model, other, answer.functions.grid, input_range(pretraining))
        for name, other in others.items()
        if other is not None
    }


def side(gaps: dict[str, float]) -> str:
    """'line' or 'sinusoid', whose fit is clearly nearer, else 'between'."""
    line, sinusoid = gaps["ols"], gaps["sinusoid_fit"]
    if line < CLEAR * sinusoid:
        return "line"
    if sinusoid < CLEAR * line:
        return "sinusoid"
    return "between"


def provenance(view: LabView, pretraining: Pretraining, card: Card | None) -> str:
    """Model, data, the Bayes learners' assumption, and whose setting it is."""
    model = t("beyond.no_model", hash=pretraining.hash) if card is None else described(card)
    low, high = input_range(pretraining)
    trained = t("lab.pretrained", data=pretraining_data(pretraining), low=low, high=high)
    numbers = t("lab.numbers", noise=view.noise)
    return " · ".join((model, trained, numbers))


def _count(count: int) -> str:
    return t("lab.one_point") if count == 1 else t("lab.points", count=count)
