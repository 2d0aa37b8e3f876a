import pytest

from icl_core.data.covariance import LowRank, Uniform, Wishart
from icl_core.data.function_classes import Dense, Quadratic, Sinusoid, Sparse
from icl_core.data.shifts import CovariateHalfSubspace, LabelNoise, LabelNonlinearity
from icl_core.evaluation.heavy_tails import heavy_context_lengths
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

EIGHT = Pretraining(dimension=8)
CURVES = Pretraining(dimension=1, covariates=Uniform(), mixture=Mixture.of(Dense(), Sinusoid()))


@pytest.mark.parametrize(
    ("pretraining", "evaluation", "expected"),
    [
        (EIGHT, Evaluation(), []),
        (EIGHT, Evaluation(function_class=Sparse(2)), []),
        (EIGHT, Evaluation(covariates=LowRank(3)), []),
        (EIGHT, Evaluation(shift=LabelNoise(0.5)), [7, 8, 9]),
        (EIGHT, Evaluation(label_noise=0.5, context_length=5), []),
        (EIGHT, Evaluation(label_noise=0.5, context_length=7), [7]),
        (EIGHT, Evaluation(label_noise=0.5, covariates=LowRank(3)), [2, 3, 4]),
        (EIGHT, Evaluation(label_noise=0.5, shift=CovariateHalfSubspace(1.0)), [3, 4, 5]),
        (EIGHT, Evaluation(label_noise=0.5, covariates=Wishart(4)), [3, 4, 5]),
        (EIGHT, Evaluation(function_class=Quadratic()), [7, 8, 9]),
        (EIGHT, Evaluation(shift=LabelNonlinearity(0.5)), [7, 8, 9]),
        (CURVES, Evaluation(function_class=Dense()), []),
        (CURVES, Evaluation(function_class=Sinusoid()), [1, 2]),
    ],
    ids=lambda given: given.to_json()[:60] if isinstance(given, Evaluation) else None,
)
def test_medians_stand_where_the_mean_is_infinite(
    pretraining: Pretraining, evaluation: Evaluation, expected: list[int]
) -> None:
    assert heavy_context_lengths(Experiment(pretraining, evaluation)) == expected
