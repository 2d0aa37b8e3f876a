"""Short links: a library model goes by its name in a URL, any other by its whole spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from icl_core.library.start import start
from icl_core.specs import Evaluation, Experiment, Pretraining, Spec, SpecError

MODEL, PRETRAINING, EVALUATION = "model", "pretraining", "evaluation"


def to_query(experiment: Experiment, models: Mapping[str, Pretraining]) -> dict[str, str]:
    """The experiment as URL parameters, its pretraining always named; `models` are the library's by name."""
    query = experiment.to_query()
    for name, spec in models.items():
        if spec == experiment.pretraining:
            return {MODEL: name, **{key: value for key, value in query.items() if not _of_model(key)}}
    return query if any(map(_of_model, query)) else {PRETRAINING: "default", **query}


def from_query(
    query: Mapping[str, str], models: Mapping[str, Pretraining], default: Experiment | None = None
) -> Experiment:
    """Inverse of `to_query`; words that only a page's view uses are passed over.

    A link that names no pretraining is about `default`, or what Explore shows first. Raises SpecError for an
    unknown model or field, or a senseless value.
    """
    spec = {name: value for name, value in query.items() if _of_spec(name)}
    if not any(map(_of_model, spec)):
        given = {_field(name) for name in spec}
        usual = to_query(default or start(models), models)
        spec = {name: value for name, value in usual.items() if _field(name) not in given} | spec
    name = spec.pop(MODEL, None)
    if name is None:
        return Experiment.from_query(spec)
    if name not in models:
        raise SpecError(
            MODEL, name, "one of the library's models: {names}", names=", ".join(sorted(models)) or "none yet"
        )
    clash = next((key for key in spec if _of_model(key)), None)
    if clash:
        raise SpecError(clash, spec[clash], "left out where a model is named")
    return Experiment(models[name], _Tested.from_query(spec).evaluation)


@dataclass(frozen=True)
class _Tested(Spec):
    """What is left of an experiment's query where a name stands for the model.

    Read alone: whether it fits is for the named model to say, not for the default one.
    """

    evaluation: Evaluation = field(default_factory=Evaluation)


def _of_spec(name: str) -> bool:
    """Whether a parameter says what is shown; the words of a page's view, how it is drawn, have no dots."""
    return name in (MODEL, PRETRAINING, EVALUATION) or "." in name


def _of_model(name: str) -> bool:
    return name.partition(".")[0] in (MODEL, PRETRAINING)


def _field(name: str) -> str:
    """'evaluation.shift' for 'evaluation.shift.magnitude': the part of a parameter that is replaced whole."""
    return ".".join(name.split(".")[:2])
