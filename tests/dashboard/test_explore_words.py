"""Captions say the numbers of the curves, and what must be said beside them."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.explore import words
from dashboard.explore.numbers import Outcome
from dashboard.say import amounts
from icl_core.data.covariance import PowerLaw
from icl_core.data.function_classes import Dense, Quadratic, Sinusoid, Sparse
from icl_core.data.shifts import CovariateScale, QueryOrthogonal
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
    text = words.reading(curves(Experiment(DENSE), transformer=0.0614, ols=0.0, zero=1.0), EVERY, 6)
    assert text == (
        "With 6 examples (1.5d), the transformer's error is 0.061 [0.061, 0.061] against 0.000 for OLS."
    )


def test_under_a_scale_the_reading_says_what_predicting_zero_costs() -> None:
    before = curves(Experiment(DENSE), transformer=0.2, ols=0.1, zero=1.0)
    test = Experiment(DENSE, Evaluation(shift=CovariateScale(1.0)))
    shifted = curves(test, transformer=1.5, ols=1.2, zero=4.0)
    text = words.reading(shifted, EVERY, 6, before)
    assert text.endswith("without the shift it was 0.20, and predicting zero costs 4 here.")
    assert "predicting zero" not in words.reading(before, EVERY, 6, before)


@pytest.mark.parametrize(
    ("evaluation", "shown", "expected"),
    [
        (Evaluation(), EVERY, "against 0.30 for OLS."),
        (Evaluation(), ("transformer", "lasso", "zero"), "against 0.10 for Lasso."),
        (Evaluation(function_class=Sparse(2)), EVERY, "against 0.10 for Lasso."),
        (Evaluation(label_noise=0.5), EVERY, "against 0.20 for Ridge."),
        (Evaluation(function_class=Quadratic()), EVERY, "against 0.40 for Bayes, trained prior."),
        (Evaluation(), ("ols", "zero"), "With 6 examples (1.5d), the error of OLS is 0.30."),
    ],
)
def test_reading_compares_with_the_method_that_the_test_is_about(
    evaluation: Evaluation, shown: tuple[str, ...], expected: str
) -> None:
    given = curves(
        Experiment(DENSE, evaluation), transformer=0.5, ols=0.3, ridge=0.2, lasso=0.1, bayes=0.4, zero=1.0
    )
    assert words.reading(given, shown, 6).endswith(expected)


def test_reading_under_a_shift_recalls_the_error_without_it() -> None:
    shifted = Experiment(DENSE, Evaluation(shift=CovariateScale(1.0)))
    text = words.reading(
        curves(shifted, transformer=2.5, ols=0.0),
        EVERY,
        4,
        curves(Experiment(DENSE), transformer=0.25, ols=0.0),
    )
    assert "(as many as inputs)" in text
    assert text.endswith("against 0.00 for OLS; without the shift it was 0.25.")


def test_reading_says_where_a_median_stands() -> None:
    given = curves(Experiment(DENSE), (3, 4, 5), lsa=0.5, ols=1.5)
    assert "against a median of 1.50 for OLS" in words.reading(given, EVERY, 4)
    assert "median" not in words.reading(given, EVERY, 6)


def test_reading_prefers_a_mean_to_a_median() -> None:
    given = curves(Experiment(DENSE), (3, 4, 5), lsa=0.5, ols=1.5, ridge=0.4)
    assert words.reading(given, EVERY, 4).endswith("against 0.40 for Ridge.")
    assert words.reading(given, EVERY, 6).endswith("against 1.50 for OLS.")


def test_reading_without_any_model_is_about_least_squares() -> None:
    assert words.reading(curves(Experiment(DENSE), ols=0.5), EVERY, 2) == (
        "With 2 examples (0.5d), the error of OLS is 0.50."
    )


def test_one_input_has_no_ratio_to_speak_of() -> None:
    lines = Pretraining(dimension=1, context_length=8)
    assert words.reading(curves(Experiment(lines), ols=0.5), EVERY, 2).startswith("With 2 examples, the")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.0], ["0.00"]),
        ([0.00049, 1.0], ["0.00", "1.00"]),
        ([0.0005, 0.0], ["0.001", "0.000"]),
        ([0.0944, 0.5], ["0.094", "0.500"]),
        ([0.0951], ["0.10"]),
        ([25.333, 4059.0], ["25.33", "4,059"]),
    ],
)
def test_errors_have_equally_many_decimals(values: list[float], texts: list[str]) -> None:
    assert amounts.errors(values) == texts


HOME = "dense linear functions of 4 inputs, as pretrained"


@pytest.mark.parametrize(
    ("evaluation", "errors", "expected"),
    [
        (
            Evaluation(),
            {"transformer": 1.0},
            "A trained transformer on dense linear functions of 4 inputs, as pretrained",
        ),
        (
            Evaluation(),
            {"lsa": 1.0},
            "Linear attention on dense linear functions of 4 inputs, as pretrained",
        ),
        (Evaluation(), {}, "The baselines on dense linear functions of 4 inputs, as pretrained"),
        (
            Evaluation(label_noise=0.0),
            {},
            "The baselines on dense linear functions of 4 inputs, as pretrained",
        ),
        (
            Evaluation(function_class=Sparse(2)),
            {"transformer": 1.0},
            "A trained transformer on sparse linear functions (2 nonzero) of 4 inputs",
        ),
        (
            Evaluation(covariates=PowerLaw(), label_noise=0.5, shift=CovariateScale(1.0)),
            {"transformer": 1.0},
            "A trained transformer on dense linear functions of 4 inputs, inputs power law, exponent 1, "
            "label noise 0.5, inputs × 2 (covariance × 4)",
        ),
    ],
)
def test_title_states_what_the_figure_shows(
    evaluation: Evaluation, errors: dict[str, float], expected: str
) -> None:
    assert words.title(curves(Experiment(DENSE, evaluation), ols=0.0, **errors)) == expected


def test_provenance_names_model_hash_seed_prompts_and_interval() -> None:
    experiment = Experiment(DENSE, Evaluation(seed=7, prompts=64))
    text = words.provenance(curves(experiment, transformer=1.0, ols=0.0), card())
    for part in ("tiny", experiment.hash, "64 prompts", "seed 7", "90%", "one training seed", "dense linear"):
        assert part in text
    formula = Experiment(replace(DENSE, model=LinearAttention()))
    text = words.provenance(curves(formula, lsa=1.0, ols=0.0), None)
    assert "exact" in text
    assert "training seed" not in text


def remarks(given: LearningCurves, outcome: Outcome, **axis: bool) -> list[str]:
    told = {"log_axis": False, "log_chosen": False, "flags": False, **axis}
    return words.remarks(given, outcome, EVERY, **told)


def test_remarks_say_what_is_missing() -> None:
    missing = curves(Experiment(DENSE), lsa=0.5, ols=0.0, lasso=0.0)
    said = " ".join(remarks(missing, Outcome(missing, None, None, lacks_model=True)))
    assert "α = 0.01" in said
    assert "one layer of linear self-attention" in said
    assert "no 'Linear attention, best per k'" in said
    lines = Experiment(replace(DENSE, dimension=1, mixture=Mixture.of(Dense(), Sinusoid())))
    bare = curves(lines, ols=0.0)
    assert "no closed form" in " ".join(remarks(bare, Outcome(bare, None, None, lacks_model=False)))


def test_remarks_name_the_exact_lines() -> None:
    given = curves(Experiment(DENSE), lsa=0.5, ols=0.0, zero=1.0)
    line = np.ones(given.experiment.context_length + 1)
    exact = replace(given, exact={name: line for name in ("lsa", "lsa_reoptimised", "ols", "zero")})
    outcome = Outcome(given, None, None, lacks_model=False)
    assert (
        "exact (Linear attention; Linear attention, best per k; Zero; the thin line beneath OLS)"
        in remarks(exact, outcome)[0]
    )
    assert "All lines are measured" in remarks(given, outcome)[0]
    assert not any("best per k" in text for text in remarks(exact, outcome)[1:])


def test_remarks_name_what_is_off_the_axis_where_the_figure_does_not() -> None:
    given = curves(Experiment(DENSE), transformer=137.0, ols=0.0)
    outcome = Outcome(given, None, None, lacks_model=False)
    assert any("Transformer: up to 137" in text for text in remarks(given, outcome, flags=True))
    assert not any("137" in text for text in remarks(given, outcome))
    assert any("logarithmic" in text for text in remarks(given, outcome, log_axis=True, log_chosen=True))


def test_remarks_say_what_a_query_cannot_be_and_what_bayes_is_told() -> None:
    shifted = Experiment(DENSE, Evaluation(shift=QueryOrthogonal(1.0)))
    given = curves(shifted, bayes=0.5, ols=0.0)
    said = " ".join(remarks(given, Outcome(given, None, None, lacks_model=False)))
    assert "From k = d = 4 on no query is orthogonal to all examples; it is to the first 3" in said
    assert "variance v / 1,000,000" in said
    noisy = curves(Experiment(replace(DENSE, label_noise=0.5)), bayes=0.5, ols=0.0)
    said = " ".join(remarks(noisy, Outcome(noisy, None, None, lacks_model=False)))
    assert "1,000,000" not in said
    assert "orthogonal" not in said


def test_remarks_say_where_a_model_falls_short() -> None:
    weak = card(checks=(Check("final", "dense", "new", "", 0.2, 0.1, 0.3, 0.05),))
    good = card(checks=(Check("final", "dense", "new", "", 0.01, 0.0, 0.02, 0.05),))
    drawn = curves(Experiment(DENSE), (3, 4, 5), transformer=0.5, ols=0.0)
    said = " ".join(remarks(drawn, Outcome(drawn, None, weak, lacks_model=False)))
    assert "misses the limits" in said
    assert "3, 4, 5" in said
    assert "OLS" in said
    assert "limits" not in " ".join(remarks(drawn, Outcome(drawn, None, good, False)))
    assert "misses its limits" in words.provenance(drawn, weak)
    assert "limits" not in words.provenance(drawn, good)
