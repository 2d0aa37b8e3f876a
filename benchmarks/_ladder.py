"""The ladder's rows of recipes.md: every model of lines and sinusoids in the library, on their combinations.

python -m benchmarks._ladder
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from icl_core.data.covariance import Uniform
from icl_core.evaluation.family_sweep import combination, trained_range
from icl_core.evaluation.measure import measured_errors
from icl_core.library import Card, Library, default_library, load_once
from icl_core.library.finding import is_main
from icl_core.predictors import Network
from icl_core.specs import Evaluation, Experiment

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
LENGTHS = (12, 24)
PROMPTS = 4096
HEAD = ("model", "x", "frequency", "K", "steps", "minutes", "k", *(f"alpha = {alpha:g}" for alpha in ALPHAS))


def main() -> None:
    torch.set_num_threads(1)
    library = default_library()
    print(row(HEAD))
    print(row(["---"] * len(HEAD)))
    for card in library.cards():
        if is_main(card.spec):
            print("\n".join(row(cells) for cells in rows(card, library, PROMPTS)), flush=True)


def rows(card: Card, library: Library, prompts: int) -> Iterator[list[str]]:
    """The model's errors, a row for each of LENGTHS that it has."""
    spec = card.spec
    assert isinstance(spec.covariates, Uniform)
    low, high = trained_range(spec.mixture) or (0.0, 0.0)
    steps = f"{spec.recipe.steps:,}" + (f" after {spec.steps_before:,}" if spec.steps_before else "")
    reach = f"+-{spec.covariates.half_width:g}"
    band = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    found = {alpha: errors(card, library, alpha, prompts) for alpha in ALPHAS}
    for k in LENGTHS:
        if k <= spec.context_length:
            about = [
                f"`{card.name}`",
                reach,
                band,
                str(spec.context_length),
                steps,
                f"{card.seconds / 60:.0f}",
            ]
            yield [*about, str(k), *(f"{found[alpha][k]:.2g}" for alpha in ALPHAS)]


def errors(card: Card, library: Library, alpha: float, prompts: int) -> list[float]:
    """The mean error with k = 0..K pairs on alpha x line + (1 - alpha) x sinusoid."""
    evaluation = Evaluation(
        function_class=combination(card.spec.mixture, alpha),
        context_length=card.spec.context_length,
        prompts=prompts,
    )
    network = Network(load_once(library, library.present(card.spec.hash)))
    estimate = measured_errors(Experiment(card.spec, evaluation), {"model": network})["model"]
    return estimate.mean.tolist()


def row(cells: list[str] | tuple[str, ...]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
