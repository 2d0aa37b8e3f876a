"""Sweeps over families: the same numbers as learning curves, one experiment at a time."""

import numpy as np
import pytest
import torch

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, ReluNetwork, Sinusoid
from icl_core.evaluation import learning_curves
from icl_core.evaluation.family_sweep import (
    FamilySweep,
    SweepCurve,
    home_error,
    ideal_sweep,
    measured_sweep,
    oracle_sweep,
)
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture, Ridge
from icl_core.specs import Mixture, Pretraining, SpecError

DATA = Pretraining(
    dimension=1,
    context_length=5,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three values each: the middle of the range, its ends or beyond."""
    monkeypatch.setattr("icl_core.evaluation.family_sweep.ALPHAS", (0.0, 0.5, 1.0))
    monkeypatch.setattr("icl_core.evaluation.family_sweep.FREQUENCIES", (1.0, 2.0, 3.0))


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("parameter", ["alpha", "frequency"])
def test_sweeps_are_learning_curves_side_by_side(parameter: str) -> None:
    sweep = FamilySweep(parameter, DATA, prompts=70, seed=4)  # type: ignore[arg-type]
    found = {"ridge": measured_sweep(sweep, Ridge(0.1)), "bayes": ideal_sweep(sweep)}
    prior = bayes_mixture(DATA, DATA.mixture, 0.0)
    assert isinstance(prior, BayesMixture)
    for row, value in enumerate(sweep.values):
        curves = learning_curves(sweep.experiment(value), {"ridge": Ridge(0.1), "bayes": prior}).curves
        for name, curve in curves.items():
            for part in ("mean", "low", "high"):
                drawn, expected = getattr(found[name], part)[row], getattr(curve, part)
                assert drawn == pytest.approx(expected, rel=1e-6, abs=1e-9), (name, part)


@pytest.mark.usefixtures("few")
def test_the_oracle_fits_every_combination() -> None:
    sweep = FamilySweep("alpha", DATA, prompts=40)
    oracle, ideal = oracle_sweep(sweep), ideal_sweep(sweep)
    known = bayes_mixture(DATA, Mixture.of(Combination(Dense(), Sinusoid(), 0.5)), 0.0)
    assert known is not None
    expected = learning_curves(sweep.experiment(0.5), {"bayes_test": known}).curves["bayes_test"]
    assert oracle.mean[1] == pytest.approx(expected.mean)
    assert oracle.mean[1, 5] < ideal.mean[1, 5] / 2
    assert oracle.mean[:, 0] == pytest.approx(ideal.mean[:, 0])  # without a pair all answer 0


def test_all_values_share_their_inputs() -> None:
    from icl_core.data.prompts import sample_prompts

    for parameter in ("alpha", "frequency"):
        sweep = FamilySweep(parameter, DATA, prompts=3)  # type: ignore[arg-type]
        inputs = [sample_prompts(sweep.experiment(value), 0, 3).xs for value in sweep.values]
        assert all(torch.equal(inputs[0], xs) for xs in inputs)


def test_the_trained_range_is_that_of_the_sinusoids() -> None:
    assert FamilySweep("frequency", DATA).trained_range == (0.5, 2.0)
    assert FamilySweep("alpha", DATA).trained_range is None


def test_what_makes_no_sense_is_refused() -> None:
    one = Pretraining(dimension=1, covariates=Uniform(), mixture=Mixture.of(Dense()))
    with pytest.raises(SpecError, match="two families"):
        FamilySweep("alpha", one)
    networks = Pretraining(dimension=2, mixture=Mixture.of((Dense(), 0.5), (ReluNetwork(), 0.5)))
    with pytest.raises(SpecError, match="computable"):
        ideal_sweep(FamilySweep("alpha", networks, prompts=2))


def test_the_model_does_not_name_the_sweep() -> None:
    other = Pretraining.from_dict({**DATA.to_dict(), "seed": 5})
    assert other.data == DATA.data == DATA


def test_curves_survive_being_written() -> None:
    curve = SweepCurve(*(np.random.default_rng(0).random((3, 2, 4))))
    again = SweepCurve.from_dict(curve.to_dict())
    assert again.high == pytest.approx(curve.high, rel=1e-5)


def test_home_is_where_pretraining_was() -> None:
    sweep = FamilySweep("alpha", DATA)
    mean = np.full((len(sweep.values), 6), 7.0)
    mean[[sweep.values.index(0.0), sweep.values.index(1.0)], 3] = 0.04, 0.02
    assert home_error(SweepCurve(mean, mean, mean), sweep, 3) == pytest.approx(0.03)
    sweep = FamilySweep("frequency", DATA)
    mean = np.tile(np.array(sweep.values)[:, None], 6)
    inside = [0.75, 1, 1.25, 1.5, 1.75]
    assert home_error(SweepCurve(mean, mean, mean), sweep, 3) == pytest.approx(np.mean(inside))
