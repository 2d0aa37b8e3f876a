"""The methods that learning curves compare: what menus, strokes and the evaluation need to know of each.

A method is declared in the file of its predictor; importing `icl_core.predictors` registers all of them. Its
name stands in links, files and JSON, and under `method.NAME` in the catalogues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icl_core.look import Look

if TYPE_CHECKING:
    from icl_core.predictors import Predictor
    from icl_core.specs import Experiment


def never(experiment: Experiment) -> bool:
    """False for every experiment."""
    return False


@dataclass(frozen=True)
class Method:
    """A line of a learning curve.

    `build` makes its predictor for an experiment, None where the method does not exist there; models,
    `trained` or in closed form, come without. `place` orders methods as readers meet them, later ones drawn
    underneath; `usual` ones are shown unless others are asked for. `look` is the line that it asks for, else
    one of the palette's cycle. `exact`: drawn as its exact risk where there is one; not `measured`: known by
    its formula alone. `unregularised` says of an experiment whether the method fits every label there, as
    least squares does, and so shares its infinite means.
    """

    name: str
    build: Callable[[Experiment], Predictor | None] | None = None
    place: int = 95
    usual: bool = False
    look: Look | None = None
    trained: bool = False
    exact: bool = False
    measured: bool = True
    unregularised: Callable[[Experiment], bool] = never

    def built(self, experiment: Experiment) -> Predictor | None:
        """The predictor for an experiment; None where there is none, and for models."""
        return None if self.build is None else self.build(experiment)


REGISTERED: dict[str, Method] = {}


def register(*methods: Method) -> None:
    """Makes methods known. Raises ValueError for a name that is taken."""
    for method in methods:
        if REGISTERED.get(method.name, method) is not method:
            raise ValueError(f"The method {method.name!r} is declared twice: give one of them another name.")
        REGISTERED[method.name] = method


def methods() -> list[Method]:
    """All methods in reading order."""
    return sorted(REGISTERED.values(), key=lambda method: method.place)


def measured_methods() -> tuple[str, ...]:
    """Names of the methods that are measured on prompts, in reading order.

    Kept curves depend on them: a predictor that is added must not be missing in what was measured before.
    """
    return tuple(method.name for method in methods() if method.measured)
