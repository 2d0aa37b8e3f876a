"""What can be taken away of the page: the sweep with its curves, and code that computes them again."""

from __future__ import annotations

import json

from dashboard.beyond.numbers import Curves
from dashboard.beyond.picture import sweep_stem
from dashboard.beyond.view import sweep_of
from dashboard.frame import exports
from icl_core.evaluation.prompt_functions import input_range
from icl_core.specs import Experiment

SNIPPET = """\
from icl_core.evaluation.family_sweep import FamilySweep
from icl_core.library import default_library
from icl_core.library.kept import kept
from icl_core.library.questions import SweepErrors

library = default_library()
sweep = FamilySweep.from_json('''{sweep}''')
bayes = kept(SweepErrors(sweep, "bayes"), library)
model = kept(SweepErrors(sweep, "{main}"), library)

for value, ideal, error in zip(sweep.values, bayes.mean, model.mean):
    print(f"{{value:5g}}  Bayes {{ideal[{k}]:.4f}}  transformer {{error[{k}]:.4f}}")
"""

LADDER = """\
from icl_core.library import default_library
from icl_core.library.kept import kept
from icl_core.library.ladder import RungIdeals, RungModel, on_the_sum, rungs
from icl_core.specs import Evaluation

library, evaluation = default_library(), Evaluation(prompts={prompts}, seed={seed})
for rung in rungs(library, reach={reach!r}):
    errors = dict(kept(RungIdeals(on_the_sum(rung.spec.data, evaluation)), library).curves)
    for spec in rung.models:
        model = kept(RungModel(on_the_sum(spec, evaluation)), library).curves["transformer"]
        errors["transformer, seed " + str(spec.seed)] = model
    for name, curve in errors.items():
        if len(curve.mean) > {k}:
            print(f"{{rung.name:18}} {{name:22}} {{curve.mean[{k}]:.4f}}")
"""


def ladder_code(experiment: Experiment, k: int) -> str:
    """A script that computes the ladder's errors again."""
    evaluation = experiment.evaluation
    reach = input_range(experiment.pretraining)[1]
    return LADDER.format(reach=reach, prompts=evaluation.prompts, seed=evaluation.seed, k=k)


def take_away(experiment: Experiment, curves: Curves, k: int) -> None:
    """The sweep's curves, and code that computes them again."""
    sweep = sweep_of(experiment)

    def written() -> str:
        data = {
            "sweep": sweep.to_dict(full=True),
            "sweep_hash": sweep.hash,
            "values": sweep.values,
            "error": "curves[learner][value][k], over v",
            "curves": {name: curve.to_dict() for name, curve in curves.items()},
        }
        return json.dumps(data, indent=1, allow_nan=False) + "\n"

    exports.take_away(
        [exports.Download("json", written, f"{sweep_stem(experiment)}.json")],
        python=SNIPPET.format(sweep=sweep.to_json(full=True), main=experiment.pretraining.hash, k=k),
    )
