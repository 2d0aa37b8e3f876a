import math

import pytest
import torch
from torch import Tensor

from icl_core.data.covariance import (
    AutoRegressive,
    CovarianceMixture,
    CovarianceShare,
    Eigenvalues,
    Identity,
    LowRank,
    Matrix,
    PowerLaw,
    RandomDiagonal,
    Spiked,
    Uniform,
    Wishart,
    WithMean,
)
from icl_core.data.randomness import AddressedRandomness, BatchRandomness
from icl_core.specs import Covariance, SpecError

STREAM = AddressedRandomness.of(1, "test")
ROWS = ((2.0, 0.5, 0.0), (0.5, 1.0, -0.3), (0.0, -0.3, 0.5))
MIXED = CovarianceMixture(
    (CovarianceShare(Identity(), 1.0), CovarianceShare(Matrix(ROWS), 2.0), CovarianceShare(Wishart(5), 1.0))
)
MIXED_20 = CovarianceMixture((CovarianceShare(Spiked(3.0), 1.0), CovarianceShare(RandomDiagonal(), 1.0)))
KINDS = [
    (Identity(), 3),
    (PowerLaw(1.5), 3),
    (AutoRegressive(-0.7), 3),
    (Spiked(3.0), 3),
    (LowRank(2), 3),
    (Eigenvalues((2.0, 0.5, 0.0)), 3),
    (Matrix(ROWS), 3),
    (RandomDiagonal(), 3),
    (Wishart(), 3),
    (Wishart(2), 3),
    (Uniform(2.0), 1),
    (MIXED, 3),
    (WithMean(-0.7, AutoRegressive(0.5)), 3),
]
each_kind = pytest.mark.parametrize(("covariance", "dimension"), KINDS, ids=str)


def assert_mean(samples: Tensor, expected: Tensor) -> None:
    """The mean of independent samples [n, ...] is the expected one, each entry within 5 standard errors."""
    error = (samples.mean(0) - expected).abs()
    assert bool((error <= 5 * samples.std(0) / len(samples) ** 0.5 + 1e-12).all()), error


def test_every_kind_is_tested() -> None:
    assert {type(covariance) for covariance, _ in KINDS} == set(Covariance.kinds.values())


@each_kind
def test_covariates_have_the_stated_moments(covariance: Covariance, dimension: int) -> None:
    xs = covariance.covariates(STREAM, 20_000, 2, dimension)
    assert xs.shape == (20_000, 2, dimension)
    assert xs.dtype == torch.float64
    first = xs[:, 0]  # one point a prompt: points of a prompt share a random covariance
    mean = covariance.expectation(dimension)
    assert bool(mean.any()) == isinstance(covariance, WithMean)
    assert_mean(first, mean)
    assert_mean(first.unsqueeze(-1) * first.unsqueeze(-2), covariance.second_moment(dimension))
    assert_mean(first**4, covariance.fourth_moments(dimension))
    assert_mean(xs[:, 0].unsqueeze(-1) * xs[:, 1].unsqueeze(-2), torch.outer(mean, mean))


@each_kind
def test_prompts_have_the_stated_matrices(covariance: Covariance, dimension: int) -> None:
    """x^T S^-1 x is chi-squared for the prompt's own S, and the matrices average to the second moment."""
    matrices = covariance.matrices(STREAM, 20_000, dimension)
    assert matrices.shape == (20_000, dimension, dimension)
    assert_mean(matrices, covariance.second_moment(dimension))
    assert covariance.is_random == bool((matrices != matrices[0]).any())
    xs = covariance.covariates(STREAM, 20_000, 1, dimension).squeeze(1)
    rank = torch.linalg.matrix_rank(matrices, hermitian=True).double()
    inverse = torch.linalg.pinv(matrices, hermitian=True)
    assert_mean(torch.einsum("bi,bij,bj->b", xs, inverse, xs) - rank, torch.tensor(0.0))


@each_kind
def test_points_of_a_prompt_share_its_covariance(covariance: Covariance, dimension: int) -> None:
    few = covariance.covariates(STREAM, 50, 400, dimension)
    own = few.mT @ few / 400
    expected = covariance.matrices(STREAM, 50, dimension)
    scale = expected.diagonal(dim1=-2, dim2=-1).sum(-1)[:, None, None]
    assert bool(((own - expected).abs() <= 0.5 * scale).all())
    assert float(((own - expected) / scale).abs().mean()) < 0.05


@each_kind
def test_a_point_depends_on_its_address_alone(covariance: Covariance, dimension: int) -> None:
    whole = covariance.covariates(STREAM, 150, 9, dimension)
    part = covariance.covariates(STREAM.from_prompt(37), 70, 4, dimension)
    assert torch.equal(part, whole[37:107, :4])
    single = covariance.covariates(STREAM.from_prompt(149), 1, 1, dimension)
    assert torch.equal(single, whole[149:, :1])
    matrices = covariance.matrices(STREAM.from_prompt(37), 70, dimension)
    torch.testing.assert_close(matrices, covariance.matrices(STREAM, 150, dimension)[37:107])


@pytest.mark.parametrize("covariance", [AutoRegressive(0.7), Wishart(), MIXED_20], ids=str)
def test_addresses_hold_at_sizes_where_matrix_products_are_blocked(covariance: Covariance) -> None:
    whole = covariance.covariates(STREAM, 300, 41, 20)
    for start, prompts, points in ((0, 1, 1), (3, 1, 41), (64, 128, 7), (299, 1, 2)):
        part = covariance.covariates(STREAM.from_prompt(start), prompts, points, 20)
        assert torch.equal(part, whole[start : start + prompts, :points])


@each_kind
def test_training_covariates_are_float32_with_the_same_moments(
    covariance: Covariance, dimension: int
) -> None:
    xs = covariance.covariates(BatchRandomness.of(0, "train", 1), 20_000, 1, dimension).squeeze(1)
    assert xs.dtype == torch.float32
    products = xs.double().unsqueeze(-1) * xs.double().unsqueeze(-2)
    assert_mean(products, covariance.second_moment(dimension))


@pytest.mark.parametrize(
    ("covariance", "expected"),
    [
        (PowerLaw(2.0), torch.diag(torch.tensor([1, 1 / 4, 1 / 9]) * 3 / (1 + 1 / 4 + 1 / 9))),
        (LowRank(2), torch.diag(torch.tensor([1.5, 1.5, 0.0]))),
        (AutoRegressive(0.5), torch.tensor([[1, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 1]])),
        (Spiked(3.0), torch.tensor([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]])),
        (Eigenvalues((2.0, 0.5, 0.0)), torch.diag(torch.tensor([2.0, 0.5, 0.0]))),
        (Matrix(ROWS), torch.tensor(ROWS)),
    ],
    ids=str,
)
def test_known_second_moments(covariance: Covariance, expected: Tensor) -> None:
    torch.testing.assert_close(covariance.second_moment(3), expected.double(), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("dimension", [1, 2, 7, 20, 64])
@pytest.mark.parametrize(
    "covariance",
    [PowerLaw(1.0), AutoRegressive(0.9), Spiked(10.0), LowRank(1), Identity(), RandomDiagonal(), Wishart()],
    ids=str,
)
def test_trace_is_the_dimension(covariance: Covariance, dimension: int) -> None:
    assert float(covariance.second_moment(dimension).trace()) == pytest.approx(dimension, rel=1e-12)
    assert covariance.label_variance(dimension) == pytest.approx(dimension, rel=1e-12)


def test_label_variance_of_one_input_is_1() -> None:
    assert Uniform(3.0).label_variance(1) == 1.0
    assert Eigenvalues((7.0,)).label_variance(1) == 1.0


def test_random_diagonal_has_the_stated_eigenvalue_moments() -> None:
    eigenvalues = RandomDiagonal().matrices(STREAM, 50_000, 2).diagonal(dim1=-2, dim2=-1)
    for power, expected in enumerate(RandomDiagonal().eigenvalue_moments, start=1):
        assert_mean(eigenvalues**power, torch.full((2,), expected))


def test_wishart_below_full_rank_spans_a_subspace() -> None:
    assert torch.linalg.matrix_rank(Wishart(2).matrices(STREAM, 5, 4)).tolist() == [2] * 5


def test_a_covariance_knob_reshapes_the_same_normals() -> None:
    normals = Identity().covariates(STREAM, 5, 6, 3)
    torch.testing.assert_close(
        PowerLaw(2.0).covariates(STREAM, 5, 6, 3), normals * PowerLaw(2.0).eigenvalues(3).sqrt()
    )
    nearly = AutoRegressive(1e-6).covariates(STREAM, 5, 6, 3)
    torch.testing.assert_close(nearly, normals, atol=1e-5, rtol=0)


def test_mixture_draws_one_covariance_a_prompt() -> None:
    narrow, wide = Eigenvalues((1e-6,) * 3), Eigenvalues((1.0,) * 3)
    mixed = CovarianceMixture((CovarianceShare(narrow, 1.0), CovarianceShare(wide, 3.0)))
    assert mixed.weights == (0.25, 0.75)
    lengths = mixed.covariates(STREAM, 4000, 8, 3).norm(dim=-1)
    wide_points = lengths > 0.02
    assert bool((wide_points.all(1) | ~wide_points.any(1)).all())
    assert_mean(wide_points[:, 0].double(), torch.tensor(0.75))


def test_a_mixture_is_no_component_of_another() -> None:
    """Both would choose by the same uniforms, so that of an inner half and half one half is never drawn."""
    inner = CovarianceMixture((CovarianceShare(Identity()), CovarianceShare(PowerLaw(1.0))))
    with pytest.raises(SpecError, match="not mixtures themselves") as caught:
        CovarianceMixture((CovarianceShare(inner), CovarianceShare(Spiked(3.0))))
    assert caught.value.field == "components"


@pytest.mark.parametrize("weight", [0.0, -1.0, 1e-10, 1e10, 1e308, math.inf, math.nan])
def test_weights_that_no_share_follows_from_are_refused(weight: float) -> None:
    with pytest.raises(SpecError) as caught:
        CovarianceShare(Identity(), weight)
    assert caught.value.field == "weight"


def test_shares_too_small_to_be_drawn_are_refused() -> None:
    with pytest.raises(SpecError, match="shares"):
        CovarianceMixture((CovarianceShare(Identity(), 1e6), CovarianceShare(PowerLaw(1.0), 1e-6)))
    kept = CovarianceMixture((CovarianceShare(Identity(), 1e9), CovarianceShare(PowerLaw(1.0), 2.0)))
    assert kept.weights == pytest.approx((1, 2e-9), rel=1e-8)


@pytest.mark.parametrize("size", [1e-200, 9e-7, 1.1e6])
@pytest.mark.parametrize("kind", [Eigenvalues, Matrix])
def test_own_covariances_of_extreme_size_are_refused(kind: type[Covariance], size: float) -> None:
    with pytest.raises(SpecError):
        Eigenvalues((size, 0.0)) if kind is Eigenvalues else Matrix(((size, 0.0), (0.0, 0.0)))


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_own_covariances_up_to_the_bounds_are_kept(size: float) -> None:
    assert Eigenvalues((size, 0.0)).label_variance(2) == size
    assert Matrix(((size, 0.0), (0.0, 0.0))).label_variance(2) == size


@pytest.mark.parametrize(
    ("covariance", "dimension", "field"),
    [
        (LowRank(3), 2, "rank"),
        (Eigenvalues((1.0,)), 2, "values"),
        (Matrix(ROWS), 2, "rows"),
        (Uniform(), 2, "dimension"),
    ],
    ids=str,
)
def test_a_kind_that_does_not_fit_the_dimension_is_refused(
    covariance: Covariance, dimension: int, field: str
) -> None:
    with pytest.raises(SpecError) as caught:
        covariance.second_moment(dimension)
    assert caught.value.field == field
