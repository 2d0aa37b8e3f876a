import math
from itertools import pairwise

import pytest
import torch
from scipy import stats

from icl_core.data.covariance import (
    AutoRegressive,
    Eigenvalues,
    Identity,
    PowerLaw,
    RandomDiagonal,
    Uniform,
    Wishart,
    WithMean,
)
from icl_core.data.families import DenseWeights, GaussianFamily, SparseWeights, SumOf
from icl_core.data.function_classes import (
    Combination,
    Dense,
    FixedSparse,
    LinearFunctions,
    Quadratic,
    ReluNetwork,
    Sinusoid,
    Sparse,
)
from icl_core.data.function_classes.base import ChosenFunctions, Functions
from icl_core.data.function_classes.mixture import sample_mixture
from icl_core.data.moments import mixture_task_moment
from icl_core.data.randomness import AddressedRandomness
from icl_core.specs import Covariance, FunctionClass, Mixture, SpecError

STREAM = AddressedRandomness.of(2, "test")
D = 4
LINEAR = [Dense(), Sparse(2), FixedSparse(3), Combination(Dense(), Sparse(1), 0.3)]
KNOWN = [*LINEAR, Quadratic(), ReluNetwork(30), Combination(Dense(), ReluNetwork(20), 0.6)]
OTHERS = [kind for kind in FunctionClass.in_order() if kind not in map(type, [*KNOWN, Sinusoid()])]
FAMILIES = [*KNOWN, *(family for kind in OTHERS for family in kind.offered(D))]
COVARIANCES = [
    Identity(),
    PowerLaw(1.5),
    AutoRegressive(0.8),
    RandomDiagonal(),
    Wishart(3),
    WithMean(1.5, PowerLaw(1.0)),
]
each_family = pytest.mark.parametrize("family", FAMILIES, ids=str)


def assert_mean(samples: torch.Tensor, expected: torch.Tensor | float) -> None:
    """The mean of independent samples [n, ...] is the expected one, each entry within 5 standard errors."""
    error = (samples.mean(0) - expected).abs()
    assert bool((error <= 5 * samples.std(0) / len(samples) ** 0.5 + 1e-12).all()), error


def output_variance(family: FunctionClass, v: float) -> float:
    """E f(x)^2 that the family states: v, but for convex combinations."""
    if isinstance(family, Combination):
        return (family.alpha**2 + (1 - family.alpha) ** 2) * v
    return v


def values_at_covariates(family: FunctionClass, covariates: Covariance, dimension: int) -> torch.Tensor:
    """One function value of each of many prompts [B]."""
    prompts = 40_000
    xs = covariates.covariates(STREAM.child("x"), prompts, 1, dimension)
    return family.sample(STREAM.child("f"), prompts, covariates, dimension).evaluate(xs).squeeze(1)


def test_every_kind_is_tested() -> None:
    assert {type(family) for family in [*FAMILIES, Sinusoid()]} == set(FunctionClass.kinds.values())


@each_family
@pytest.mark.parametrize("covariates", COVARIANCES, ids=str)
def test_output_variance_is_equal(family: FunctionClass, covariates: Covariance) -> None:
    values = values_at_covariates(family, covariates, D)
    assert_mean(values, 0.0)
    assert_mean(values**2, output_variance(family, covariates.label_variance(D)))


@pytest.mark.parametrize(
    "family",
    [
        Dense(),
        Sparse(1),
        FixedSparse(1),
        Quadratic(),
        ReluNetwork(30),
        Sinusoid(),
        Combination(Dense(), Sinusoid(), 0.5),
    ],
    ids=str,
)
@pytest.mark.parametrize("covariates", [Uniform(3.0), Identity(), Eigenvalues((4.0,))], ids=str)
def test_output_variance_of_one_input_is_1(family: FunctionClass, covariates: Covariance) -> None:
    assert_mean(values_at_covariates(family, covariates, 1) ** 2, output_variance(family, 1.0))


@each_family
def test_a_function_depends_on_its_prompt_alone(family: FunctionClass) -> None:
    xs = torch.randn(150, 7, D, dtype=torch.float64)
    whole = family.sample(STREAM, 150, Identity(), D).evaluate(xs)
    part = family.sample(STREAM.from_prompt(41), 70, Identity(), D)
    assert torch.equal(part.evaluate(xs[41:111]), whole[41:111])
    assert torch.equal(part.evaluate(xs[41:111, :3]), whole[41:111, :3])
    assert torch.equal(part.evaluate(xs[41:111, 5:6]), whole[41:111, 5:6])


@each_family
def test_take_gives_the_functions_asked_for(family: FunctionClass) -> None:
    functions = family.sample(STREAM, 6, Identity(), D)
    index = torch.tensor([5, 0, 0, 3])
    xs = torch.randn(6, 2, D, dtype=torch.float64)
    assert torch.equal(functions.take(index).evaluate(xs[index]), functions.evaluate(xs)[index])


@pytest.mark.parametrize("family", LINEAR, ids=str)
@pytest.mark.parametrize(
    "covariates", [Identity(), AutoRegressive(0.8), Eigenvalues((3.0, 2.0, 1.0, 0.5))], ids=str
)
def test_linear_families_state_their_second_moment(family: FunctionClass, covariates: Covariance) -> None:
    functions = family.sample(STREAM, 40_000, covariates, D)
    weights, stated = functions.weights, family.task_second_moment(covariates, D)
    assert weights is not None
    assert stated is not None
    assert_mean(weights.unsqueeze(-1) * weights.unsqueeze(-2), stated)
    xs = torch.randn(40_000, 2, D, dtype=torch.float64)
    torch.testing.assert_close(functions.evaluate(xs), torch.einsum("bnd,bd->bn", xs, weights))


@pytest.mark.parametrize("family", [Quadratic(), ReluNetwork(), Combination(Dense(), Quadratic())], ids=str)
def test_other_families_have_no_weights(family: FunctionClass) -> None:
    assert family.sample(STREAM, 2, Identity(), D).weights is None
    assert family.task_second_moment(Identity(), D) is None


@pytest.mark.parametrize(
    ("family", "dimension", "covariates"),
    [
        (Dense(), D, AutoRegressive(0.8)),
        (Dense(), 1, Uniform(3.0)),
        (Sparse(2), D, Identity()),
        (FixedSparse(2), D, PowerLaw(1.0)),
        (Quadratic(), D, PowerLaw(1.0)),
        (Sinusoid(0.5, 2.0), 1, Uniform(3.0)),
        (Combination(Dense(), Sinusoid(), 0.3), 1, Uniform(3.0)),
        (Combination(Sparse(1), Quadratic(), 0.3), D, Identity()),
    ],
    ids=str,
)
def test_bayes_prior_is_what_is_sampled(
    family: FunctionClass, dimension: int, covariates: Covariance
) -> None:
    """The prior's covariance of (f(x), f(x')), and of their squares, is that of the samples."""
    prior = family.family(covariates, dimension)
    assert isinstance(prior, GaussianFamily)
    xs = covariates.covariates(STREAM, 1, 2, dimension)
    features = prior.features(xs)[:, 0]  # [C, N, m]
    kernels = features @ features.mT  # [C, N, N], covariance of f at the two points under each component
    probability = prior.log_prior(dimension).exp()[:, None, None]
    squares = kernels[:, 0, 0] * kernels[:, 1, 1] + 2 * kernels[:, 0, 1] ** 2  # E f(x)^2 f(x')^2 by Isserlis
    values = family.sample(STREAM, 100_000, covariates, dimension).evaluate(xs.expand(100_000, -1, -1))
    assert_mean(values.unsqueeze(-1) * values.unsqueeze(-2), (probability * kernels).sum(0))
    assert_mean(values[:, 0] ** 2 * values[:, 1] ** 2, float((probability[:, 0, 0] * squares).sum()))


def test_priors_are_the_stated_ones() -> None:
    assert Dense().family(Identity(), 8) == DenseWeights(1.0)
    assert Sparse(2).family(Identity(), 8) == SparseWeights(2, 4.0)
    assert Dense().family(Uniform(3.0), 1) == DenseWeights(1 / 3)
    assert Combination(Dense(), Sparse(1), 0.3).family(Identity(), 2) == SumOf(
        DenseWeights(1.0), SparseWeights(1, 2.0), 0.3
    )
    assert ReluNetwork().family(Identity(), D) is None
    assert Combination(Dense(), ReluNetwork()).family(Identity(), D) is None


# ------------------------------------------------------------------------------------------ each family


def test_sparse_supports_are_uniform_and_nested() -> None:
    weights = [Sparse(nnz).sample(STREAM, 12_000, Identity(), D).weights for nnz in range(1, D + 1)]
    supports = [entry != 0 for entry in weights if entry is not None]
    assert [int(support.sum(1).unique()) for support in supports] == [1, 2, 3, 4]
    for smaller, larger in pairwise(supports):
        assert bool((larger | ~smaller).all())
    codes = (supports[1] * 2 ** torch.arange(D)).sum(1)
    counts = torch.bincount(codes)[[3, 5, 6, 9, 10, 12]]
    assert int(counts.sum()) == 12_000
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


def test_sparse_values_are_gaussian_of_variance_d_over_nnz() -> None:
    weights = Sparse(2).sample(STREAM, 5000, Identity(), D).weights
    assert weights is not None
    assert stats.kstest(weights[weights != 0].numpy(), "norm", args=(0, math.sqrt(2))).pvalue > 1e-3


def test_fixed_support_is_the_first_inputs() -> None:
    weights = FixedSparse(3).sample(STREAM, 5000, Identity(), D).weights
    assert weights is not None
    assert bool((weights[:, :3] != 0).all())
    assert bool((weights[:, 3:] == 0).all())
    assert stats.kstest(weights[:, :3].numpy().ravel(), "norm", args=(0, math.sqrt(4 / 3))).pvalue > 1e-3


def test_fixed_support_needs_an_input_that_varies() -> None:
    with pytest.raises(SpecError, match="nnz"):
        FixedSparse(1).sample(STREAM, 2, Eigenvalues((0.0, 1.0)), 2)


def test_sinusoids_have_the_stated_frequencies_and_unit_variance_everywhere() -> None:
    family = Sinusoid(0.5, 3.0)
    functions = family.sample(STREAM, 20_000, Uniform(3.0), 1)
    xs = torch.tensor([[-3.0], [-0.2], [0.0], [2.5]], dtype=torch.float64).expand(20_000, -1, -1)
    values = functions.evaluate(xs)
    assert_mean(values**2, 1.0)
    frequencies = functions.frequencies  # type: ignore[attr-defined]
    assert stats.kstest(frequencies.numpy(), "uniform", args=(0.5, 2.5)).pvalue > 1e-3
    # f'' = -w^2 f, by central differences.
    step = 1e-4
    around = torch.tensor([[0.7 - step], [0.7], [0.7 + step]], dtype=torch.float64).expand(20_000, -1, -1)
    left, middle, right = functions.evaluate(around).unbind(1)
    torch.testing.assert_close(
        (left - 2 * middle + right) / step**2, -(frequencies**2) * middle, atol=1e-5, rtol=0
    )


def test_relu_networks_are_positively_homogeneous_with_a_kink_at_0() -> None:
    functions = ReluNetwork(30).sample(STREAM, 5, Identity(), D)
    xs = torch.randn(5, 6, D, dtype=torch.float64)
    torch.testing.assert_close(functions.evaluate(2.5 * xs), 2.5 * functions.evaluate(xs))
    assert not torch.allclose(functions.evaluate(-xs), -functions.evaluate(xs))


def test_relu_networks_are_the_formula() -> None:
    functions = ReluNetwork(30).sample(STREAM, 5, Identity(), D)
    hidden, readout = functions.hidden, functions.readout  # type: ignore[attr-defined]
    xs = torch.randn(5, 6, D, dtype=torch.float64)
    expected = torch.einsum("bnd,bwd->bnw", xs, hidden).clamp(min=0) @ readout.unsqueeze(-1)
    torch.testing.assert_close(functions.evaluate(xs), expected.squeeze(-1))


def test_quadratics_of_standard_normals_have_variance_one_third() -> None:
    functions = Quadratic().sample(STREAM, 20_000, Identity(), D)
    units = torch.eye(D, dtype=torch.float64).expand(20_000, -1, -1)
    assert_mean(functions.evaluate(units) ** 2, 1 / 3)
    torch.testing.assert_close(functions.evaluate(-2 * units), 4 * functions.evaluate(units))


def test_combinations_mix_one_pair_of_functions() -> None:
    xs = torch.randn(5, 6, D, dtype=torch.float64)
    at = {
        alpha: Combination(Dense(), Quadratic(), alpha).sample(STREAM, 5, Identity(), D).evaluate(xs)
        for alpha in (0.0, 0.25, 1.0)
    }
    torch.testing.assert_close(at[0.25], 0.25 * at[1.0] + 0.75 * at[0.0])
    assert not torch.allclose(at[0.0], at[1.0])


# ------------------------------------------------------------------------------------------ mixtures


def test_mixture_families_come_in_their_shares() -> None:
    mixture = Mixture.of((Dense(), 0.2), (Sparse(1), 0.3), (FixedSparse(1), 0.5))
    functions, index = sample_mixture(mixture, STREAM, 20_000, Identity(), D)
    assert stats.chisquare(torch.bincount(index).numpy(), [4000, 6000, 10_000]).pvalue > 1e-3
    weights = functions.weights
    assert weights is not None
    nonzeros = (weights != 0).sum(1)
    assert bool((nonzeros == torch.where(index == 0, D, 1)).all())


@pytest.mark.parametrize("other", [Sparse(1), ReluNetwork(10)], ids=str)
def test_a_prompts_dense_function_does_not_depend_on_the_mixture(other: FunctionClass) -> None:
    xs = torch.randn(200, 3, D, dtype=torch.float64)
    alone = Dense().sample(STREAM.child("dense"), 200, Identity(), D).evaluate(xs)
    for share in (0.1, 0.5, 0.9):
        mixture = Mixture.of((other, 1 - share), (Dense(), share))
        functions, index = sample_mixture(mixture, STREAM, 200, Identity(), D)
        dense = index == 1
        assert 0 < int(dense.sum()) < 200
        assert torch.equal(functions.evaluate(xs)[dense], alone[dense])


def test_a_mixture_with_a_nonlinear_family_evaluates_the_chosen_one() -> None:
    options: tuple[Functions, ...] = (
        LinearFunctions(torch.ones(3, D)),
        Quadratic().sample(STREAM, 3, Identity(), D),
    )
    chosen = ChosenFunctions(options, torch.tensor([1, 0, 1]))
    xs = torch.randn(3, 2, D, dtype=torch.float64)
    linear, quadratic = (option.evaluate(xs) for option in options)
    assert torch.equal(chosen.evaluate(xs), torch.stack([quadratic[0], linear[1], quadratic[2]]))
    assert chosen.weights is None


def test_task_moment_of_a_mixture_is_the_weighted_mean() -> None:
    moment = mixture_task_moment(Mixture.of((Dense(), 0.25), (FixedSparse(1), 0.75)), Identity(), 2)
    torch.testing.assert_close(moment, torch.diag(torch.tensor([0.25 + 0.75 * 2, 0.25], dtype=torch.float64)))
    assert mixture_task_moment(Mixture.of(Dense(), Quadratic()), Identity(), 2) is None


@pytest.mark.parametrize(
    "family", [Sparse(5), FixedSparse(5), Sinusoid(), Combination(Dense(), Sparse(5))], ids=str
)
def test_a_family_that_does_not_fit_the_dimension_is_refused(family: FunctionClass) -> None:
    with pytest.raises(SpecError):
        family.check(D)
