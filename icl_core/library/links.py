"""Short links: a library model goes by its name in a URL, any other by its whole spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from icl_core.specs import Evaluation, Experiment, Pretraining, Spec, SpecError

MODEL = "model"
PRETRAINING = "pretraining."
VIEW = frozenset({"k", "log", "show", "lang", "present", "hide"})  # how Explore draws, not what


def to_query(experiment: Experiment, models: Mapping[str, Pretraining]) -> dict[str, str]:
    """The experiment as URL parameters; `models` are the library's specs by name."""
    query = experiment.to_query()
    for name, spec in models.items():
        if spec == experiment.pretraining:
            rest = {key: value for key, value in query.items() if not key.startswith(PRETRAINING)}
            return {MODEL: name, **rest}
    return query


def from_query(query: Mapping[str, str], models: Mapping[str, Pretraining]) -> Experiment:
    """Inverse of `to_query`; a page's view parameters are passed over.

    Raises SpecError for an unknown model or parameter, or a senseless value.
    """
    spec = {name: value for name, value in query.items() if name not in VIEW}
    name = spec.pop(MODEL, None)
    if name is None:
        return Experiment.from_query(spec)
    if name not in models:
        raise SpecError(
            MODEL, name, f"one of the library's models: {', '.join(sorted(models)) or 'none yet'}"
        )
    clash = next((key for key in spec if key.startswith(PRETRAINING)), None)
    if clash:
        raise SpecError(clash, spec[clash], "left out where a model is named")
    return Experiment(models[name], _Tested.from_query(spec).evaluation)


@dataclass(frozen=True)
class _Tested(Spec):
    """What is left of an experiment's query where a name stands for the model.

    Read alone: whether it fits is for the named model to say, not for the default one.
    """

    evaluation: Evaluation = field(default_factory=Evaluation)
