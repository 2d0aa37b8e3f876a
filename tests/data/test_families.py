import math

import pytest
import torch

from icl_core.data.families import (
    DenseWeights,
    FixedSupport,
    GaussianFamily,
    QuadraticWeights,
    Sinusoids,
    SparseWeights,
    SumOf,
)
from icl_core.specs import SpecError


def kernels(family: GaussianFamily, xs: torch.Tensor) -> torch.Tensor:
    """Covariance of f at the points of each prompt, a component at a time: [C, B, N, N]."""
    features = family.features(xs)
    return features @ features.mT


def points(dimension: int) -> torch.Tensor:
    return torch.randn(
        2, 5, dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(dimension)
    )


@pytest.mark.parametrize(
    ("family", "dimension", "count", "features"),
    [
        (DenseWeights(2.0), 6, 1, 6),
        (SparseWeights(2, 3.0), 20, 190, 2),
        (SparseWeights(4, 3.0), 4, 1, 4),
        (FixedSupport(3, 1.0), 5, 1, 3),
        (QuadraticWeights(0.5), 4, 1, 4),
        (Sinusoids.on_range(0.5, 2.0, 7, 1.0), 1, 7, 2),
        (SumOf(DenseWeights(1.0), SparseWeights(1, 1.0), 0.3), 4, 4, 5),
        (SumOf(SparseWeights(2, 1.0), SparseWeights(1, 1.0), 0.5), 4, 24, 3),
    ],
)
def test_shapes_and_normalised_prior(family, dimension, count, features):
    assert family.component_count(dimension) == count
    assert family.features(points(dimension)).shape == (count, 2, 5, features)
    log_prior = family.log_prior(dimension)
    assert log_prior.shape == (count,)
    assert log_prior.exp().sum().item() == pytest.approx(1, abs=1e-12)


def test_dense_and_quadratic_kernels():
    xs = points(6)
    torch.testing.assert_close(kernels(DenseWeights(2.0), xs)[0], 2 * xs @ xs.mT)
    torch.testing.assert_close(kernels(QuadraticWeights(2.0), xs)[0], 2 * xs**2 @ (xs**2).mT)


def test_sparse_components_are_all_supports_once():
    """Every coordinate is in equally many supports, so the kernels add up to a multiple of the dense one."""
    xs = points(6)
    total = kernels(SparseWeights(3, 2.0), xs).sum(0)
    torch.testing.assert_close(total, math.comb(5, 2) * 2.0 * xs @ xs.mT)
    distinct = SparseWeights(3, 1.0).features(torch.arange(1.0, 7.0).expand(1, 1, 6))[:, 0, 0]
    assert len({tuple(sorted(support)) for support in distinct.tolist()}) == 20


def test_fixed_support_ignores_the_other_inputs():
    xs = points(5)
    kept = xs[..., :2]
    torch.testing.assert_close(kernels(FixedSupport(2, 3.0), xs)[0], 3 * kept @ kept.mT)


def test_sinusoid_kernel_is_stationary():
    family = Sinusoids((0.7, 1.9), weight_variance=1.5)
    xs = points(1)
    lags = xs - xs.mT
    expected = torch.stack([1.5 * torch.cos(frequency * lags) for frequency in (0.7, 1.9)])
    torch.testing.assert_close(kernels(family, xs), expected)


def test_midpoint_grid():
    assert Sinusoids.on_range(1.0, 3.0, 4, 1.0).frequencies == pytest.approx((1.25, 1.75, 2.25, 2.75))


def test_sum_kernels_are_those_of_independent_functions():
    first, second = SparseWeights(1, 2.0), SparseWeights(2, 0.5)
    xs = points(3)
    expected = 0.3**2 * kernels(first, xs)[:, None] + 0.7**2 * kernels(second, xs)[None]
    torch.testing.assert_close(kernels(SumOf(first, second, 0.3), xs), expected.flatten(0, 1))


def test_sum_prior_is_the_product_of_the_priors():
    class Uneven(SparseWeights):
        def log_prior(self, input_dim: int) -> torch.Tensor:
            return torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64).log()

    prior = SumOf(SparseWeights(2, 1.0), Uneven(1, 1.0), 0.5).log_prior(3).exp()
    torch.testing.assert_close(prior, torch.tensor([0.7, 0.2, 0.1] * 3, dtype=torch.float64) / 3)


def test_features_keep_the_dtype():
    for family in (
        DenseWeights(2.0),
        Sinusoids((1.0,), 1.0),
        SumOf(DenseWeights(1.0), Sinusoids((1.0,), 1.0), 0.5),
    ):
        assert family.features(torch.zeros(1, 2, 1, dtype=torch.float32)).dtype == torch.float32


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: DenseWeights(0.0), "weight_variance"),
        (lambda: QuadraticWeights(math.nan), "weight_variance"),
        (lambda: SparseWeights(0, 1.0), "nnz"),
        (lambda: FixedSupport(-1, 1.0), "nnz"),
        (lambda: Sinusoids((), 1.0), "frequencies"),
        (lambda: Sinusoids((1.0, math.inf), 1.0), "frequencies"),
        (lambda: Sinusoids.on_range(2.0, 1.0, 4, 1.0), "frequency range"),
        (lambda: Sinusoids.on_range(1.0, 2.0, 0, 1.0), "count"),
        (lambda: SumOf(DenseWeights(1.0), DenseWeights(1.0), 1.5), "alpha"),
        (lambda: SparseWeights(4, 1.0).features(points(3)), "nnz"),
        (lambda: FixedSupport(4, 1.0).features(points(3)), "nnz"),
        (lambda: Sinusoids((1.0,), 1.0).features(points(3)), "input_dim"),
        (lambda: SparseWeights(10, 1.0).features(points(20)), "components"),
        (lambda: SparseWeights(32, 1.0).log_prior(64), "components"),
        (lambda: SumOf(SparseWeights(3, 1.0), SparseWeights(4, 1.0), 0.5).log_prior(20), "components"),
    ],
)
def test_families_that_make_no_sense_are_refused(build, field):
    with pytest.raises(SpecError) as error:
        build()
    assert error.value.field == field
