from itertools import combinations
from math import comb

import mpmath
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from icl_core.data.families import (
    DenseWeights,
    FixedSupport,
    QuadraticWeights,
    Sinusoids,
    SparseWeights,
    SumOf,
)
from icl_core.predictors import bayes
from icl_core.predictors.bayes import BayesMixture
from icl_core.specs import SpecError


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def uniform(*shape: int, low: float, high: float, seed: int) -> torch.Tensor:
    return low + (high - low) * torch.rand(
        *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )


def sparse_weights(prompts: int, dimension: int, nnz: int, seed: int) -> torch.Tensor:
    """Tasks [B, D] with nnz standard normal entries on random supports."""
    order = torch.rand(prompts, dimension, generator=torch.Generator().manual_seed(seed)).argsort(-1)
    return normal(prompts, dimension, seed=seed + 1) * (order < nnz)


def labels(xs: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return torch.einsum("bnd,bd->bn", xs, weights)


def estimate_weights(predictor: BayesMixture, xs: torch.Tensor, ys: torch.Tensor) -> torch.Tensor:
    """w-hat [B, N, D] of a mixture of linear families: its predictions at the unit vectors."""
    columns = [predictor.predict_query(xs, ys, unit.expand_as(xs)) for unit in torch.eye(xs.shape[-1]).to(xs)]
    return torch.stack(columns, dim=-1)


def weight_error(
    predictor: BayesMixture, xs: torch.Tensor, weights: torch.Tensor, ys: torch.Tensor, nnz: int
):
    """|w-hat - w|^2 / nnz at the last point: mean over prompts and its standard error."""
    errors = (estimate_weights(predictor, xs, ys)[:, -1] - weights).square().sum(-1) / nnz
    return errors.mean().item(), errors.std().item() / len(errors) ** 0.5


# --- known answers and brute force --------------------------------------------------------------------------


def test_known_answer():
    """Two pairs in three dimensions, dense against one nonzero weight; from an independent script."""
    xs = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0], [0.0, 0.0, 0.0]], dtype=torch.float64)[None]
    ys = torch.tensor([[1.0, 0.2, 0.0]], dtype=torch.float64)
    predictor = BayesMixture([DenseWeights(1.0), SparseWeights(1, 1.0)], [0.5, 0.5], noise_var=0.1)
    assert predictor.posterior(xs, ys)[0, 2, 0].item() == pytest.approx(0.4038138262, abs=5e-11)
    expected = [0.7895337946, 0.1694739910, 0.1118518407]
    assert estimate_weights(predictor, xs, ys)[0, 2].tolist() == pytest.approx(expected, abs=5e-11)


def linear_kernels(xs: np.ndarray) -> list[list[np.ndarray]]:
    """Covariances of f at the points, per family and component: dense, sparse, one input, quadratic."""
    dimension = xs.shape[1]
    sparse = [3.0 * xs[:, support] @ xs[:, support].T for support in combinations(range(dimension), 2)]
    return [[1.5 * xs @ xs.T], sparse, [6.0 * np.outer(xs[:, 0], xs[:, 0])], [0.4 * xs**2 @ (xs**2).T]]


def wave_kernels(xs: np.ndarray) -> list[list[np.ndarray]]:
    """The same for linear functions of one input, sinusoids, and their sum at alpha = .4."""
    lags = xs - xs.T
    linear, waves = 0.5 * xs @ xs.T, [2.0 * np.cos(frequency * lags) for frequency in (0.5, 1.5, 2.5)]
    return [[linear], waves, [0.16 * linear + 0.36 * wave for wave in waves]]


LINEAR_FAMILIES = (DenseWeights(1.5), SparseWeights(2, 3.0), FixedSupport(1, 6.0), QuadraticWeights(0.4))
WAVES = Sinusoids.on_range(0.0, 3.0, 3, 2.0)
WAVE_FAMILIES = (DenseWeights(0.5), WAVES, SumOf(DenseWeights(0.5), WAVES, 0.4))


@pytest.mark.parametrize(
    ("families", "kernels", "dimension", "weights"),
    [
        (LINEAR_FAMILIES, linear_kernels, 4, (0.1, 0.2, 0.3, 0.4)),
        (WAVE_FAMILIES, wave_kernels, 1, (0.5, 0.3, 0.2)),
    ],
    ids=["linear", "waves"],
)
@pytest.mark.parametrize("noise_var", [0.01, 0.5])
def test_brute_force_at_every_prefix(families, kernels, dimension, weights, noise_var):
    """Against the marginal densities and Gaussian conditioning, written in kernels instead of features."""
    xs, ys = normal(3, 8, dimension, seed=1), normal(3, 8, seed=2)
    predictor = BayesMixture(families, weights, noise_var)
    posterior, predictions = predictor.posterior(xs, ys).numpy(), predictor.predict(xs, ys).numpy()
    for b, y in enumerate(ys.numpy()):
        covariances = kernels(xs[b].numpy())
        for k in range(1, 8):
            densities, means = [], []
            for weight, family in zip(weights, covariances, strict=True):
                marginals = [kernel[:k, :k] + noise_var * np.eye(k) for kernel in family]
                density = [multivariate_normal(np.zeros(k), marginal).pdf(y[:k]) for marginal in marginals]
                densities.append(weight * np.array(density) / len(family))
                solved = [np.linalg.solve(marginal, y[:k]) for marginal in marginals]
                means.append([kernel[k, :k] @ s for kernel, s in zip(family, solved, strict=True)])
            total = sum(density.sum() for density in densities)
            expected = [density.sum() / total for density in densities]
            np.testing.assert_allclose(posterior[b, k], expected, atol=1e-10)
            prediction = (
                sum((density * mean).sum() for density, mean in zip(densities, means, strict=True)) / total
            )
            assert predictions[b, k] == pytest.approx(prediction, abs=1e-10)


# --- numerical soundness ------------------------------------------------------------------------------------


def exact_prediction(features: torch.Tensor, ys: torch.Tensor, noise_var: float) -> tuple[float, float]:
    """Mixture-of-components prediction at the last point and log evidence of the others, in 50 digits."""
    mpmath.mp.dps = 50
    observed = mpmath.matrix(ys[:-1].tolist())
    log_densities, means = [], []
    for phi in features:
        seen, query = mpmath.matrix(phi[:-1].tolist()), mpmath.matrix(phi[-1:].tolist())
        marginal = seen * seen.T + mpmath.mpf(noise_var) * mpmath.eye(len(observed))
        solved = mpmath.lu_solve(marginal, observed)
        log_determinant = mpmath.log(mpmath.det(marginal)) + len(observed) * mpmath.log(2 * mpmath.pi)
        log_densities.append(-(log_determinant + (observed.T * solved)[0]) / 2)
        means.append((query * (seen.T * solved))[0])
    peak = max(log_densities)
    weights = [mpmath.exp(log_density - peak) for log_density in log_densities]
    prediction = sum(weight * mean for weight, mean in zip(weights, means, strict=True)) / sum(weights)
    return float(prediction), float(peak + mpmath.log(sum(weights) / len(weights)))


@pytest.mark.parametrize("pairs", [5, 19, 20, 21, 40])
def test_noise_free_dense_labels_with_a_tiny_nugget(pairs):
    xs = normal(1, 41, 20, seed=3)
    ys = labels(xs, normal(1, 20, seed=4))
    nugget = 1e-6 * 20
    family = DenseWeights(1.0)
    prediction, log_evidence = exact_prediction(
        family.features(xs)[:, 0, : pairs + 1], ys[0, : pairs + 1], nugget
    )
    mixture = BayesMixture([family], [1.0], nugget)
    assert mixture.predict(xs, ys)[0, pairs].item() == pytest.approx(prediction, abs=1e-11)
    learned = bayes._learn_family(family, xs, ys[None], xs, nugget)[1][0]
    assert learned[0, pairs].item() == pytest.approx(log_evidence, rel=1e-11)


@pytest.mark.parametrize("pairs", [2, 3, 5, 20])
def test_labels_from_outside_the_family_with_a_tiny_nugget(pairs):
    """Every component misfits by some 100,000 nats; the best of them must still be told from the rest."""
    xs = normal(1, 41, 5, seed=5)
    ys = labels(xs, normal(1, 5, seed=6))
    family = SparseWeights(2, 2.5)
    features = family.features(xs)[:, 0, : pairs + 1]
    prediction, log_evidence = exact_prediction(features, ys[0, : pairs + 1], 5e-6)
    predictions, learned = (each[0] for each in bayes._learn_family(family, xs, ys[None], xs, 5e-6))
    assert predictions[0, pairs].item() == pytest.approx(prediction, abs=1e-9)
    assert learned[0, pairs].item() == pytest.approx(log_evidence, rel=1e-11)


def test_repeated_points_with_a_tiny_nugget():
    xs = normal(1, 6, 3, seed=7)[:, [0, 0, 1, 0, 1, 1, 0, 2]]
    ys = labels(xs, normal(1, 3, seed=8))
    family = DenseWeights(1.0)
    prediction, _ = exact_prediction(family.features(xs)[:, 0], ys[0], 3e-6)
    assert BayesMixture([family], [1.0], 3e-6).predict(xs, ys)[0, -1].item() == pytest.approx(
        prediction, abs=1e-11
    )


def test_dense_prior_without_noise_is_minimum_norm_least_squares():
    xs = normal(16, 13, 6, seed=9)
    ys = labels(xs, normal(16, 6, seed=10))
    predictions = BayesMixture([DenseWeights(1.0)], [1.0], 1e-10).predict(xs, ys)
    for k in (1, 3, 6, 12):
        expected = torch.einsum("bd,bdn,bn->b", xs[:, k], torch.linalg.pinv(xs[:, :k]), ys[:, :k])
        torch.testing.assert_close(predictions[:, k], expected, atol=1e-6, rtol=0)


# --- what a posterior must do -------------------------------------------------------------------------------


def dense_or_sparse(noise_var: float = 0.1, weight: float = 0.3) -> BayesMixture:
    """Families of equal output variance in five dimensions."""
    return BayesMixture([DenseWeights(1.0), SparseWeights(2, 2.5)], [weight, 1 - weight], noise_var)


def test_without_pairs_posterior_is_the_prior_and_prediction_zero():
    xs, ys = normal(4, 6, 5, seed=11), normal(4, 6, seed=12)
    predictor = dense_or_sparse()
    prior = torch.tensor([0.3, 0.7], dtype=torch.float64)
    torch.testing.assert_close(predictor.posterior(xs, ys)[:, 0], prior.expand(4, 2), atol=1e-15, rtol=0)
    assert predictor.predict(xs, ys)[:, 0].tolist() == [0.0] * 4


@pytest.mark.parametrize(("nnz", "scale", "family"), [(5, 1.0, 0), (2, 2.5**0.5, 1)])
def test_posterior_concentrates_on_the_family_of_the_prompt(nnz, scale, family):
    xs = normal(50, 40, 5, seed=13)
    ys = labels(xs, scale * sparse_weights(50, 5, nnz, seed=14)) + 0.01**0.5 * normal(50, 40, seed=16)
    posterior = dense_or_sparse(noise_var=0.01, weight=0.5).posterior(xs, ys)[..., family].mean(0)
    assert posterior[0] == pytest.approx(0.5)
    assert posterior[-1] > 0.95


def test_posterior_averages_to_the_prior_over_prompts_of_the_mixture():
    """E P(family | D) = P(family) at every number of pairs, for prompts drawn from the mixture itself."""
    prompts, weight, noise_var = 4000, 0.3, 0.1
    xs = normal(prompts, 9, 5, seed=17)
    is_dense = uniform(prompts, 1, low=0, high=1, seed=18) < weight
    sparse = 2.5**0.5 * sparse_weights(prompts, 5, 2, seed=19)
    weights = torch.where(is_dense, normal(prompts, 5, seed=21), sparse)
    ys = labels(xs, weights) + noise_var**0.5 * normal(prompts, 9, seed=22)
    predictor = dense_or_sparse(noise_var, weight)
    posterior = predictor.posterior(xs, ys)[..., 0]
    standard_error = posterior[:, 1:].std(0) / prompts**0.5
    assert ((posterior[:, 1:].mean(0) - weight).abs() < 4 * standard_error).all()
    assert posterior[is_dense[:, 0], -1].mean() > posterior[~is_dense[:, 0], -1].mean() + 0.3

    targets = labels(xs, weights)
    errors = (predictor.predict(xs, ys) - targets).square()
    for family in predictor.families:
        specialist = BayesMixture([family], [1.0], noise_var).predict(xs, ys)
        excess = (specialist - targets).square() - errors
        assert (excess.mean(0)[1:] > -3 * excess.std(0)[1:] / prompts**0.5).all()
        assert excess.mean(0)[5] > 0


def test_family_of_weight_zero_does_not_count():
    xs, ys = normal(4, 8, 5, seed=23), normal(4, 8, seed=24)
    mixture = BayesMixture([DenseWeights(1.0), SparseWeights(1, 5.0)], [0.0, 1.0], 1e-6)
    alone = BayesMixture([SparseWeights(1, 5.0)], [1.0], 1e-6)
    torch.testing.assert_close(mixture.predict(xs, ys), alone.predict(xs, ys), atol=0, rtol=0)
    assert (mixture.posterior(xs, ys)[..., 0] == 0).all()


# --- the predictor's shape ----------------------------------------------------------------------------------


def test_later_pairs_do_not_matter():
    xs, ys = normal(4, 8, 5, seed=25), normal(4, 8, seed=26)
    predictor = dense_or_sparse()
    predictions, posterior = predictor.predict(xs, ys), predictor.posterior(xs, ys)
    xs[:, 6:] += 5.0
    ys[:, 5:] = 1e9
    torch.testing.assert_close(predictor.predict(xs, ys)[:, :6], predictions[:, :6], atol=0, rtol=0)
    torch.testing.assert_close(predictor.posterior(xs, ys)[:, :6], posterior[:, :6], atol=0, rtol=0)
    assert (predictor.predict(xs, ys)[:, 6:] - predictions[:, 6:]).abs().min() > 1


def test_queries_at_the_points_give_the_predictions():
    xs, ys = normal(4, 8, 5, seed=27), normal(4, 8, seed=28)
    predictor = dense_or_sparse()
    torch.testing.assert_close(predictor.predict_query(xs, ys, xs), predictor.predict(xs, ys), atol=0, rtol=0)


def test_query_takes_the_place_of_the_next_point():
    xs, ys, queries = normal(4, 8, 5, seed=29), normal(4, 8, seed=30), normal(4, 8, 5, seed=31)
    predictor = dense_or_sparse()
    at_queries = predictor.predict_query(xs, ys, queries)
    for k in range(8):
        replaced = xs.clone()
        replaced[:, k] = queries[:, k]
        torch.testing.assert_close(
            at_queries[:, k], predictor.predict(replaced, ys)[:, k], atol=1e-13, rtol=0
        )


def test_chunks_of_prompts_change_nothing(monkeypatch):
    xs, ys = normal(7, 8, 5, seed=32), normal(7, 8, seed=33)
    predictor = dense_or_sparse()
    whole = predictor.predict(xs, ys), predictor.posterior(xs, ys)
    monkeypatch.setattr(bayes, "CHUNK_ENTRIES", 3 * comb(5, 2) * 2**2)
    torch.testing.assert_close(
        (predictor.predict(xs, ys), predictor.posterior(xs, ys)), whole, atol=1e-13, rtol=0
    )


def test_dtype_out_is_dtype_in():
    xs, ys = normal(4, 8, 5, seed=34).float(), normal(4, 8, seed=35).float()
    predictor = dense_or_sparse()
    assert predictor.predict(xs, ys).dtype == predictor.posterior(xs, ys).dtype == torch.float32
    exact = predictor.predict(xs.double(), ys.double())
    torch.testing.assert_close(predictor.predict(xs, ys), exact.float(), atol=0, rtol=0)


@pytest.mark.parametrize(
    ("families", "weights", "noise_var", "field"),
    [
        ([], [], 0.1, "families"),
        ([DenseWeights(1.0)], [0.5, 0.5], 0.1, "weights"),
        ([DenseWeights(1.0), DenseWeights(2.0)], [1.5, -0.5], 0.1, "weights"),
        ([DenseWeights(1.0)], [0.9], 0.1, "weights"),
        ([DenseWeights(1.0)], [float("nan")], 0.1, "weights"),
        ([DenseWeights(1.0)], [1.0], 0.0, "noise_var"),
    ],
)
def test_settings_that_make_no_sense_are_refused(families, weights, noise_var, field):
    with pytest.raises(SpecError) as error:
        BayesMixture(families, weights, noise_var)
    assert error.value.field == field


# --- sinusoids: the grid stands for the range ---------------------------------------------------------------


@pytest.mark.parametrize(("noise_var", "count", "tolerance"), [(1e-2, 128, 1e-6), (1e-6, 2048, 1e-6)])
def test_frequency_grid_is_converged(noise_var, count, tolerance):
    """Halving the cells hardly moves the predictions, once there are pairs enough to tell the frequency."""
    xs = uniform(32, 13, 1, low=-3, high=3, seed=36)
    frequencies = uniform(32, 1, low=0.5, high=2, seed=37)
    amplitudes = normal(2, 32, 1, seed=38)
    ys = amplitudes[0] * torch.sin(frequencies * xs[..., 0]) + amplitudes[1] * torch.cos(
        frequencies * xs[..., 0]
    )
    ys = ys + noise_var**0.5 * normal(32, 13, seed=39)
    grids = [Sinusoids.on_range(0.5, 2, cells, 1.0) for cells in (count, 2 * count)]
    mixtures = [BayesMixture([DenseWeights(1 / 3), grid], [0.5, 0.5], noise_var) for grid in grids]
    coarse, fine = (mixture.predict(xs, ys) for mixture in mixtures)
    assert (coarse - fine).square().mean(0)[6:].max() < tolerance


# --- reference values of the exact mixture at d = 20 --------------------------------------------------------

DENSE_OR_SPARSE_20 = BayesMixture([DenseWeights(1.0), SparseWeights(2, 1.0)], [0.5, 0.5], noise_var=1e-4)
PROMPTS = 200


def learning_prompts(pairs: int, nnz: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Noisy prompts in 20 dimensions whose last point comes after `pairs` pairs: xs, tasks, ys."""
    xs, weights = normal(PROMPTS, pairs + 1, 20, seed=seed), sparse_weights(PROMPTS, 20, nnz, seed=seed + 1)
    return xs, weights, labels(xs, weights) + 1e-2 * normal(PROMPTS, pairs + 1, seed=seed + 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nnz", "pairs", "expected", "standard_error"),
    [
        (20, 4, 0.778, 0.025),
        (20, 8, 0.597, 0.02),
        (20, 12, 0.418, 0.02),
        (20, 16, 0.200, 0.015),
        (20, 20, 0.004, 0.004),
        (2, 4, 0.003, 0.003),
        (2, 8, 0.0, 1e-4),
        (2, 12, 0.0, 1e-4),
        (2, 16, 0.0, 1e-4),
        (2, 20, 0.0, 1e-4),
    ],
)
def test_learning_curve_of_the_mixture(nnz, pairs, expected, standard_error):
    """Against an independent simulation of 150-200 prompts, whose standard error is given."""
    xs, weights, ys = learning_prompts(pairs, nnz, seed=100 * pairs + nnz)
    mean, own_error = weight_error(DENSE_OR_SPARSE_20, xs, weights, ys, nnz)
    assert abs(mean - expected) < 3.5 * (standard_error**2 + own_error**2) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nnz", "expected", "standard_error"),
    [
        (1, 0.0, 1e-4),
        (2, 0.0, 1e-4),
        (3, 0.340, 0.035),
        (4, 0.407, 0.025),
        (6, 0.407, 0.02),
        (10, 0.400, 0.02),
        (20, 0.408, 0.015),
    ],
)
def test_mixture_off_the_trained_sparsity(nnz, expected, standard_error):
    """With 12 pairs the error jumps to that of the dense family as soon as nnz leaves the prior's 2."""
    xs, weights, ys = learning_prompts(12, nnz, seed=5000 + 10 * nnz)
    mean, own_error = weight_error(DENSE_OR_SPARSE_20, xs, weights, ys, nnz)
    assert abs(mean - expected) < 3.5 * (standard_error**2 + own_error**2) ** 0.5


@pytest.mark.slow
def test_mixture_takes_three_nonzeros_for_dense():
    xs, _, ys = learning_prompts(12, 3, seed=7000)
    dense = DENSE_OR_SPARSE_20.posterior(xs, ys)[:, -1, 0]
    assert dense.mean().item() == pytest.approx(0.94, abs=0.06)


@pytest.mark.slow
def test_mixture_fails_on_convex_combinations_that_its_sum_class_can_learn():
    """One input, 20 pairs, noise variance .01: good at the ends, far above the sum's Bayes error between."""
    noise_var, prompts, alphas = 0.01, 120, (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    xs = uniform(prompts, 21, 1, low=-3, high=3, seed=40)
    linear = normal(prompts, 1, seed=41) / 3**0.5 * xs[..., 0]
    frequencies, amplitudes = uniform(prompts, 1, low=0.5, high=5, seed=42), normal(2, prompts, 1, seed=43)
    phase = frequencies * xs[..., 0]
    wave = amplitudes[0] * torch.sin(phase) + amplitudes[1] * torch.cos(phase)
    noise = noise_var**0.5 * normal(prompts, 21, seed=44)

    families = DenseWeights(1 / 3), Sinusoids.on_range(0.5, 5, 300, 1.0)
    mixture = BayesMixture(families, (0.5, 0.5), noise_var)
    mixture_error, sum_error = [], []
    for alpha in alphas:
        function = alpha * linear + (1 - alpha) * wave
        sum_class = BayesMixture([SumOf(*families, alpha)], [1.0], noise_var)
        for predictor, errors in ((mixture, mixture_error), (sum_class, sum_error)):
            errors.append((predictor.predict(xs, function + noise) - function)[:, -1].square().mean().item())
    assert max(sum_error) < 0.01
    assert max(mixture_error[0], mixture_error[-1]) < 0.01
    assert all(error > 10 * best for error, best in list(zip(mixture_error, sum_error, strict=True))[2:5])
    assert mixture_error[3] == max(mixture_error)
