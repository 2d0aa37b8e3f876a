"""What theory needs of an experiment is derived once, whoever asks for it."""

import pytest

from icl_core.evaluation import closed_forms
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.evaluation.length_sweep import length_sweep
from icl_core.evaluation.shift_lab import shift_curves
from icl_core.evaluation.suite import suite
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining


def test_moments_and_the_optimum_are_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    derived: list[str] = []
    for name in ("experiment_moments", "pretraining_moments"):
        derive = getattr(closed_forms, name)
        monkeypatch.setattr(
            closed_forms, name, lambda spec, name=name, derive=derive: derived.append(name) or derive(spec)
        )
    pretraining = Pretraining(dimension=3, context_length=7, model=LinearAttention(), seed=41)
    experiment = Experiment(pretraining, Evaluation(prompts=64, seed=8))
    predictors, lines = suite(experiment, None), ClosedForm.of(experiment).lines
    assert {"lsa", "ols"} <= predictors.keys() & lines.keys()
    shift_curves(experiment, None)
    assert length_sweep(experiment) is not None
    assert sorted(derived) == ["experiment_moments", "pretraining_moments"]
