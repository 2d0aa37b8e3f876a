"""Shifts side by side and by magnitude: each entry is the curve of that very experiment."""

import numpy as np
import pytest

from icl_core.data.shifts import CovariateScale, TaskSparsity
from icl_core.evaluation.closed_forms import ClosedForm, trained_attention
from icl_core.evaluation.curves import learning_curves
from icl_core.evaluation.shift_lab import (
    attention_grid,
    error_at,
    fitting_kinds,
    grid_lengths,
    grid_magnitudes,
    measured_grid,
    shift_curves,
    strong_magnitude,
    with_shift,
)
from icl_core.evaluation.suite import suite
from icl_core.specs import Evaluation, Experiment, Pretraining, Shift

EXPERIMENT = Experiment(Pretraining(dimension=4, context_length=10), Evaluation(prompts=64))


def test_the_exact_grid_holds_each_experiments_risk():
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert grid is not None
    assert grid.exact
    assert 0.0 in grid.magnitudes
    A = trained_attention(EXPERIMENT.pretraining)
    for row, magnitude in enumerate(grid.magnitudes):
        line = ClosedForm.of(with_shift(EXPERIMENT, "covariate_scale", magnitude)).risk_of(A)
        np.testing.assert_allclose(
            grid.errors[row], line.total(np.array(grid.lengths, float)) / 4, rtol=1e-12
        )


def test_a_measured_grid_holds_each_experiments_curve():
    grid = measured_grid(EXPERIMENT, "label_noise", "ols", None)
    row = 3
    shifted = with_shift(EXPERIMENT, "label_noise", grid.magnitudes[row])
    curve = learning_curves(shifted, {"ols": suite(shifted, None)["ols"]}).curves["ols"]
    known = [k not in curve.medians for k in grid.lengths]
    np.testing.assert_array_equal(grid.errors[row][known], curve.mean[list(grid.lengths)][known])
    assert np.isnan(grid.errors[row]).tolist() == [not is_known for is_known in known]
    assert not grid.exact
    column = known.index(True)
    k = grid.lengths[column]
    assert grid.interval(row, column) == (curve.low[k], curve.high[k])


def test_a_method_that_the_experiment_lacks_has_no_grid():
    assert measured_grid(EXPERIMENT, "label_noise", "transformer", None) is None


@pytest.mark.parametrize("kind", ["query_orthogonal", "query_in_span"])
def test_queries_that_depend_on_the_context_have_no_exact_grid(kind):
    assert attention_grid(EXPERIMENT, kind) is None


@pytest.mark.parametrize("kind", fitting_kinds(EXPERIMENT))
def test_magnitudes_cover_the_range_and_make_sense(kind):
    magnitudes = grid_magnitudes(EXPERIMENT, kind)
    assert 0 in magnitudes
    assert len(magnitudes) <= 11
    for magnitude in magnitudes:
        assert with_shift(EXPERIMENT, kind, magnitude).evaluation.shift.magnitude == magnitude
    assert strong_magnitude(EXPERIMENT, kind, 0.0) == 0
    assert strong_magnitude(EXPERIMENT, kind, 1.0) == max(magnitudes)


def test_every_kind_fits_dense_tasks_of_four_inputs():
    assert set(fitting_kinds(EXPERIMENT)) == set(Shift.kinds) - {"none"}


def test_a_strong_sparsity_is_a_count():
    assert strong_magnitude(EXPERIMENT, "task_sparsity", 0.5) == 2
    assert with_shift(EXPERIMENT, "task_sparsity", 2).evaluation.shift == TaskSparsity(2)


def test_lengths_hold_the_trained_one():
    lengths = grid_lengths(EXPERIMENT)
    assert lengths[0] == 1
    assert 10 in lengths
    assert lengths == tuple(sorted(set(lengths)))


def test_curves_are_relative_to_predicting_zero():
    shifted = with_shift(EXPERIMENT, "covariate_scale", 1.0)
    curves = shift_curves(shifted, None)
    line = ClosedForm.of(shifted).risk_of(trained_attention(EXPERIMENT.pretraining))
    assert line.zero == pytest.approx(16)  # the inputs have four times the variance
    assert error_at(curves, "lsa", 10) == pytest.approx(line.total(np.array([10.0]))[0] / 16, rel=1e-12)
    assert error_at(curves, "zero", 3) == 1
    assert curves.normaliser == pytest.approx(16)
    plain = learning_curves(shifted, {"ols": suite(shifted, None)["ols"]}).curves["ols"]
    np.testing.assert_allclose(curves.curves["ols"].mean, plain.mean / 4, rtol=1e-12)


def test_tasks_are_tolerated_and_scaled_inputs_are_not():
    before = shift_curves(EXPERIMENT, None)
    tasks = shift_curves(with_shift(EXPERIMENT, "task_scale", 1.0), None)
    inputs = shift_curves(Experiment(EXPERIMENT.pretraining, Evaluation(shift=CovariateScale(1.0))), None)
    assert error_at(tasks, "lsa", 10) == pytest.approx(error_at(before, "lsa", 10), rel=1e-12)
    assert error_at(inputs, "lsa", 10) > 10 * error_at(before, "lsa", 10)


def test_a_measured_grid_has_no_number_where_the_mean_is_infinite() -> None:
    noisy = Experiment(Pretraining(dimension=4, context_length=8), Evaluation(prompts=32, label_noise=0.5))
    grid = measured_grid(noisy, "task_scale", "ols", None)
    assert grid is not None
    columns = dict(zip(grid.lengths, np.isnan(grid.errors).all(0), strict=True))
    assert [k for k, empty in columns.items() if empty] == [k for k in grid.lengths if k in (3, 4, 5)]
    assert np.isfinite(grid.errors[:, 0]).all()
