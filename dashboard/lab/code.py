"""What can be taken away of the Prompt lab: the prompt with every learner's function, and code for them."""

from __future__ import annotations

import json

from dashboard.lab.numbers import GRID_POINTS, Answer
from dashboard.lab.view import LabView
from icl_core.specs import Pretraining

CODE = """\
import numpy as np

from icl_core.evaluation.prompt_functions import Prompt, prompt_functions
from icl_core.evaluation.suite import bayes_mixture
from icl_core.library import default_library
from icl_core.predictors import LeastSquares, Network
from icl_core.specs import Mixture

library = default_library()
entry = library.find("{model}")
spec, noise_variance = entry.card.spec, {noise:g} ** 2
prompt = Prompt(np.array({xs}), np.array({ys}))

learned = {{"transformer": Network(library.load(entry)), "ols": LeastSquares()}}
mixture = bayes_mixture(spec, spec.mixture, noise_variance)
sinusoids = Mixture.of(spec.mixture.families[1])
ideal = {{"bayes": mixture, "sinusoid_fit": bayes_mixture(spec, sinusoids, noise_variance)}}

grid = np.linspace({low:g}, {high:g}, {points})
answer = prompt_functions(prompt, grid, learned, ideal, mixture)
print("P(line), P(sinusoid):", answer.posterior[-1])
for name, functions in answer.functions.items():
    print(name, functions[-1].round(4))
"""


def exported(answer: Answer, pretraining: Pretraining, view: LabView) -> str:
    """The prompt and the functions after all its points, as JSON."""
    drawn = answer.functions
    data = {
        "model_hash": pretraining.hash,
        "bayes_noise_sd": view.noise,
        "xs": drawn.prompt.xs.tolist(),
        "ys": drawn.prompt.ys.tolist(),
        "grid": drawn.grid.tolist(),
        "functions": {name: rows[-1].tolist() for name, rows in drawn.functions.items()},
        "posterior": answer.posterior,
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def python_code(answer: Answer, pretraining: Pretraining, view: LabView) -> str:
    """The script that computes the functions again; '' where the library lacks their model."""
    if "transformer" not in answer.functions.functions:
        return ""
    grid, prompt = answer.functions.grid, answer.functions.prompt
    return CODE.format(
        model=pretraining.hash,
        noise=view.noise,
        xs=prompt.xs.tolist(),
        ys=prompt.ys.tolist(),
        low=grid[0],
        high=grid[-1],
        points=GRID_POINTS,
    )
