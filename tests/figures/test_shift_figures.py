"""Figures of the Shift lab draw the numbers they are given."""

import numpy as np
import pytest

from icl_core.data.shifts import CovariateScale
from icl_core.evaluation.covariance_panels import covariance_panels, residuals
from icl_core.evaluation.length_sweep import length_sweep
from icl_core.evaluation.shift_lab import attention_grid, shift_curves, with_shift
from icl_core.figures.covariance_panels import (
    STROKES,
    CovarianceLabels,
    ResidualLabels,
    covariance_figure,
    residual_figure,
)
from icl_core.figures.length_sweep import LengthLabels, length_figure
from icl_core.figures.palette import METHODS
from icl_core.figures.shift_grid import GridLabels, shift_grid_figure
from icl_core.figures.shift_panels import Panel, PanelLabels, shift_panels_figure
from icl_core.specs import Evaluation, Experiment, Pretraining

EXPERIMENT = Experiment(Pretraining(dimension=4, context_length=8), Evaluation(prompts=32, label_noise=0.3))
LENGTH_LABELS = LengthLabels(
    parts={"bias": "bias", "sampling": "sampling", "noise": "noise"},
    references={name: name for name in ("lsa_reoptimised", "ols", "ridge", "gradient_step")},
    fixed="fixed",
    theorem="theorem",
    bound="bound",
    length="length",
    error="error",
    floor="floor {value}",
    beyond="beyond",
    read_out="M = {k}",
)


def by_name(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_parts_are_stacked_to_the_total():
    sweep = length_sweep(EXPERIMENT)
    figure = length_figure(sweep, LENGTH_LABELS, read_out=8)
    parts = [trace for trace in figure.data if trace.stackgroup]
    assert [trace.name for trace in parts] == ["bias", "sampling", "noise"]
    np.testing.assert_allclose(sum(np.array(trace.y) for trace in parts), by_name(figure, "fixed").y)
    np.testing.assert_allclose(by_name(figure, "ridge").y, sweep.references["ridge"])
    assert None in by_name(figure, "ols").y  # an infinite mean is a gap


def test_a_logarithmic_axis_has_no_areas():
    figure = length_figure(length_sweep(EXPERIMENT), LENGTH_LABELS, read_out=8, log_axis=True)
    assert not [trace for trace in figure.data if trace.stackgroup]
    assert figure.layout.yaxis.type == "log"


def test_bound_and_theorem_appear_where_they_hold():
    home = Experiment(EXPERIMENT.pretraining)
    figure = length_figure(length_sweep(home), LENGTH_LABELS, read_out=8)
    assert np.all(np.array(by_name(figure, "bound").y) >= np.array(by_name(figure, "fixed").y))
    assert by_name(figure, "theorem").mode == "markers"
    shifted = Experiment(EXPERIMENT.pretraining, Evaluation(shift=CovariateScale(1.0)))
    names = [trace.name for trace in length_figure(length_sweep(shifted), LENGTH_LABELS, read_out=8).data]
    assert "bound" not in names
    assert "theorem" not in names


@pytest.mark.parametrize("columns", [1, 2])
def test_panels_name_each_method_once_and_say_what_leaves(columns):
    curves = [shift_curves(with_shift(EXPERIMENT, "covariate_scale", m), None) for m in (0.0, 2.0)]
    labels = PanelLabels(
        dict.fromkeys(METHODS, "") | {name: name for name in METHODS},
        "k",
        "error",
        "{method} {value}",
        "median",
    )
    figure = shift_panels_figure(
        [Panel("home", curves[0]), Panel("shifted", curves[1])],
        labels,
        read_out=8,
        log_axis=False,
        columns=columns,
    )
    legend = [trace.name for trace in figure.data if trace.showlegend]
    assert sorted(legend) == sorted(curves[0].curves)
    assert any(note.text.startswith("▲ lsa") for note in figure.layout.annotations)
    drawn = [trace for trace in figure.data if trace.meta == {"method": "lsa", "role": "line"}]
    np.testing.assert_allclose(drawn[0].y, curves[0].exact["lsa"])


def test_every_cell_can_be_clicked():
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    figure = shift_grid_figure(grid, GridLabels("k", "m", "error"), chosen=(1.0, 8))
    cells = figure.data[-1]
    assert len(cells.customdata) == grid.errors.size
    magnitude, length, error, text = cells.customdata[grid.errors.shape[1] + 2]
    assert (magnitude, length) == (grid.magnitudes[1], grid.lengths[2])
    assert error == grid.errors[1, 2]
    assert float(text.replace(",", "")) == pytest.approx(error, rel=1e-3)
    assert len(figure.layout.shapes) == 1
    heat = figure.data[0]
    inside = np.clip(grid.errors, 1e-3, 1e3)
    np.testing.assert_allclose(np.array(heat.z), np.log10(inside))


def test_every_number_stands_on_its_cell_once():
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    figure = shift_grid_figure(grid, GridLabels("k", "m", "error"))
    written = [trace for trace in figure.data if trace.meta == {"role": "numbers"}]
    assert [trace.textfont.color for trace in written] == ["#000000", "#FFFFFF"]
    shown = [np.isfinite(np.array(trace.z)) for trace in written]
    assert (shown[0] ^ shown[1]).all()
    for trace, here in zip(written, shown, strict=True):
        assert here.any()
        assert ((np.array(trace.text) != "") == here).all()


def test_the_scale_says_that_it_ends_before_the_numbers_do():
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert grid.errors.max() > 1000
    figure = shift_grid_figure(grid, GridLabels("k", "m", "error"))
    assert figure.data[0].colorbar.ticktext[-1] == "≥ 1,000"
    assert f"{grid.errors.max():,.0f}" in np.array(figure.data[1].text)
    assert figure.data[0].y[0] == "−2"


def test_medians_are_circles_in_a_gap():
    noisy = with_shift(EXPERIMENT, "label_noise", 0.5)
    curves = shift_curves(noisy, None)
    at = list(curves.curves["ols"].medians)
    assert at == [3, 4, 5]
    labels = PanelLabels({name: name for name in METHODS}, "k", "error", "{method} {value}", "median")
    figure = shift_panels_figure([Panel("noise", curves)], labels, read_out=4)
    parts = {trace.meta["role"]: trace for trace in figure.data if trace.meta["method"] == "ols"}
    assert np.isnan(np.array(parts["line"].y, dtype=float)[at]).all()
    assert list(parts["median"].x) == at
    np.testing.assert_allclose(parts["median"].y, curves.curves["ols"].mean[at])
    assert "median" in parts["median"].hovertemplate
    assert "band" in parts


def test_nothing_is_framed_that_is_not_in_the_grid():
    grid = attention_grid(EXPERIMENT, "covariate_scale")
    assert not shift_grid_figure(grid, GridLabels("k", "m", "error"), chosen=(0.33, 8)).layout.shapes


def test_panels_of_random_covariances_name_the_limit():
    panels = covariance_panels(EXPERIMENT.pretraining, {}, Evaluation(context_length=12, prompts=16))
    labels = CovarianceLabels(
        {name: name for name in STROKES}, list("abcd"), "k", "e", "beyond", "{method} {value}"
    )
    figure = covariance_figure(panels, labels, trained_length=8)
    notes = [note.text for note in figure.layout.annotations]
    assert "▲ lsa_limit 25.3" in notes
    assert "▲ lsa_limit 387" in notes
    assert len(figure.layout.shapes) == 4  # longer than trained, in every panel
    tops = [figure.layout[f"yaxis{index}" if index > 1 else "yaxis"].range[1] for index in (1, 2, 3, 4)]
    np.testing.assert_allclose(tops, [1.25, 1.25, 5.0, 11.25])


def test_residual_lines():
    lengths = np.array([1.0, 10.0, 100.0])
    lines = residuals(4, lengths)
    labels = ResidualLabels({name: name for name in lines}, "N", "e", "stays")
    figure = residual_figure(lengths, lines, labels)
    np.testing.assert_allclose(by_name(figure, "lsa_random").y, lines["lsa_random"])
