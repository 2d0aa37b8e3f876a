import math

import numpy as np
import pytest
import torch
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from icl_core.predictors import SmoothInterpolator
from icl_core.predictors.smooth_interpolator import of_one_input
from icl_core.specs import Experiment, Pretraining, SpecError

SMOOTH = SmoothInterpolator()


def prompts(count=4, points=13, inputs=1):
    """Half a line, half a sinusoid along the first input, each prompt its own."""
    xs = 6 * torch.rand(count, points, inputs, dtype=torch.float64) - 3
    slope, amplitude, frequency, phase = torch.rand(4, count, 1, dtype=torch.float64) + 0.5
    return xs, slope * xs[..., 0] + amplitude * torch.sin(frequency * xs[..., 0] + phase)


def scikit_learn(xs, ys, length, bounds: tuple[float, float] | str = "fixed", **options):
    """The same objective: amplitude times (kernel + nugget), fitted to one prefix of one prompt."""
    white = WhiteKernel(SMOOTH.nugget, "fixed")
    kernel = ConstantKernel(1.0, (1e-9, 1e9)) * (RBF(length, bounds) + white)
    return GaussianProcessRegressor(kernel, alpha=0, **options).fit(xs.numpy(), ys.numpy())


def likelihood(fit):
    return float(np.asarray(fit.log_marginal_likelihood_value_))


@pytest.mark.parametrize("inputs", [1, 3])
def test_every_prefix_predicts_as_scikit_learn_at_the_length_scale_chosen(inputs):
    xs, ys = prompts(inputs=inputs)
    queries = prompts(inputs=inputs)[0]
    predictions, lengths = SMOOTH.predict_query(xs, ys, queries), SMOOTH.length_scales(xs, ys)
    assert predictions[:, 0].abs().max() == 0
    for b, k in np.ndindex(4, 13):
        if k:
            oracle = scikit_learn(xs[b, :k], ys[b, :k], float(lengths[b, k]), optimizer=None)
            expected = np.asarray(oracle.predict(queries[b, k : k + 1].numpy()))[0]
            np.testing.assert_allclose(predictions[b, k], expected, rtol=1e-6, atol=1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # a bound is a maximum too
@pytest.mark.parametrize("k", [3, 6, 12])
def test_no_length_scale_that_scikit_learn_finds_is_likelier(k):
    xs, ys = prompts()
    lengths, bounds = SMOOTH.length_scales(xs, ys), (SMOOTH.shortest, SMOOTH.longest)
    for b in range(len(xs)):
        fits = [scikit_learn(xs[b, :k], ys[b, :k], start, bounds) for start in (0.3, 1.0, 3.0)]
        ours = scikit_learn(xs[b, :k], ys[b, :k], float(lengths[b, k]))  # its amplitude alone is fitted
        assert likelihood(ours) > max(map(likelihood, fits)) - 1e-3


def test_a_smooth_function_is_found_from_few_pairs_and_its_scale_does_not_matter():
    xs = torch.linspace(-3, 3, 17, dtype=torch.float64)[torch.randperm(17)].reshape(1, 17, 1)
    ys = torch.sin(2 * xs[..., 0])
    queries = torch.full_like(xs, 0.4)
    predictions = SMOOTH.predict_query(xs, ys, queries)
    assert abs(predictions[0, 16] - math.sin(0.8)) < 1e-3
    larger = SMOOTH.predict_query(xs, 50 * ys, queries)
    torch.testing.assert_close(larger, 50 * predictions, rtol=1e-6, atol=0)


def test_one_pair_is_taken_for_a_constant_and_no_label_for_nothing():
    xs, ys = prompts(points=2)
    lengths = SMOOTH.length_scales(xs, ys)
    torch.testing.assert_close(lengths, torch.full_like(lengths, SMOOTH.longest))
    torch.testing.assert_close(SMOOTH.predict(xs, ys)[:, 1], ys[:, 0], rtol=0.03, atol=0)
    assert SMOOTH.predict(xs, torch.zeros_like(ys)).abs().max() == 0


def test_a_repeated_input_gets_its_own_label():
    xs, ys = prompts(points=9)
    xs, ys = xs.repeat(1, 2, 1), ys.repeat(1, 2)
    torch.testing.assert_close(SMOOTH.predict(xs, ys)[:, 9:], ys[:, 9:], atol=1e-3, rtol=0)


@pytest.mark.parametrize("k", [0, 1, 7, 12])
def test_one_entry_alone_is_that_of_all(k):
    xs, ys = prompts()
    queries = prompts()[0]
    alone = SMOOTH.predict_at(xs, ys, queries, k)
    torch.testing.assert_close(alone, SMOOTH.predict_query(xs, ys, queries)[:, k], rtol=1e-6, atol=1e-6)


def test_parts_of_the_prompts_change_nothing(monkeypatch):
    xs, ys = prompts(count=5)
    whole = SMOOTH.predict(xs, ys)
    monkeypatch.setattr("icl_core.predictors.smooth_interpolator.CHUNK_ENTRIES", 2 * 13**3)
    torch.testing.assert_close(SMOOTH.predict(xs, ys), whole, rtol=1e-9, atol=1e-9)


def test_curves_have_it_where_there_is_one_input():
    assert of_one_input(Experiment(Pretraining(dimension=1))) == SMOOTH
    assert of_one_input(Experiment(Pretraining(dimension=2))) is None


@pytest.mark.parametrize(
    ("field", "values"),
    [("shortest", {"shortest": 0.0}), ("longest", {"longest": 0.05}), ("nugget", {"nugget": 0.0})],
)
def test_what_makes_no_sense_is_refused(field, values):
    with pytest.raises(SpecError, match=f"{field} ="):
        SmoothInterpolator(**values)
