"""What the Prompt lab of a pack needs of the app's: its figure, its prompts, its settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.frame.site import plain_figure
from dashboard.lab.numbers import lab_grid
from dashboard.lab.picture import LEAST_REACH
from dashboard.lab.view import DECIMALS, MOST_POINTS, NOISES, SOURCES, LabView, sampled
from dashboard.lab.words import CLEAR
from dashboard.pack.models import PackedModel
from icl_core.evaluation.prompt_functions import Prompt, PromptFunctions, input_range
from icl_core.figures import ThemeName
from icl_core.figures.prompt_function import Canvas, PromptLabels, prompt_figure
from icl_core.specs import Pretraining

LEARNERS = ("guess", "transformer", "ols", "sinusoid_fit", "bayes")
DRAWS = 8  # prompts of each source
THEMES: tuple[ThemeName, ...] = ("light", "dark")


def lab_script(models: Mapping[str, PackedModel]) -> str:
    """`LAB`: the settings that pages share, and for each model its figure and its prompts."""
    view = LabView()
    data = {
        "names": list(models),
        "source": view.source,
        "count": view.count,
        "noise": view.noise,
        "noises": NOISES,
        "most": MOST_POINTS,
        "decimals": DECIMALS,
        "clear": CLEAR,
        "models": {name: _of_model(model.card.spec) for name, model in models.items()},
    }
    return f'"use strict";\nconst LAB = {json.dumps(data, separators=(",", ":"), allow_nan=False)};\n'


def _of_model(spec: Pretraining) -> dict[str, Any]:
    grid = lab_grid(spec)
    return {
        "grid": grid.tolist(),
        "trained": input_range(spec),
        "reach": LEAST_REACH,
        "figures": {theme: _figure(spec, theme) for theme in THEMES},
        "prompts": {
            source: [
                _prompt(sampled(replace(LabView(), source=source, draw=draw, count=MOST_POINTS), spec, grid))
                for draw in range(DRAWS)
            ]
            for source in SOURCES
        },
    }


def _prompt(prompt: Prompt) -> dict[str, list[float]]:
    assert prompt.truth is not None  # drawn from a family
    parts = {"xs": prompt.xs, "ys": prompt.ys, "truth": prompt.truth}
    return {name: np.round(values, DECIMALS).tolist() for name, values in parts.items()}


def _figure(spec: Pretraining, theme: ThemeName) -> dict[str, Any]:
    """The lab's figure with every learner's stroke and without numbers."""
    grid = lab_grid(spec)
    nothing = np.zeros(len(grid))
    drawn = PromptFunctions(
        grid,
        Prompt(np.zeros(0), np.zeros(0), nothing),
        {name: nothing[None] for name in LEARNERS},
        np.zeros((1, 2)),
    )
    names: dict[str, str] = {name: "" for name in LEARNERS}
    labels = PromptLabels(names, truth="", seen="", coming="", input="x", output="y", shade="-")
    low, high = input_range(spec)
    canvas = Canvas(float(grid[0]), float(grid[-1]), -LEAST_REACH, LEAST_REACH, trained=(low, high))
    figure = prompt_figure(drawn, labels, canvas, k=0, shown=LEARNERS, theme=theme)
    data = plain_figure(figure)
    return {
        "data": [{key: value for key, value in trace.items() if key not in "xy"} for trace in data["data"]],
        "layout": {key: value for key, value in data["layout"].items() if key != "template"},
    }
