"""Python that computes each picture of the Model selection page again."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.frame.exports import snippet
from dashboard.selection.numbers import NOISE_LEVELS
from dashboard.selection.view import SelectionView, nonzero, picture, prompt_number, read_out
from icl_core.library.links import to_query
from icl_core.specs import Experiment, Pretraining

LIBRARY = """\
from icl_core.library.finding import selection_models
from icl_core.library.kept import kept
from icl_core.library.questions import Compared
"""
LASSO = "from icl_core.library.selection import "
EVALUATION = "from icl_core.evaluation.selection import "
BOTH = """\
pair = FamilyPair.of(experiment.pretraining)
models = selection_models(library, experiment.pretraining)
for family in pair.mixture.families:
"""

CURVES = """\
    found = with_best_lasso(with_lasso(kept(Compared.on(family, experiment, models), library), {alpha}))
    for name, curve in found.errors.items():
        print(family.kind, name, *(f"{{error:.4f}}" for error in curve.mean))
"""
COST = """\
    for name, curve in kept(Compared.on(family, experiment, models), library).costs.items():
        print(family.kind, name, *(f"{{cost:.4f}}" for cost in curve.mean))
"""
CHOICE = """\
    tested = on_family(experiment, family)
    print(family.kind, "P(dense)", *dense_probability(tested).mean.round(4))
    for name, curve in kept(Compared.on(family, experiment, models), library).choices.items():
        print(family.kind, "choice of", name, *curve.mean.round(4))
    one = prompt_choice(tested, {number}, models.networks(library))
    print(family.kind, "prompt {number}: P(dense)", *one.probability.round(4))
    if one.choice is not None:
        print(family.kind, "prompt {number}: choice", *one.choice.round(4))
"""
SPARSITY = """\
pair = FamilyPair.of(experiment.pretraining)
models = selection_models(library, experiment.pretraining)
for nnz in range(1, experiment.pretraining.dimension + 1):
    found = with_lasso(kept(Compared.on(pair.with_nonzero(nnz), experiment, models), library), {alpha})
    for name, curve in found.errors.items():
        print(nnz, name, f"{{curve.mean[{k}]:.4f}}")
    for names, curve in found.distances.items():
        print(nnz, *names, f"{{curve.mean[{k}]:.4f}}")
"""
OUTSIDE = """\
found = noise_sweep(experiment, {levels})
print(found.probability[:, :, {k}].round(4))  # by noise and by number of nonzero weights
print(found.probability[:, {nnz} - 1].round(4))  # by noise and by k
"""
PICTURES = {
    "curves": (
        f"{EVALUATION}FamilyPair\n{LIBRARY}{LASSO}with_best_lasso, with_lasso\n",
        BOTH + CURVES,
    ),
    "sparsity": (
        f"{EVALUATION}FamilyPair\n{LIBRARY}{LASSO}with_lasso\n",
        SPARSITY,
    ),
    "choice": (
        f"{EVALUATION}FamilyPair, dense_probability, on_family, prompt_choice\n{LIBRARY}",
        BOTH + CHOICE,
    ),
    "outside": (f"{EVALUATION}noise_sweep\n", OUTSIDE),
    "cost": (f"{EVALUATION}FamilyPair\n{LIBRARY}", BOTH + COST),
}


def code(experiment: Experiment, view: SelectionView, models: Mapping[str, Pretraining]) -> str:
    """The script for the picture that the view shows."""
    imports, body = PICTURES[picture(experiment, view)]
    values = {
        "alpha": repr(experiment.evaluation.alpha),
        "k": read_out(experiment, view),
        "nnz": nonzero(experiment, view),
        "number": prompt_number(experiment, view),
        "levels": NOISE_LEVELS,
    }
    return snippet(imports, to_query(experiment, models), body.format(**values))
