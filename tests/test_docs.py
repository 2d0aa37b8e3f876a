import json
from dataclasses import fields
from pathlib import Path

import pytest

from icl_core.specs import (
    Covariance,
    Evaluation,
    Experiment,
    FunctionClass,
    Kind,
    Mixture,
    Model,
    Pretraining,
    Recipe,
    Shift,
    Spec,
)

SPECS = Path(__file__).parents[1] / "docs" / "specs"
TYPES: dict[str, type[Spec]] = {
    "covariance": Covariance,
    "evaluation": Evaluation,
    "experiment": Experiment,
    "function_class": FunctionClass,
    "mixture": Mixture,
    "model": Model,
    "pretraining": Pretraining,
    "recipe": Recipe,
    "shift": Shift,
}


def complete(value: object) -> object:
    """A spec as JSON with every field, defaults too."""
    if isinstance(value, Spec):
        kind = {"kind": value.kind} if isinstance(value, Kind) else {}
        return kind | {item.name: complete(getattr(value, item.name)) for item in fields(value)}
    return [complete(entry) for entry in value] if isinstance(value, tuple) else value


def test_every_example_is_known_here_and_in_the_table() -> None:
    assert {path.stem for path in SPECS.glob("*.json")} == TYPES.keys()
    table = (SPECS / "README.md").read_text()
    assert all(f"`{name}.json`" in table for name in TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_examples_are_complete_and_survive_json_and_url(name: str) -> None:
    text = (SPECS / f"{name}.json").read_text()
    spec = TYPES[name].from_json(text)
    assert complete(spec) == json.loads(text)
    assert TYPES[name].from_json(spec.to_json()) == spec
    if not isinstance(spec, Kind):
        assert TYPES[name].from_query(spec.to_query()) == spec
