import math

import pytest
import torch

from icl_core import theory
from icl_core.data.covariance import AutoRegressive, Eigenvalues, Identity, PowerLaw, RandomDiagonal, Uniform
from icl_core.data.function_classes import Combination, Dense, FixedSparse, LinearFunctions, Quadratic, Sparse
from icl_core.data.function_classes.mixture import sample_mixture
from icl_core.data.moments import Moments, experiment_moments, pretraining_moments
from icl_core.data.prompts import Prompts, sample_prompts
from icl_core.data.randomness import AddressedRandomness
from icl_core.data.shifts import (
    CovariateHalfSubspace,
    CovariateQuadrant,
    CovariateRotation,
    CovariateScale,
    CovariateSkew,
    LabelNoise,
    LabelNonlinearity,
    NoShift,
    QueryCovariance,
    QueryInSpan,
    QueryOrthogonal,
    QueryOverlap,
    QueryScale,
    TaskCovariance,
    TaskMean,
    TaskScale,
    TaskSparsity,
)
from icl_core.predictors import LeastSquares
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining, Shift, SpecError

D = 5
EYE = torch.eye(D, dtype=torch.float64)
EVERY_SHIFT = [
    NoShift(),
    CovariateScale(-0.5),
    CovariateRotation(0.3),
    CovariateSkew(0.7),
    CovariateHalfSubspace(0.6),
    QueryScale(0.5),
    QueryOrthogonal(0.6),
    QueryInSpan(0.6),
    QueryOverlap(0.6),
    CovariateQuadrant(0.6),
    QueryCovariance(0.7),
    TaskScale(0.5),
    TaskMean(0.8),
    TaskSparsity(2),
    TaskCovariance(0.7),
    LabelNoise(0.6),
    LabelNonlinearity(0.3),
]
CLOSED_FORM = [
    shift
    for shift in EVERY_SHIFT
    if not isinstance(
        shift, QueryOrthogonal | QueryInSpan | QueryOverlap | CovariateQuadrant | LabelNonlinearity
    )
]


def experiment(
    shift: Shift, dimension: int = D, context_length: int = 8, **pretraining: object
) -> Experiment:
    return Experiment(
        Pretraining(dimension=dimension, **pretraining),  # type: ignore[arg-type]
        Evaluation(shift=shift, context_length=context_length, prompts=64),
    )


def prompts(shift: Shift, count: int = 50, **settings: object) -> Prompts:
    return sample_prompts(experiment(shift, **settings), 0, count)  # type: ignore[arg-type]


def assert_mean(samples: torch.Tensor, expected: torch.Tensor | float) -> None:
    """The mean of independent samples [n, ...] is the expected one, each entry within 5 standard errors."""
    error = (samples.mean(0) - expected).abs()
    assert bool((error <= 5 * samples.std(0) / len(samples) ** 0.5 + 1e-12).all()), error


def factors_of(shift: Shift) -> torch.Tensor:
    """What each input is multiplied by under S = I [D]."""
    return shift.covariates(torch.ones(1, 1, D, dtype=torch.float64), EYE).flatten()


# -------------------------------------------------------------------------------- what holds for all


def test_every_kind_is_tested() -> None:
    assert {type(shift) for shift in EVERY_SHIFT} == set(Shift.kinds.values())


@pytest.mark.parametrize("kind", Shift.kinds.values(), ids=lambda kind: kind.kind)
def test_magnitude_0_is_no_shift(kind: type[Shift]) -> None:
    shifted, plain = prompts(kind()), prompts(NoShift())
    assert kind().magnitude == kind.range.neutral == 0
    torch.testing.assert_close(shifted.xs, plain.xs)
    torch.testing.assert_close(shifted.ys, plain.ys)
    torch.testing.assert_close(shifted.queries, plain.queries)
    torch.testing.assert_close(shifted.targets, plain.targets)


@pytest.mark.parametrize("shift", EVERY_SHIFT[1:], ids=str)
def test_a_magnitude_changes_only_what_its_name_says(shift: Shift) -> None:
    shifted, plain = prompts(shift, label_noise=0.5), prompts(NoShift(), label_noise=0.5)
    what = shift.kind.split("_")[0]
    assert torch.equal(shifted.xs, plain.xs) == (what != "covariate")
    assert torch.equal(shifted.queries, plain.queries) == (what not in ("covariate", "query"))
    assert torch.equal(shifted.ys, plain.ys) == (what == "query")
    assert torch.equal(shifted.targets, plain.targets) == (shift.kind == "label_noise")


@pytest.mark.parametrize("shift", EVERY_SHIFT, ids=str)
def test_a_shifted_prompt_depends_on_its_address_alone(shift: Shift) -> None:
    whole = prompts(shift, 140, context_length=12, label_noise=0.5)
    part = sample_prompts(experiment(shift, context_length=3, label_noise=0.5), 37, 70)
    for name in ("xs", "ys", "queries", "targets"):
        assert torch.equal(getattr(part, name), getattr(whole, name)[37:107, :4]), name


@pytest.mark.parametrize(
    "kind", [kind for kind in Shift.kinds.values() if kind is not NoShift], ids=lambda k: k.kind
)
def test_magnitudes_out_of_range_are_refused(kind: type[Shift]) -> None:
    low, high, step, _ = kind.range
    for magnitude in (low, high, step):
        kind(magnitude)  # type: ignore[call-arg]
    for magnitude in (low - step, high + step, math.nan, math.inf):
        with pytest.raises(SpecError, match="magnitude"):
            kind(magnitude)  # type: ignore[call-arg]


@pytest.mark.parametrize("shift", CLOSED_FORM, ids=str)
@pytest.mark.parametrize(
    ("covariates", "mixture"),
    [
        (Identity(), Mixture.of(Dense())),
        (Eigenvalues((3.0, 2.0, 1.0, 0.5, 0.2)), Mixture.of((Dense(), 0.4), (FixedSparse(2), 0.6))),
        (AutoRegressive(0.6), Mixture.of(Sparse(2), Combination(Dense(), FixedSparse(1), 0.3))),
    ],
    ids=["identity", "diagonal", "ar1"],
)
def test_moments_give_the_risk_of_linear_attention(
    shift: Shift, covariates: object, mixture: Mixture
) -> None:
    """Closed-form risk of a fixed A from the moments, against Monte Carlo over the sampled prompts."""
    setting = experiment(shift, context_length=6, covariates=covariates, mixture=mixture, label_noise=0.4)
    moments = experiment_moments(setting)
    assert moments is not None
    drawn = sample_prompts(setting, 0, 30_000)
    A = 0.3 * EYE + 0.1 * torch.arange(D * D, dtype=torch.float64).reshape(D, D).sin()
    mean = (drawn.ys[:, :6, None] * drawn.xs[:, :6]).mean(1)
    predictions = (drawn.queries[:, 6] * (mean @ A.mT)).sum(-1)
    S, T, Q, noise_variance = moments
    risk = theory.lsa_risk(A.numpy(), S.numpy(), T.numpy(), noise_variance, 6, Q.numpy())
    assert_mean((predictions - drawn.targets[:, 6]).square(), risk)
    assert_mean(drawn.targets[:, 6].square(), float((T @ Q).trace()))


@pytest.mark.parametrize(
    "shift",
    [
        QueryOrthogonal(0.5),
        QueryInSpan(0.5),
        QueryOverlap(0.5),
        CovariateQuadrant(0.5),
        LabelNonlinearity(0.5),
    ],
    ids=str,
)
def test_shifts_beyond_second_moments_have_none(shift: Shift) -> None:
    assert experiment_moments(experiment(shift)) is None
    assert experiment_moments(experiment(type(shift)(0.0))) is not None  # type: ignore[call-arg]


def test_moments_are_none_where_they_do_not_determine_the_risk() -> None:
    assert pretraining_moments(Pretraining(covariates=RandomDiagonal())) is None
    assert pretraining_moments(Pretraining(mixture=Mixture.of(Dense(), Quadratic()))) is None
    assert pretraining_moments(Pretraining(dimension=1, covariates=Uniform())) is None
    moments = pretraining_moments(Pretraining(dimension=D, label_noise=0.5))
    assert moments is not None
    for matrix in moments[:3]:
        assert torch.equal(torch.as_tensor(matrix), EYE)
    assert moments.noise_variance == 0.25 * D


# -------------------------------------------------------------------------------- covariates


@pytest.mark.parametrize(
    ("magnitude", "covariance"), [(1.0, 4.0), (-1.0, 0.25), (math.log2(3), 9.0), (2.0, 16.0)]
)
def test_covariate_scale_multiplies_the_covariance_by_4_to_the_m(magnitude: float, covariance: float) -> None:
    plain, shifted = prompts(NoShift()), prompts(CovariateScale(magnitude))
    torch.testing.assert_close(shifted.xs, math.sqrt(covariance) * plain.xs)
    torch.testing.assert_close(shifted.ys, math.sqrt(covariance) * plain.ys)
    moments = experiment_moments(experiment(CovariateScale(magnitude)))
    assert moments is not None
    torch.testing.assert_close(moments.S, covariance * EYE)


@pytest.mark.parametrize("magnitude", [0.25, 0.5, 1.0])
def test_covariate_skew_has_eigenvalues_of_power_minus_2m_and_trace_d(magnitude: float) -> None:
    powers = torch.arange(1, D + 1, dtype=torch.float64) ** (-2 * magnitude)
    torch.testing.assert_close(factors_of(CovariateSkew(magnitude)) ** 2, powers * D / powers.sum())


@pytest.mark.parametrize("shift", [CovariateSkew(0.8), CovariateHalfSubspace(0.8)], ids=str)
def test_trace_is_kept_for_any_covariance(shift: Shift) -> None:
    S = AutoRegressive(0.7).second_moment(D) @ PowerLaw(1.0).second_moment(D).sqrt()
    S = S @ S.mT
    after = shift.moments(Moments(S, EYE, S, 0.0), Pretraining(dimension=D))
    assert after is not None
    assert float(after.S.trace()) == pytest.approx(float(S.trace()), rel=1e-12)


def test_half_subspace_keeps_the_first_half_of_the_inputs() -> None:
    torch.testing.assert_close(
        factors_of(CovariateHalfSubspace(1.0)) ** 2,
        torch.tensor([5 / 3, 5 / 3, 5 / 3, 0, 0], dtype=torch.float64),
    )
    factors = factors_of(CovariateHalfSubspace(0.25))
    torch.testing.assert_close(factors[3:] / factors[:2], torch.tensor([0.75, 0.75], dtype=torch.float64))
    even = CovariateHalfSubspace(1.0).factors(torch.eye(20, dtype=torch.float64)) ** 2
    torch.testing.assert_close(even, torch.tensor([2.0] * 10 + [0.0] * 10, dtype=torch.float64))


def test_half_subspace_needs_variance_in_the_first_half() -> None:
    setting = experiment(CovariateHalfSubspace(1.0), dimension=2, covariates=Eigenvalues((0.0, 1.0)))
    with pytest.raises(SpecError, match="covariates"):
        sample_prompts(setting, 0, 2)


def test_rotation_by_90_degrees_swaps_inputs_in_fixed_planes() -> None:
    quarter = torch.tensor(
        [[0, -1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, -1, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 1]],
        dtype=torch.float64,
    )
    torch.testing.assert_close(CovariateRotation(1.0).matrix(D), quarter)


def test_rotation_turns_every_plane_by_its_angle() -> None:
    third = CovariateRotation(1 / 3).matrix(D)
    torch.testing.assert_close(third @ third.mT, EYE)
    torch.testing.assert_close(third @ third @ third, CovariateRotation(1.0).matrix(D))
    assert float(third[0, 0]) == pytest.approx(math.cos(math.pi / 6))
    plain, shifted = prompts(NoShift()), prompts(CovariateRotation(1 / 3))
    torch.testing.assert_close(shifted.xs, plain.xs @ third.mT)


# -------------------------------------------------------------------------------- queries


def test_query_scale_and_covariance() -> None:
    plain = prompts(NoShift())
    torch.testing.assert_close(prompts(QueryScale(1.5)).queries, 2**1.5 * plain.xs)
    factors = factors_of(CovariateSkew(0.6))
    torch.testing.assert_close(prompts(QueryCovariance(0.6)).queries, factors * plain.xs)


def test_orthogonal_queries_are_orthogonal_to_the_context_before_them() -> None:
    drawn = prompts(QueryOrthogonal(1.0), context_length=9)
    products = torch.einsum("bid,bkd->bki", drawn.xs, drawn.queries)
    lengths = drawn.xs.norm(dim=-1)[:, None, :] * drawn.queries.norm(dim=-1)[:, :, None]
    cosines = products / lengths  # [B, query k, context point i]
    for k in range(10):
        # From k = D on nothing is orthogonal to the whole context: the first D - 1 points stand for it.
        assert not bool((cosines[:, k, : min(k, D - 1)].abs() > 1e-10).any()), k
    torch.testing.assert_close(drawn.queries.norm(dim=-1), drawn.xs.norm(dim=-1))
    torch.testing.assert_close(drawn.queries[:, 0], drawn.xs[:, 0])


def test_linear_attention_predicts_0_for_an_orthogonal_query() -> None:
    drawn = prompts(QueryOrthogonal(1.0))
    k = D - 1
    mean = (drawn.ys[:, :k, None] * drawn.xs[:, :k]).mean(1)
    assert float((drawn.queries[:, k] * mean).sum(-1).abs().max()) < 1e-12
    assert float(drawn.targets[:, k].square().mean()) > 1


def test_in_span_queries_are_combinations_of_the_context_before_them() -> None:
    drawn = prompts(QueryInSpan(1.0))
    for k in range(1, D):
        context = drawn.xs[:, :k].mT  # [B, D, k]
        solution = torch.linalg.lstsq(context, drawn.queries[:, k].unsqueeze(-1)).solution
        torch.testing.assert_close((context @ solution).squeeze(-1), drawn.queries[:, k])
    torch.testing.assert_close(drawn.queries.norm(dim=-1), drawn.xs.norm(dim=-1))
    torch.testing.assert_close(drawn.queries[:, 0], drawn.xs[:, 0])  # no context: nothing to project on
    torch.testing.assert_close(drawn.queries[:, D:], drawn.xs[:, D:])  # the context spans everything


@pytest.mark.parametrize("kind", [QueryOrthogonal, QueryInSpan])
def test_half_way_queries_are_the_renormalised_blend(kind: type[QueryOrthogonal] | type[QueryInSpan]) -> None:
    """Against projections by QR, entry by entry."""
    drawn = prompts(kind(0.3))
    for k in range(1, D - 1):
        basis = torch.linalg.qr(drawn.xs[:, :k].mT).Q
        point = drawn.xs[:, k]
        inside = (basis @ (basis.mT @ point.unsqueeze(-1))).squeeze(-1)
        altered = inside if kind is QueryInSpan else point - inside
        mixed = 0.7 * point + 0.3 * altered
        expected = mixed * (point.norm(dim=-1) / mixed.norm(dim=-1)).unsqueeze(-1)
        torch.testing.assert_close(drawn.queries[:, k], expected)


@pytest.mark.parametrize("shift", [QueryOrthogonal(1.0), QueryInSpan(1.0)], ids=str)
def test_query_projections_cope_with_covariates_in_a_subspace(shift: Shift) -> None:
    drawn = prompts(shift, covariates=Eigenvalues((2.0, 2.0, 1.0, 0.0, 0.0)))
    assert bool(drawn.queries.isfinite().all())
    torch.testing.assert_close(drawn.queries.norm(dim=-1), drawn.xs.norm(dim=-1))
    assert float(drawn.queries[..., 3:].abs().max()) < 1e-6
    if isinstance(shift, QueryOrthogonal):
        # Two of three dimensions are taken by the first two points.
        products = torch.einsum("bid,bkd->bki", drawn.xs[:, :2], drawn.queries[:, 2:])
        assert float(products.abs().max()) < 1e-10


# -------------------------------------------------------------------------------- tasks and labels


@pytest.mark.parametrize(
    "mixture", [Mixture.of(Dense()), Mixture.of(Dense(), Quadratic())], ids=["linear", "mixed"]
)
def test_task_scale_multiplies_functions(mixture: Mixture) -> None:
    plain, shifted = prompts(NoShift(), mixture=mixture), prompts(TaskScale(1.5), mixture=mixture)
    torch.testing.assert_close(shifted.ys, 2**1.5 * plain.ys)
    torch.testing.assert_close(shifted.targets, 2**1.5 * plain.targets)


def test_task_mean_has_length_m_root_d() -> None:
    pretraining = Pretraining(dimension=D)
    zero = LinearFunctions(torch.zeros(3, D, dtype=torch.float64))
    weights = TaskMean(0.4).functions(zero, pretraining).weights
    torch.testing.assert_close(weights, torch.full((3, D), 0.4, dtype=torch.float64))
    one = Pretraining(dimension=1, covariates=Uniform(3.0))
    single = TaskMean(1.0).functions(LinearFunctions(torch.zeros(1, 1)), one).weights
    assert single is not None
    assert float(single) == pytest.approx(math.sqrt(1 / 3))  # one standard deviation of a slope


def test_task_covariance_has_eigenvalues_of_power_minus_2m() -> None:
    pretraining = Pretraining(dimension=D)
    ones = LinearFunctions(torch.ones(1, D, dtype=torch.float64))
    weights = TaskCovariance(1.0).functions(ones, pretraining).weights
    assert weights is not None
    squares = weights.flatten() ** 2
    powers = torch.arange(1, D + 1, dtype=torch.float64) ** -2
    torch.testing.assert_close(squares, powers * D / powers.sum())


def test_weight_shifts_have_the_stated_second_moment() -> None:
    pretraining = Pretraining(dimension=D, mixture=Mixture.of(FixedSparse(2)))
    stream = AddressedRandomness.of(0, "check")
    functions, _ = sample_mixture(pretraining.mixture, stream, 40_000, Identity(), D)
    before = pretraining_moments(pretraining)
    assert before is not None
    for shift in (TaskScale(0.5), TaskMean(0.8), TaskCovariance(0.7)):
        weights = shift.functions(functions, pretraining).weights
        assert weights is not None
        assert_mean(weights.unsqueeze(-1) * weights.unsqueeze(-2), shift.moments(before, pretraining).T)


def test_task_sparsity_is_the_sparse_family() -> None:
    shifted = prompts(TaskSparsity(2), mixture=Mixture.of(Dense(), FixedSparse(1)))
    direct = prompts(NoShift(), mixture=Mixture.of(Sparse(2)))
    assert torch.equal(shifted.ys, direct.ys)
    assert_mean(prompts(TaskSparsity(1), 20_000, context_length=1).targets[:, 0] ** 2, float(D))


def test_label_noise_adds_m_root_v() -> None:
    plain = prompts(NoShift(), 20_000, label_noise=0.3)
    shifted = prompts(LabelNoise(0.4), 20_000, label_noise=0.3)
    assert torch.equal(shifted.targets, plain.targets)
    assert_mean((shifted.ys - shifted.targets)[:, 0] ** 2, (0.3**2 + 0.4**2) * D)
    torch.testing.assert_close((shifted.ys - shifted.targets) * 0.3, (plain.ys - plain.targets) * 0.5)


def test_nonlinear_labels_fold_the_function_at_equal_output_variance() -> None:
    plain, relu, folded = (prompts(LabelNonlinearity(m), 20_000, context_length=1) for m in (0.0, 0.5, 1.0))
    torch.testing.assert_close(relu.ys, math.sqrt(2) * plain.ys.clamp(min=0))
    torch.testing.assert_close(folded.ys, plain.ys.abs())
    for drawn in (relu, folded, prompts(LabelNonlinearity(0.2), 20_000, context_length=1)):
        assert_mean(drawn.targets[:, 0] ** 2, float(D))
    assert_mean(folded.ys[:, :1] * folded.xs[:, 0], 0.0)  # no linear predictor sees it


def test_context_and_query_lie_in_opposite_quadrants() -> None:
    """On as many inputs as asked for: signs agree within a context, differ at its query, and are drawn."""
    drawn, plain = prompts(CovariateQuadrant(0.6), 400), prompts(NoShift(), 400)
    moved = round(0.6 * D)
    signs = drawn.xs[:, :1, :moved].sign()
    assert bool((drawn.xs[..., :moved].sign() == signs).all())
    assert bool((drawn.queries[..., :moved].sign() == -signs).all())
    assert_mean(signs[:, 0], 0.0)
    torch.testing.assert_close(drawn.xs.abs(), plain.xs.abs())
    torch.testing.assert_close(drawn.xs[..., moved:], plain.xs[..., moved:])
    torch.testing.assert_close(drawn.queries[..., moved:], plain.queries[..., moved:])


def test_an_overlapping_query_has_been_seen() -> None:
    """Least squares, which fits every example, then makes no error with any number of them."""
    drawn = prompts(QueryOverlap(1.0))
    ratio = drawn.queries[:, 1:] / drawn.xs[:, :-1]
    torch.testing.assert_close(ratio, ratio[..., :1].expand_as(ratio))
    torch.testing.assert_close(drawn.queries.norm(dim=-1), drawn.xs.norm(dim=-1))
    torch.testing.assert_close(drawn.queries[:, 0], drawn.xs[:, 0])
    said = LeastSquares().predict_query(drawn.xs, drawn.ys, drawn.queries)
    torch.testing.assert_close(said[:, 1:], drawn.targets[:, 1:])
