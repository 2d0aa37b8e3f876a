"""Captions say the numbers of the curves, and what must be said beside them."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard import captions
from dashboard.results import Outcome
from icl_core.data.covariance import PowerLaw
from icl_core.data.function_classes import Dense, Sinusoid, Sparse
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation import Curve, LearningCurves
from icl_core.figures import METHODS
from icl_core.library import Card, Check
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

EVERY = tuple(METHODS)
DENSE = Pretraining(dimension=4, context_length=8)


def curves(experiment: Experiment, medians: tuple[int, ...] = (), **errors: float) -> LearningCurves:
    """Constant curves with these errors."""
    size = experiment.context_length + 1
    made = {name: Curve(*[np.full(size, value)] * 3) for name, value in errors.items()}
    made["ols"] = replace(made["ols"], medians=medians)
    return LearningCurves(experiment, experiment.evaluation.prompts, 4.0, made, {})


def card(**changes: object) -> Card:
    made = Card("tiny", DENSE, 1.0, "float32", 10, "", ())
    return replace(made, **changes)  # type: ignore[arg-type]


def test_reading_names_the_model_and_least_squares() -> None:
    text = captions.reading(curves(Experiment(DENSE), transformer=0.0614, ols=0.0, zero=1.0), 6)
    assert text == "With 6 examples (1.5d), the transformer's error is 0.061 against 0.00 for OLS."


def test_reading_under_a_shift_recalls_the_error_without_it() -> None:
    shifted = Experiment(DENSE, Evaluation(shift=CovariateScale(1.0)))
    text = captions.reading(
        curves(shifted, transformer=2.5, ols=0.0), 4, curves(Experiment(DENSE), transformer=0.25, ols=0.0)
    )
    assert "(as many as inputs)" in text
    assert text.endswith("error is 2.50 against 0.00 for OLS; without the shift it was 0.25.")


def test_reading_says_where_a_median_stands() -> None:
    text = captions.reading(curves(Experiment(DENSE), (3, 4, 5), lsa=0.5, ols=1.5), 4)
    assert "linear attention's error is 0.50 against 1.50" in text
    assert "median" in text
    assert "median" not in captions.reading(curves(Experiment(DENSE), (3, 4, 5), lsa=0.5, ols=1.5), 6)


def test_reading_without_any_model_is_about_least_squares() -> None:
    assert captions.reading(curves(Experiment(DENSE), ols=0.5), 2) == (
        "With 2 examples (0.5d), the error of OLS is 0.50."
    )


def test_one_input_has_no_ratio_to_speak_of() -> None:
    lines = Pretraining(dimension=1, context_length=8)
    assert captions.reading(curves(Experiment(lines), ols=0.5), 2).startswith("With 2 examples, the")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (0.00049, "0.00"),
        (0.0005, "0.001"),
        (0.0944, "0.094"),
        (0.0951, "0.10"),
        (25.333, "25.33"),
        (4059.0, "4,059"),
    ],
)
def test_errors_as_text(value: float, text: str) -> None:
    assert captions.error(value) == text


@pytest.mark.parametrize(
    ("evaluation", "errors", "expected"),
    [
        (
            Evaluation(),
            {"transformer": 1.0},
            "A trained transformer on dense linear functions, as pretrained",
        ),
        (Evaluation(), {"lsa": 1.0}, "Linear attention on dense linear functions, as pretrained"),
        (Evaluation(), {}, "The baselines on dense linear functions, as pretrained"),
        (Evaluation(label_noise=0.0), {}, "The baselines on dense linear functions, as pretrained"),
        (
            Evaluation(function_class=Sparse(2)),
            {"transformer": 1.0},
            "A trained transformer on sparse linear functions (2 nonzero)",
        ),
        (
            Evaluation(covariates=PowerLaw(), label_noise=0.5, shift=CovariateScale(1.0)),
            {"transformer": 1.0},
            "A trained transformer on dense linear functions, inputs power law, exponent 1, label noise 0.5, "
            "inputs × 2 (covariance × 4)",
        ),
    ],
)
def test_title_states_what_the_figure_shows(
    evaluation: Evaluation, errors: dict[str, float], expected: str
) -> None:
    assert captions.title(curves(Experiment(DENSE, evaluation), ols=0.0, **errors)) == expected


def test_provenance_names_model_hash_seed_prompts_and_interval() -> None:
    experiment = Experiment(DENSE, Evaluation(seed=7, prompts=64))
    text = captions.provenance(curves(experiment, transformer=1.0, ols=0.0), card())
    for part in ("tiny", experiment.hash, "64 prompts", "seed 7", "90%", "one training seed", "dense linear"):
        assert part in text
    formula = Experiment(replace(DENSE, model=LinearAttention()))
    text = captions.provenance(curves(formula, lsa=1.0, ols=0.0), None)
    assert "exact" in text
    assert "training seed" not in text


def test_remarks_say_what_is_missing() -> None:
    missing = curves(Experiment(DENSE), lsa=0.5, ols=0.0, lasso=0.0)
    said = captions.remarks(missing, Outcome(missing, None, None, lacks_model=True), EVERY)
    assert len(said) == 1
    assert "α = 0.01" in said[0]
    lines = Experiment(replace(DENSE, dimension=1, mixture=Mixture.of(Dense(), Sinusoid())))
    bare = curves(lines, ols=0.0)
    assert "no closed form" in captions.remarks(bare, Outcome(bare, None, None, lacks_model=False), EVERY)[0]


def test_remarks_say_where_a_model_falls_short() -> None:
    weak = card(checks=(Check("excess at K", 0.2, 0.1, 0.3, 0.05),))
    good = card(checks=(Check("excess at K", 0.01, 0.0, 0.02, 0.05),))
    drawn = curves(Experiment(DENSE), (3, 4, 5), transformer=0.5, ols=0.0)
    said = captions.remarks(drawn, Outcome(drawn, None, weak, lacks_model=False), EVERY)
    assert "misses the limits" in said[0]
    assert "3, 4, 5" in said[1]
    assert not any(
        "limits" in text for text in captions.remarks(drawn, Outcome(drawn, None, good, False), EVERY)
    )
