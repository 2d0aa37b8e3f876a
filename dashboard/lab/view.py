"""The prompt lab's state: the points, where they came from, and what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.frame.url_state import Settings
from dashboard.frame.views import View
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.evaluation.prompt_functions import Prompt, drawn_prompt
from icl_core.library.finding import is_main
from icl_core.specs import Evaluation, Experiment, FunctionClass, Pretraining, SpecError, require

Array = NDArray[np.float64]
Source = Literal["line", "sinusoid", "sum", "fast", "own"]

SOURCES: tuple[Source, ...] = ("line", "sinusoid", "sum", "fast")
MOST_POINTS = 40
MOST_QUERIES = 20
REACH_X, REACH_Y = 10.0, 20.0
DECIMALS = 3
FAST = 1.5  # times the highest trained frequency
NOISES = (0.01, 0.03, 0.1, 0.3)


@dataclass(frozen=True)
class LabView(View):
    """Points `x`, `y` (none: as drawn), the family and number of the draw they began with, the noise sd that
    the Bayes learners assume, whether the answer is hidden until asked for, and inputs `query` at which it is
    also given in numbers.

    A `source` of 'own' has no true function.
    """

    source: Source = "sinusoid"
    draw: int = 0
    count: int = 6
    x: tuple[float, ...] | None = None
    y: tuple[float, ...] | None = None
    noise: float = 0.1
    predict: bool = False
    asked: bool = False
    query: tuple[float, ...] = ()
    show: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(0 <= self.draw < 2**31, "draw", self.draw, "0 to 2^31 - 1")
        require(0 <= self.count <= MOST_POINTS, "count", self.count, "0 to {most} points", most=MOST_POINTS)
        require(0.001 <= self.noise <= 3, "noise", self.noise, "0.001 to 3")
        count, far = len(self.query), max(map(abs, self.query), default=0.0)
        require(count <= MOST_QUERIES, "query", count, "0 to {most}", most=MOST_QUERIES)
        require(far <= REACH_X, "query", far, "within ±{reach:g}", reach=REACH_X)
        given = (self.x is None, self.y is None)
        require(given[0] == given[1], "y", self.y, "as many numbers as x has")
        if self.x is not None and self.y is not None:
            require(
                len(self.x) == len(self.y),
                "y",
                self.y,
                "{count} numbers, one for each of x",
                count=len(self.x),
            )
            require(len(self.x) <= MOST_POINTS, "x", self.x, "at most {most} points", most=MOST_POINTS)
            require(
                all(abs(value) <= REACH_X for value in self.x),
                "x",
                self.x,
                "within ±{reach:g}",
                reach=REACH_X,
            )
            require(
                all(abs(value) <= REACH_Y for value in self.y),
                "y",
                self.y,
                "within ±{reach:g}",
                reach=REACH_Y,
            )
        require(self.source != "own" or self.x is not None, "source", self.source, "a family to draw from")

    @property
    def hidden(self) -> bool:
        """Whether the learners' answers wait to be asked for."""
        return self.predict and not self.asked


LabSettings = Settings[LabView]


class Points(NamedTuple):
    """The prompt's pairs in their order."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def with_point(self, x: float, y: float) -> Points:
        """One more at the end. Raises SpecError where there is no room."""
        require(len(self.xs) < MOST_POINTS, "x", len(self.xs) + 1, "at most {most} points", most=MOST_POINTS)
        return Points((*self.xs, round(x, DECIMALS)), (*self.ys, round(y, DECIMALS)))


def fitted(experiment: Experiment, default: Experiment) -> Pretraining:
    """The model of an experiment, where this page can show it; else the default one."""
    fits = is_main(experiment.pretraining)
    return experiment.pretraining if fits else default.pretraining


def family_of(source: Source, pretraining: Pretraining) -> FunctionClass:
    """The family that a prompt is drawn from. Raises SpecError for points of one's own."""
    line, sinusoid = pretraining.mixture.families
    assert isinstance(line, Dense)
    assert isinstance(sinusoid, Sinusoid)
    families: dict[str, FunctionClass] = {
        "line": line,
        "sinusoid": sinusoid,
        "sum": Combination(line, sinusoid, 0.5),
        "fast": Sinusoid(0.999 * FAST * sinusoid.high, FAST * sinusoid.high),
    }
    if source not in families:
        raise SpecError("source", source, "one of {names}", names=", ".join(families))
    return families[source]


def sampled(view: LabView, pretraining: Pretraining, grid: Array) -> Prompt:
    """The prompt that the view's draw gives, with its true function on the grid."""
    evaluation = Evaluation(
        function_class=family_of(view.source, pretraining),
        context_length=max(1, view.count),
        seed=view.draw,
    )
    drawn = drawn_prompt(Experiment(pretraining, evaluation), 0, grid)
    return Prompt(drawn.xs[: view.count], drawn.ys[: view.count], drawn.truth)


def prompt_of(view: LabView, pretraining: Pretraining, grid: Array) -> Prompt:
    """The points as they stand, and the function they began with, where they began with one."""
    truth = None if view.source == "own" else sampled(view, pretraining, grid)
    if view.x is None or view.y is None:
        assert truth is not None  # the view's own check
        return truth
    xs, ys = np.array(view.x, dtype=np.float64), np.array(view.y, dtype=np.float64)
    return Prompt(xs, ys, None if truth is None else truth.truth)


def with_points(settings: LabSettings, points: Points) -> LabSettings:
    """The view with these points; a new answer has to be asked for anew."""
    view = replace(settings.view, x=points.xs, y=points.ys, asked=False)
    return replace(settings, view=view)
