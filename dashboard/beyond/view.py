"""What the page tests: a combination of the two families, or sinusoids of one frequency; and its view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.frame.url_state import Settings
from dashboard.frame.views import View
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.evaluation.family_sweep import (
    FamilySweep,
    combination,
    narrow_sinusoid,
    trained_range,
)
from icl_core.library.finding import Models, is_main, main_model
from icl_core.library.ladder import RECIPES, is_rung
from icl_core.specs import Evaluation, Experiment, FunctionClass, Pretraining, require

Parameter = Literal["alpha", "frequency"]
Picture = Literal["ladder", "sweep"]
PICTURES: tuple[Picture, ...] = ("ladder", "sweep")

ONE_FREQUENCY = 0.05  # a range narrower than this share of its top is one frequency
HIGHEST = 4.0
USUAL_PROMPTS = 1024  # with 128 a few of them decide the mean
PROMPTS = 24  # prompts that can be looked at one by one
SHOWN_PROMPT = 7  # of those with a plain slope and a plain wave one with a middling error

USUAL: Mapping[Parameter, tuple[str, ...]] = {
    "alpha": ("transformer", "bayes", "bayes_test"),
    "frequency": ("transformer", "wide", "bayes"),
}
"""The learners whose functions are drawn unless told otherwise."""

SWEPT: Mapping[Parameter, tuple[str, ...]] = {
    "alpha": ("transformer", "small", "large", "bayes", "bayes_test"),
    "frequency": ("transformer", "wide", "bayes"),
}
"""The learners of the sweep unless told otherwise."""


@dataclass(frozen=True)
class BeyondView(View):
    """The picture (None: the ladder on its rungs, the sweep elsewhere), pairs seen (None: half the trained
    length), which prompt is drawn, learners shown, the error's axis, whether the answer waits."""

    picture: Picture | None = None
    k: int | None = None
    prompt: int = SHOWN_PROMPT
    show: tuple[str, ...] = ()
    log: bool = True
    predict: bool = False

    def __post_init__(self) -> None:
        require(self.k is None or self.k >= 0, "k", self.k, "0 or more examples")
        require(0 <= self.prompt < PROMPTS, "prompt", self.prompt, "0 to {most}", most=PROMPTS - 1)


@dataclass(frozen=True)
class Scene:
    """The test functions as one value of a parameter."""

    parameter: Parameter
    value: float

    def function_class(self, pretraining: Pretraining) -> FunctionClass:
        if self.parameter == "alpha":
            return combination(pretraining.mixture, self.value)
        return narrow_sinusoid(self.value)


SCENES: Mapping[str, Scene] = {
    "line": Scene("alpha", 1.0),
    "sinusoid": Scene("alpha", 0.0),
    "half": Scene("alpha", 0.5),
    "inside": Scene("frequency", 1.0),
    "edge": Scene("frequency", 2.0),
    "outside": Scene("frequency", 3.0),
}
"""The page's pictures, from what pretraining had to what it had not."""

BeyondSettings = Settings[BeyondView]


def start(models: Models) -> Settings[BeyondView]:
    """What the bare URL shows: half a line and half a sinusoid, of one frequency where there is its model."""
    narrow = RECIPES["narrow"]
    return Settings(usual(narrow if narrow in models.values() else main_model(models)), BeyondView())


def picture(experiment: Experiment, view: BeyondView) -> Picture:
    """The picture that is shown: of a model that no rung is about, the sweep."""
    on_sum = current(experiment) == SCENES["half"]
    usual_one: Picture = "ladder" if on_sum and is_rung(experiment.pretraining) else "sweep"
    return view.picture or usual_one


def fitted(experiment: Experiment, default: Experiment) -> Experiment:
    """The experiment as this page shows it: without shift, with pretraining's noise, at the trained length.

    One that is not of this page's kind gives way to the default.
    """
    if not is_main(experiment.pretraining):
        return default
    scene = scene_of(experiment.evaluation.function_class)
    evaluation = experiment.evaluation
    plain = Experiment(
        experiment.pretraining,
        Evaluation(
            context_length=experiment.pretraining.context_length,
            prompts=evaluation.prompts,
            seed=evaluation.seed,
        ),
    )
    return with_scene(plain, scene or Scene("alpha", 0.5))


def scene_of(family: FunctionClass | None) -> Scene | None:
    """The scene of test functions; a family alone is an end of the combinations. None for any other."""
    if isinstance(family, Combination):
        return Scene("alpha", family.alpha)
    if isinstance(family, Dense):
        return Scene("alpha", 1.0)
    if isinstance(family, Sinusoid):
        narrow = family.high - family.low < ONE_FREQUENCY * family.high
        return Scene("frequency", family.high) if narrow else Scene("alpha", 0.0)
    return None


def with_scene(experiment: Experiment, scene: Scene) -> Experiment:
    """The same test on the scene's functions."""
    family = scene.function_class(experiment.pretraining)
    return replace(experiment, evaluation=replace(experiment.evaluation, function_class=family))


def current(experiment: Experiment) -> Scene:
    """The scene of an experiment that `fitted` gave."""
    scene = scene_of(experiment.evaluation.function_class)
    return scene or Scene("alpha", 0.5)


def sweep_of(experiment: Experiment) -> FamilySweep:
    """The sweep that the experiment's test is one value of."""
    evaluation = experiment.evaluation
    return FamilySweep(
        current(experiment).parameter,
        experiment.pretraining.data,
        evaluation.prompts,
        evaluation.seed,
    )


def read_out(experiment: Experiment, view: BeyondView) -> int:
    """The k that is read aloud: the one asked for, else half of the trained length."""
    length = experiment.pretraining.context_length
    return length // 2 if view.k is None else min(view.k, length)


def place(frequency: float, pretraining: Pretraining) -> Literal["inside", "edge", "outside"]:
    """Where a frequency lies with regard to those of pretraining; the edge is 5% wide on both sides."""
    low, high = trained_range(pretraining.mixture) or (0.0, 0.0)
    if any(abs(frequency - end) <= ONE_FREQUENCY * end for end in (low, high)):
        return "edge"
    return "inside" if low < frequency < high else "outside"


def usual(pretraining: Pretraining) -> Experiment:
    """A model on half a line and half a sinusoid, on the prompts that its picture ships with."""
    evaluation = Evaluation(context_length=pretraining.context_length, prompts=USUAL_PROMPTS)
    return with_scene(Experiment(pretraining, evaluation), SCENES["half"])
