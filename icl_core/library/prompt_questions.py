"""A question about one prompt: how a network's function of it grows with its pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from icl_core.evaluation.prompt_functions import Prompt, drawn_prompt, in_context_functions, input_grid
from icl_core.library.kept import Question
from icl_core.library.store import Library, load_once
from icl_core.predictors import Network
from icl_core.specs import Experiment

Array = NDArray[np.float64]

DECIMALS = 4  # of what is stored: far finer than a pixel


@dataclass(frozen=True, eq=False)
class Growth:
    """A network's function on `grid` [G]: row k of `values` [N + 1, G] is the one after k pairs."""

    grid: Array
    prompt: Prompt
    values: Array


@dataclass(frozen=True)
class GrowingFunction(Question[Growth]):
    """What the library's model of an experiment of one input makes of one of its test prompts."""

    folder: ClassVar[str] = "growth"

    experiment: Experiment
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.experiment.pretraining.hash}-{self.experiment.evaluation.hash}-{self.number}"

    def key(self, library: Library) -> dict[str, str]:
        return {"weights_sha256": library.weights(self.experiment.pretraining.hash)}

    def compute(self, library: Library) -> Growth:
        """Raises LibraryError where the library has no such model, or a damaged one."""
        pretraining = self.experiment.pretraining
        network = Network(load_once(library, library.present(pretraining.hash)))
        grid = input_grid(pretraining)
        prompt = drawn_prompt(self.experiment, self.number, grid)
        xs, ys = torch.from_numpy(prompt.xs)[:, None], torch.from_numpy(prompt.ys)
        return Growth(grid, prompt, in_context_functions(network, xs, ys, torch.from_numpy(grid)).numpy())

    def encode(self, found: Growth) -> dict[str, Any]:
        prompt = found.prompt
        assert prompt.truth is not None  # drawn from a family
        parts = {"grid": found.grid, "xs": prompt.xs, "ys": prompt.ys, "truth": prompt.truth}
        arrays = {name: part.round(DECIMALS).tolist() for name, part in parts.items()}
        return {"spec": self.experiment.to_dict(), **arrays, "values": found.values.round(DECIMALS).tolist()}

    def decode(self, data: Mapping[str, Any]) -> Growth:
        """Raises ValueError where the numbers are of another experiment or do not fit together."""
        grid, xs, ys, truth, values = (
            np.array(data[name], dtype=np.float64) for name in ("grid", "xs", "ys", "truth", "values")
        )
        fits = xs.shape == ys.shape and values.shape == (len(xs) + 1, len(grid)) and truth.shape == grid.shape
        if Experiment.from_dict(data["spec"]) != self.experiment or not fits:
            raise ValueError(f"it holds another prompt than that of {self.experiment.hash}")
        return Growth(grid, Prompt(xs, ys, truth), values)
