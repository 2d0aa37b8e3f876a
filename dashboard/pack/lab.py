"""What the Prompt lab of a pack needs of the app's: its figure, its prompts, its settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.frame.exports import Offline
from dashboard.frame.shown import Shown
from dashboard.frame.site import plain_figure, shared, single_file, standalone
from dashboard.lab.numbers import lab_grid
from dashboard.lab.picture import LEAST_REACH
from dashboard.lab.view import DECIMALS, MOST_POINTS, NOISES, SOURCES, LabView, sampled
from dashboard.lab.words import CLEAR
from dashboard.pack.models import PackedModel, packed_models
from dashboard.pack.weights import model_script
from icl_core.evaluation.prompt_functions import Prompt, PromptFunctions, input_range
from icl_core.figures import ThemeName
from icl_core.figures.prompt_function import Canvas, PromptLabels, prompt_figure
from icl_core.library import Library
from icl_core.specs import Pretraining

LEARNERS = ("transformer", "ols", "sinusoid_fit", "bayes")
STROKES = ("guess", *LEARNERS)
DRAWS = 8  # prompts of each source
THEMES: tuple[ThemeName, ...] = ("light", "dark")


NETWORK = ("transformer.js", "models.js", "learners.js")
"""Scripts that a page of the lab loads before `LAB`."""


def offline(pretraining: Pretraining, library: Library) -> Offline:
    """How the lab is written as one file: with its transformer where there is one, else as a picture."""
    entry = library.find(pretraining.hash)
    if entry is None or entry.card is None:
        return single_file

    def written(shown: Shown, app: str, language: str) -> str:
        (model,) = packed_models(library, [entry.name]).values()
        return lab_file(model, shown, app, language)

    return written


def lab_file(model: PackedModel, shown: Shown, app: str, language: str) -> str:
    """The Prompt lab as one HTML file that goes on from what the page shows, its transformer within."""
    state = {**dict(shown.query), "model": model.name, "lang": language}
    drawn = int(state.get("draw", LabView().draw))
    before, after = ("texts.js", "page.js", "plotly.js", *NETWORK), ("lab.js", "lab-page.js")
    scripts = [
        *(shared()[name] for name in before),
        lab_script({model.name: model}, first=drawn),
        model_script(model),
        *(shared()[name] for name in after),
    ]
    return standalone(scripts, app=app, models=[model.name], state=state)


def lab_script(models: Mapping[str, PackedModel], first: int = 0) -> str:
    """`LAB`: the settings that pages share, and for each model its figure and its prompts.

    These are `DRAWS` from each source, from the draw of number `first` on.
    """
    view = LabView()
    data = {
        "learners": LEARNERS,
        "names": list(models),
        "source": view.source,
        "count": view.count,
        "noise": view.noise,
        "noises": NOISES,
        "most": MOST_POINTS,
        "decimals": DECIMALS,
        "clear": CLEAR,
        "models": {name: _of_model(model.card.spec, first) for name, model in models.items()},
    }
    return f'"use strict";\nconst LAB = {json.dumps(data, separators=(",", ":"), allow_nan=False)};\n'


def _of_model(spec: Pretraining, first: int) -> dict[str, Any]:
    grid = lab_grid(spec)
    return {
        "grid": grid.tolist(),
        "trained": input_range(spec),
        "reach": LEAST_REACH,
        "figures": {theme: _figure(spec, theme) for theme in THEMES},
        "prompts": {
            source: {
                draw: _prompt(
                    sampled(replace(LabView(), source=source, draw=draw, count=MOST_POINTS), spec, grid)
                )
                for draw in range(first, first + DRAWS)
            }
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
        {name: nothing[None] for name in STROKES},
        np.zeros((1, 2)),
    )
    names: dict[str, str] = {name: "" for name in STROKES}
    labels = PromptLabels(names, truth="", seen="", coming="", input="x", output="y", shade="-")
    low, high = input_range(spec)
    canvas = Canvas(float(grid[0]), float(grid[-1]), -LEAST_REACH, LEAST_REACH, trained=(low, high))
    figure = prompt_figure(drawn, labels, canvas, k=0, shown=STROKES, theme=theme)
    data = plain_figure(figure)
    return {
        "data": [{key: value for key, value in trace.items() if key not in "xy"} for trace in data["data"]],
        "layout": {key: value for key, value in data["layout"].items() if key != "template"},
    }
