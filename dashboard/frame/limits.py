"""What a page measures while its viewer waits, and others beside them; the command line measures more."""

from __future__ import annotations

from icl_core.specs import Experiment, require

MOST_PROMPTS = 4096
MOST_NUMBERS = 20_000_000  # of a matrix for each prompt and prefix: 160 MB, and half a minute of Lasso


def check(experiment: Experiment) -> None:
    """Raises SpecError for more prompts than a page measures at so many inputs and examples."""
    points, inputs = experiment.context_length + 1, experiment.pretraining.dimension
    most = min(MOST_PROMPTS, MOST_NUMBERS // (points * inputs**2))
    prompts = experiment.evaluation.prompts
    require(
        prompts <= most,
        "evaluation.prompts",
        prompts,
        "at most {most} on a page, with {inputs} inputs and {pairs} examples",
        most=most,
        inputs=inputs,
        pairs=points - 1,
    )
