"""A grid of models: a pretraining and the values that some of its fields take, in every combination."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

from icl_core.codec import distinct
from icl_core.specs import Pretraining, SpecError

MAX_MODELS = 10_000


@dataclass(frozen=True)
class GridPoint:
    """One model of a grid and the values that make it, by field."""

    values: dict[str, Any]
    spec: Pretraining


@dataclass(frozen=True)
class Grid:
    """`base` is a pretraining as JSON has it; an axis is a dotted path into it, with the values it takes."""

    base: dict[str, Any]
    axes: dict[str, list[Any]]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From {"base": PRETRAINING, "axes": {"seed": [0, 1], "mixture.components.0.weight": [...], ...}}.

        Raises SpecError for anything else, or for more than MAX_MODELS models.
        """
        try:
            data = json.loads(text, object_pairs_hook=distinct)
        except ValueError as error:
            raise SpecError("grid", text, "valid JSON ({error})", error=error) from None
        if not isinstance(data, dict) or data.keys() - {"base", "axes"} or "axes" not in data:
            raise SpecError("grid", data, 'an object with "axes", and "base" where fields are not at default')
        base, axes = data.get("base", {}), data["axes"]
        Pretraining.from_dict(base, "base")
        if not isinstance(axes, dict) or not axes:
            raise SpecError("axes", axes, "one field or more, each with a list of values")
        for path, values in axes.items():
            if not isinstance(values, list) or not values:
                raise SpecError(f"axes.{path}", values, "a list of one value or more")
            told_apart = [json.dumps(value, sort_keys=True) for value in values]
            if len(set(told_apart)) < len(values):
                raise SpecError(f"axes.{path}", values, "a list that names no value twice")
        models = math.prod(len(values) for values in axes.values())
        if models > MAX_MODELS:
            raise SpecError("axes", models, "at most {most:,} models", most=MAX_MODELS)
        return cls(base, axes)

    def points(self) -> Iterator[GridPoint]:
        """Every model of the grid, the last axis fastest. Raises SpecError for values that make no sense."""
        for values in product(*self.axes.values()):
            chosen = dict(zip(self.axes, values, strict=True))
            data = copy.deepcopy(self.base)
            for path, value in chosen.items():
                _put(data, path, value)
            yield GridPoint(chosen, Pretraining.from_dict(data))


def _put(data: Any, path: str, value: Any) -> None:
    """Sets the field at the dotted path; objects that the base leaves out are made on the way."""
    *parents, last = path.split(".")
    for name in parents:
        data = (
            data[_place(data, name, path)]
            if isinstance(data, list)
            else _field(data, path).setdefault(name, {})
        )
    if isinstance(data, list):
        data[_place(data, last, path)] = value
    else:
        _field(data, path)[last] = value


def _field(data: Any, path: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise SpecError("axes", path, "dotted paths of a pretraining's fields")
    return data


def _place(data: list[Any], name: str, path: str) -> int:
    if not name.isdecimal() or int(name) >= len(data):
        raise SpecError(
            "axes",
            path,
            "a path whose {name!r} is a position in the base's list of {count}",
            name=name,
            count=len(data),
        )
    return int(name)
