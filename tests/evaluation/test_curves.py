import json
from dataclasses import replace

import numpy as np
import pytest
from torch import Tensor

from icl_core.data.covariance import PowerLaw, RandomDiagonal
from icl_core.data.function_classes import Dense, Sinusoid, Sparse
from icl_core.data.shifts import CovariateScale, LabelNoise, LabelNonlinearity, NoShift, QueryScale, TaskScale
from icl_core.evaluation.closed_forms import ClosedForm, trained_attention
from icl_core.evaluation.curves import LearningCurves, learning_curves
from icl_core.evaluation.measure import prompt_chunks
from icl_core.evaluation.suite import suite, unregularised
from icl_core.models import Transformer
from icl_core.predictors import LeastSquares, Zero
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining, SpecError
from icl_core.training.loop import initial_network

SMALL = Pretraining(dimension=4, context_length=8, model=Transformer(1, 1, 8))


def learning_curves_of(evaluation: Evaluation, spec: Pretraining = SMALL) -> LearningCurves:
    experiment = Experiment(spec, evaluation)
    return learning_curves(
        experiment, suite(experiment, None), ClosedForm.of(experiment).lines, unregularised(experiment)
    )


def curves(evaluation: Evaluation, spec: Pretraining = SMALL) -> LearningCurves:
    experiment = Experiment(spec, evaluation)
    return learning_curves(
        experiment, suite(experiment, initial_network(spec)), ClosedForm.of(experiment).lines
    )


def test_the_zero_predictor_is_one_and_follows_a_covariate_scale() -> None:
    for shift, expected in ((NoShift(), 1), (CovariateScale(1.0), 4)):
        experiment = Experiment(SMALL, Evaluation(prompts=4096, shift=shift))
        zero = learning_curves(experiment, {"zero": Zero()}).curves["zero"]
        assert zero.mean == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize(
    "evaluation",
    [
        Evaluation(),
        Evaluation(shift=CovariateScale(-1.0)),
        Evaluation(shift=QueryScale(1.0)),
        Evaluation(shift=TaskScale(-1.0)),
        Evaluation(shift=LabelNoise(0.5)),
        Evaluation(shift=LabelNonlinearity(0.5)),
        Evaluation(covariates=PowerLaw(1.0)),
        Evaluation(covariates=RandomDiagonal()),
    ],
    ids=lambda evaluation: evaluation.to_json(),
)
def test_monte_carlo_agrees_with_the_exact_lines(evaluation: Evaluation) -> None:
    experiment = Experiment(SMALL, replace(evaluation, prompts=8192))
    predictors = {name: suite(experiment, None)[name] for name in ("lsa", "ols")}
    found = learning_curves(experiment, predictors, ClosedForm.of(experiment).lines)
    heavy = {0} | {k for k in range(9) if abs(k - 4) <= 2 and experiment.test_noise_variance}
    assert "lsa" in found.exact
    for name in predictors.keys() & found.exact.keys():
        for k in set(range(9)) - heavy:
            exact, curve = found.exact[name][k], found.curves[name]
            if np.isfinite(exact):
                spread = max(curve.high[k] - curve.low[k], 1e-9)  # 90%: 3.3 standard errors
                assert abs(exact - curve.mean[k]) < 1.5 * spread, (name, k)


def test_no_linear_attention_beats_the_reoptimised_one() -> None:
    for evaluation in (Evaluation(), Evaluation(shift=CovariateScale(1.0))):
        exact = curves(evaluation).exact
        assert (exact["lsa_reoptimised"] <= exact["lsa"] + 1e-12).all()
    assert curves(Evaluation()).exact["lsa_reoptimised"][8] == pytest.approx(
        exact_at_trained_length(), rel=1e-12
    )


def exact_at_trained_length() -> float:
    return float(ClosedForm.of(Experiment(SMALL, Evaluation(context_length=8))).lines["lsa"][8])


def test_noise_puts_medians_near_the_dimension_and_nowhere_else() -> None:
    noisy = learning_curves_of(Evaluation(label_noise=0.5, prompts=512))
    assert noisy.curves["ols"].medians == (3, 4, 5)
    assert noisy.curves["bayes"].medians == (3, 4, 5)  # pretrained without noise, it fits every label
    assert noisy.curves["ridge"].medians == noisy.curves["bayes_test"].medians == ()
    assert curves(Evaluation()).curves["ols"].medians == ()
    assert noisy.exact["ols"][4] == np.inf
    data = json.dumps(noisy.to_dict(), allow_nan=False)
    assert json.loads(data)["exact"]["ols"][4] is None


def test_curves_are_the_same_twice_and_more_prompts_extend_them() -> None:
    few, again = curves(Evaluation(prompts=128)), curves(Evaluation(prompts=128))
    assert json.dumps(few.to_dict()) == json.dumps(again.to_dict())
    more = next(iter(prompt_chunks(Experiment(SMALL, Evaluation(prompts=256)))))
    assert (more.xs[:128] == next(iter(prompt_chunks(Experiment(SMALL, Evaluation(prompts=128))))).xs).all()


def test_json_round_trips() -> None:
    found = curves(Evaluation(label_noise=0.5))
    assert LearningCurves.from_dict(json.loads(json.dumps(found.to_dict()))).to_dict() == found.to_dict()


class Refuses(Zero):
    """A solver that gives up on some prompts, from the second chunk on."""

    def __init__(self) -> None:
        self.chunks = 0

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        self.chunks += 1
        if self.chunks > 1:
            raise ValueError("these prompts have no certificate: choose another penalty.")
        return super().predict_query(xs, ys, queries)


@pytest.mark.parametrize("heavy", [(), ("ols", "odd")])
def test_a_method_that_refuses_prompts_says_so_and_harms_no_other(heavy: tuple[str, ...]) -> None:
    experiment = Experiment(SMALL, Evaluation(prompts=1024, label_noise=0.5))
    sound = learning_curves(experiment, {"ols": LeastSquares()}, heavy_tailed=heavy)
    found = learning_curves(experiment, {"odd": Refuses(), "ols": LeastSquares()}, heavy_tailed=heavy)
    assert found.refused == {"odd": "these prompts have no certificate: choose another penalty."}
    assert list(found.curves) == ["ols"]
    assert (found.curves["ols"].mean == sound.curves["ols"].mean).all()
    assert LearningCurves.from_dict(json.loads(json.dumps(found.to_dict()))).refused == found.refused
    assert "refused" not in sound.to_dict()


def test_learners_fit_the_setting() -> None:
    def names(spec: Pretraining, evaluation: Evaluation | None = None) -> set[str]:
        return set(suite(Experiment(spec, evaluation or Evaluation()), None))

    one = Pretraining(dimension=1, context_length=6, mixture=Mixture.of(Dense(), Sinusoid()))
    assert "lsa" not in names(one)
    assert "bayes" in names(one)
    assert "dmmse" in names(replace(SMALL, task_pool=4, label_noise=0.5))
    assert "bayes_test" not in names(SMALL)
    assert "bayes_test" in names(SMALL, Evaluation(function_class=Sparse(nnz=1)))
    assert "bayes_test" not in names(SMALL, Evaluation(shift=TaskScale(1.0)))


def test_attention_for_one_family_equals_that_for_another_of_the_same_second_moment() -> None:
    dense, sparse = (
        trained_attention(replace(SMALL, mixture=Mixture.of(f))) for f in (Dense(), Sparse(nnz=2))
    )
    assert dense is not None
    assert sparse is not None
    assert np.array_equal(dense, sparse)


def test_memory_does_not_grow_with_prompts() -> None:
    experiment = Experiment(SMALL, Evaluation(prompts=2048))
    seen: list[int] = []

    class Watched(Zero):
        def predict_query(self, xs, ys, queries):  # type: ignore[no-untyped-def]
            seen.append(len(xs))
            return super().predict_query(xs, ys, queries)

    learning_curves(experiment, {"watched": Watched(), "ols": LeastSquares()})
    assert seen == [512] * 4


def test_a_context_beyond_the_position_table_is_refused_by_name() -> None:
    Experiment(SMALL, Evaluation(context_length=16))
    with pytest.raises(SpecError, match=r"evaluation.context_length = 17: allowed is at most 16 pairs"):
        Experiment(SMALL, Evaluation(context_length=17))


def test_families_with_too_many_supports_have_no_bayes_learner_and_harm_no_other() -> None:
    many = Pretraining(dimension=20, context_length=4, mixture=Mixture.of(Sparse(10)))
    assert "bayes" not in suite(Experiment(many, Evaluation(context_length=4)), None)
    assert learning_curves(Experiment(many, Evaluation(context_length=4, prompts=8)), {"zero": Zero()}).curves


def test_noise_free_ridge_is_least_squares() -> None:
    found = learning_curves_of(Evaluation()).curves
    assert np.array_equal(found["ridge"].mean, found["ols"].mean)
    assert not np.array_equal(
        learning_curves_of(Evaluation(penalty=0.1)).curves["ridge"].mean, found["ols"].mean
    )
