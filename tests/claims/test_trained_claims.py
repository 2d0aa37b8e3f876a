"""Claims about models, with known learners in their place: each holds for some and fails for others."""

import math
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import pytest
import torch

from icl_core.claims import run
from icl_core.data.covariance import RandomDiagonal, Uniform
from icl_core.data.families import DenseWeights, FixedSupport, Sinusoids, SparseWeights, SumOf
from icl_core.data.function_classes import Dense, FixedSparse, ReluNetwork, Sinusoid, Sparse
from icl_core.data.prompts import task_pool
from icl_core.library.links import from_query
from icl_core.models import Transformer
from icl_core.predictors import (
    BayesMixture,
    DiscreteMMSE,
    LeastSquares,
    Neighbours,
    Predictor,
    Ridge,
    SmoothInterpolator,
    Zero,
)
from icl_core.specs import Mixture, Pretraining

PROMPTS = 256


def mixture(*families) -> Mixture:
    return Mixture.of(*((family, 1 / len(families)) for family in families))


FIXED = Pretraining(dimension=8, context_length=16)
RANDOM = replace(FIXED, covariates=RandomDiagonal())
DENSE = Pretraining(dimension=8, context_length=12)
SPARSE = replace(DENSE, mixture=mixture(Sparse(2)))
BOTH = replace(DENSE, mixture=mixture(Dense(), Sparse(2)))
SUPPORT = replace(DENSE, mixture=mixture(Dense(), FixedSparse(2)))
RELU = replace(DENSE, mixture=mixture(ReluNetwork()))
DENSE_RELU = replace(DENSE, mixture=mixture(Dense(), ReluNetwork()))
POOL = Pretraining(dimension=8, context_length=16, label_noise=0.5, task_pool=4)
UNLIMITED = replace(POOL, task_pool=None)
LINEAR = Pretraining(dimension=1, context_length=24, covariates=Uniform())
SINUSOID = replace(LINEAR, mixture=mixture(Sinusoid()))
LINEAR_SINUSOID = replace(LINEAR, mixture=mixture(Dense(), Sinusoid()))
NARROW_MODEL = replace(LINEAR, mixture=mixture(Dense(), Sinusoid(2.0, 2.0)))
WIDE = replace(LINEAR, mixture=mixture(Dense(), Sinusoid(0.5, 3.0)))
SMALL, LARGE = (replace(LINEAR_SINUSOID, model=Transformer(layers=layers)) for layers in (2, 12))

OLS, RIDGE, ZERO = LeastSquares(), Ridge(1.0), Zero()
NUGGET = 8e-6
IDEAL_SPARSE = BayesMixture((SparseWeights(2, 4.0),), (1,), NUGGET)
IDEAL = BayesMixture((DenseWeights(1.0), SparseWeights(2, 4.0)), (0.5, 0.5), NUGGET)
THIRDS = BayesMixture(
    (DenseWeights(1.0), SparseWeights(2, 4.0), SparseWeights(3, 8 / 3)), (0.8, 0.15, 0.05), NUGGET
)
IDEAL_SUPPORT = BayesMixture((DenseWeights(1.0), FixedSupport(2, 4.0)), (0.5, 0.5), NUGGET)
LINES = DenseWeights(1 / 3)
NARROW, BROAD = (Sinusoids.on_range(0.5, top, 24, 1.0) for top in (2.0, 3.0))
SELECTS, SELECTS_WIDE = (BayesMixture((LINES, waves), (0.5, 0.5), 0.01) for waves in (NARROW, BROAD))
SUMS = BayesMixture((LINES, NARROW, SumOf(LINES, NARROW, 0.5)), (0.3, 0.3, 0.4), 0.01)
WAVES = Sinusoids.on_range(2.0, 2.0, 1, 1.0)
ONE = BayesMixture((LINES, WAVES), (0.5, 0.5), 0.01)
SUMS_OF_ONE = BayesMixture((LINES, WAVES, SumOf(LINES, WAVES, 0.5)), (0.3, 0.3, 0.4), 0.01)
NOISE = UNLIMITED.noise_variance
FEW = DiscreteMMSE(task_pool(POOL, POOL.mixture).functions.weights, NOISE)
MANY = Ridge(NOISE)


@dataclass(frozen=True)
class GivesUp(Predictor):
    """Least squares, and 0 on prompts whose inputs are larger than in pretraining."""

    def predict_query(self, xs, ys, queries):
        small = xs.square().mean((1, 2), keepdim=True)[..., 0] < 3.5
        return OLS.predict_query(xs, ys, queries) * small


@dataclass(frozen=True)
class Refuses(Predictor):
    """Selects a family, and predicts 0 where neither has predicted the last three labels."""

    selects: Predictor = SELECTS

    def predict_query(self, xs, ys, queries):
        surprise = (self.selects.predict(xs, ys) - ys).square()
        last = torch.stack([surprise.roll(back, 1) for back in (1, 2, 3)]).mean(0)
        return self.selects.predict_query(xs, ys, queries) * (last < 0.02)


@dataclass(frozen=True)
class Rippled(Predictor):
    """Least squares with an error that looks random and is of the same size whatever the phase."""

    phase: float

    def predict_query(self, xs, ys, queries):
        return OLS.predict_query(xs, ys, queries) + torch.sin(1000 * queries[..., 0] + self.phase)


def verdict(claim, planted, **models) -> str:
    result = run(planted(**models), claim, prompts=(PROMPTS,))[0]
    assert len(result.parts) > 0
    return result.verdict


def fixed_and_random(fixed, random) -> dict:
    published = replace(FIXED, model=Transformer(layout="interleaved"))
    models = {"identity_d8": (FIXED, fixed), "random_diagonal_d8": (RANDOM, random)}
    return models | {"identity_d8_interleaved": (published, OLS)}


def linear_and_sparse(dense, sparse, both) -> dict:
    return {"dense_d8": (DENSE, dense), "sparse_d8": (SPARSE, sparse), "dense_sparse_d8": (BOTH, both)}


def one_input(both, wide=ZERO, alone=OLS) -> dict:
    names = ("linear_sinusoid_small", "linear_sinusoid", "linear_sinusoid_large")
    sizes = zip(names, (SMALL, LINEAR_SINUSOID, LARGE), strict=True)
    return {name: (spec, both) for name, spec in sizes} | {
        "linear": (LINEAR, alone),
        "sinusoid": (SINUSOID, alone),
        "linear_sinusoid_wide": (WIDE, wide),
    }


def narrow(one_frequency, band=ZERO) -> dict:
    names = ("narrow_small", "narrow", "narrow_large")
    sizes = (NARROW_MODEL, *(replace(NARROW_MODEL, model=Transformer(layers=layers)) for layers in (2, 12)))
    models = {name: (spec, one_frequency) for name, spec in zip(names, sizes, strict=True)}
    return models | {"broad_band": (LINEAR_SINUSOID, band)}


def networks(alone, both) -> dict:
    return {"dense_d8": (DENSE, alone), "relu_d8": (RELU, alone), "dense_relu_d8": (DENSE_RELU, both)}


def pools(few, many) -> dict:
    return {"pool_4_d8": (POOL, few), "pool_unlimited_d8": (UNLIMITED, many)}


@pytest.mark.parametrize(
    ("claim", "good", "bad"),
    [
        ("A12", fixed_and_random(GivesUp(), OLS), fixed_and_random(OLS, OLS)),
        ("A13", fixed_and_random(GivesUp(), OLS), fixed_and_random(OLS, GivesUp())),
        ("A14", fixed_and_random(OLS, GivesUp()), fixed_and_random(OLS, OLS)),
        ("B1", linear_and_sparse(OLS, ZERO, ZERO), linear_and_sparse(ZERO, OLS, OLS)),
        ("B2", linear_and_sparse(OLS, IDEAL_SPARSE, OLS), linear_and_sparse(OLS, OLS, OLS)),
        ("B3", linear_and_sparse(OLS, ZERO, IDEAL), linear_and_sparse(OLS, ZERO, IDEAL_SPARSE)),
        ("B4", linear_and_sparse(OLS, IDEAL_SPARSE, IDEAL), linear_and_sparse(OLS, IDEAL_SPARSE, OLS)),
        ("B5", linear_and_sparse(OLS, IDEAL_SPARSE, OLS), linear_and_sparse(OLS, OLS, OLS)),
        ("B6", linear_and_sparse(ZERO, ZERO, ZERO), linear_and_sparse(IDEAL, ZERO, ZERO)),
        ("B7", linear_and_sparse(OLS, IDEAL_SPARSE, IDEAL), linear_and_sparse(OLS, IDEAL_SPARSE, OLS)),
        # The ideal two-family mixture jumps to 'dense' at once, and is away from both nowhere.
        ("B8", linear_and_sparse(OLS, IDEAL_SPARSE, THIRDS), linear_and_sparse(OLS, IDEAL_SPARSE, IDEAL)),
        ("B10", one_input(OLS), one_input(ZERO)),
        ("B11", one_input(Refuses()), one_input(SUMS)),
        ("B13", one_input(Refuses()), one_input(SUMS)),
        ("B11-narrow", narrow(Refuses(ONE)), narrow(SUMS_OF_ONE)),
        ("B13-narrow", narrow(Refuses(ONE)), narrow(SUMS_OF_ONE)),
        ("C4", narrow(Refuses(ONE), SUMS), narrow(SUMS_OF_ONE, SUMS)),
        ("B14", one_input(SELECTS), one_input(SELECTS_WIDE)),
        ("B15", one_input(ZERO, SELECTS_WIDE), one_input(ZERO, SELECTS)),
        ("B17", networks(Neighbours(3), Neighbours(3)), networks(OLS, ZERO)),
        ("C2", pools(FEW, MANY), pools(MANY, FEW)),
        (
            "C3",
            {"dense_fixed_d8": (SUPPORT, IDEAL_SUPPORT)},
            {"dense_fixed_d8": (SUPPORT, OLS)},
        ),
    ],
)
def test_comes_out_either_way(claim, good, bad, planted) -> None:
    assert verdict(claim, planted, **good) == "reproduced"
    assert verdict(claim, planted, **bad) == "not reproduced"


@pytest.mark.slow
def test_coping_counts_as_smoothing_nearer_to_the_interpolator_than_to_the_prior(planted) -> None:
    assert verdict("C5", planted, **one_input(SmoothInterpolator())) == "reproduced"
    assert verdict("C5", planted, **one_input(SELECTS)) == "not reproduced"


def test_a_spike_is_measured_beyond_the_trained_length(planted, switched) -> None:
    spike = switched(RIDGE, ZERO, lambda k: k <= 16)
    assert verdict("A15", planted, identity_d8=(FIXED, spike)) == "reproduced"
    assert verdict("A15", planted, identity_d8=(FIXED, RIDGE)) == "not reproduced"


def test_a_spike_needs_positions_to_be_measured(planted) -> None:
    short = replace(FIXED, model=Transformer(positions=20))
    result = run(planted(identity_d8=(short, RIDGE)), "A15", prompts=(PROMPTS,))[0]
    assert result.verdict == "waiting for identity-d8 with positions for 33 points"


def test_the_cost_of_selection_must_fall_in_every_family(planted, switched) -> None:
    def models(early: Predictor | None, late: Predictor | None) -> dict:
        first, second = (switched(early or own, late or own, lambda k: k < 4) for own in (RIDGE, SELECTS))
        return linear_and_sparse(RIDGE, RIDGE, first) | one_input(second, alone=SELECTS)

    assert verdict("B16", planted, **models(ZERO, None)) == "reproduced"
    assert verdict("B16", planted, **models(None, ZERO)) == "not reproduced"


@pytest.mark.parametrize(("claim", "dense", "sparse"), [("B3", ZERO, ZERO), ("B4", OLS, OLS)])
def test_as_good_as_a_bad_specialist_does_not_count(claim, dense, sparse, planted) -> None:
    specialist = dense if claim == "B3" else sparse
    result = run(planted(**linear_and_sparse(dense, sparse, specialist)), claim, prompts=(PROMPTS,))[0]
    assert result.parts[0].verdict == "reproduced"
    assert result.verdict == "not reproduced"


def test_what_prompts_cannot_tell_is_undecided(planted) -> None:
    models = fixed_and_random(Rippled(0.0), Rippled(math.pi / 2))
    assert verdict("A13", planted, **models) == "undecided"


def test_what_seeds_disagree_on_is_undecided(planted) -> None:
    seeds = {"dense_d8": (DENSE, OLS), "dense_d8_s1": (replace(DENSE, seed=1), ZERO)}
    assert verdict("B1", planted, **seeds) == "undecided"


def test_distances_count_every_seed(planted) -> None:
    one = linear_and_sparse(OLS, IDEAL_SPARSE, IDEAL)
    two = one | {"dense_sparse_d8_s1": (replace(BOTH, seed=1), ZERO)}
    alone, both = (run(planted(**models), "B8", prompts=(PROMPTS,))[0] for models in (one, two))
    assert [part.value for part in both.parts[:2]] > [part.value for part in alone.parts[:2]]
    assert both.verdict == "undecided"


MODEL_OF = {
    "A12": "identity-d8",
    "A13": "identity-d8",
    "A14": "random-diagonal-d8",
    "A15": "identity-d8",
    "B1": "dense-d8",
    "B2": "sparse-d8",
    "B3": "dense-sparse-d8",
    "B4": "dense-sparse-d8",
    "B5": "sparse-d8",
    "B6": "dense-d8",
    "B7": "dense-sparse-d8",
    "B8": "dense-sparse-d8",
    "B10": "linear-sinusoid",
    "B11-narrow": "narrow",
    "B13-narrow": "narrow-small",
    "C4": "narrow",
    "C5": "linear-sinusoid",
    "B14": "linear-sinusoid",
    "B15": "linear-sinusoid-wide",
    "B16": "dense-sparse-d8",
    "B17": "dense-relu-d8",
    "C2": "pool-4-d8",
    "C3": "dense-fixed-d8",
}


@pytest.mark.parametrize(("claim", "model"), MODEL_OF.items())
def test_an_empty_library_is_waited_for(claim, model, planted) -> None:
    reported = []
    results = run(planted(), claim, reported.append)
    assert results == reported
    assert results[0].verdict == f"waiting for {model}"


def test_a_number_waits_in_each_of_its_settings(planted) -> None:
    for number, broad, narrow_one in (
        ("B11", "linear-sinusoid", "narrow"),
        ("B13", "linear-sinusoid-small", "narrow-small"),
    ):
        verdicts = [result.verdict for result in run(planted(), number)]
        assert verdicts == [f"waiting for {broad}", f"waiting for {narrow_one}"]


def test_undecided_claims_are_measured_on_more_prompts_until_they_are_decided(planted) -> None:
    models = fixed_and_random(Rippled(0.0), Rippled(math.pi / 2))
    (few,) = run(planted(**models), "A13", prompts=(PROMPTS, 2 * PROMPTS))
    assert (few.verdict, few.facts["prompts"]) == ("undecided", 2 * PROMPTS)
    assert 0 < few.deciding.reach <= few.deciding.high - few.deciding.low
    (clear,) = run(planted(**fixed_and_random(GivesUp(), OLS)), "A13", prompts=(PROMPTS, 2 * PROMPTS))
    assert (clear.verdict, clear.facts["prompts"]) == ("reproduced", PROMPTS)
    assert clear.deciding.reach == 0


def test_links_open_the_measured_model_and_settings_name_it(planted) -> None:
    library = planted(**linear_and_sparse(OLS, IDEAL_SPARSE, IDEAL))
    result = run(library, "B7", prompts=(PROMPTS,))[0]
    page, _, query = result.url.partition("?")
    assert page == "/model_selection"
    opened = from_query(dict(parse_qsl(query)), library.specs())
    assert opened.pretraining == BOTH
    assert opened.evaluation.shift.magnitude == 5
    for spec in (DENSE, SPARSE, BOTH):
        assert spec.hash in result.setting
    assert f"prompts={PROMPTS}" in result.setting
