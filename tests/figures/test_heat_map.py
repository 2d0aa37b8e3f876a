"""Heat maps show the matrix as it is written: first row on top, colours centred where signs matter."""

import numpy as np
import pytest

from icl_core.figures import HeatMapLabels, heat_map_figure

LABELS = HeatMapLabels(across="mixture", down="shift", value="error")


def test_cells_are_the_values() -> None:
    values = np.arange(6.0).reshape(2, 3)
    figure = heat_map_figure(values, [0, 0.5, 1], ["none", "scale"], LABELS)
    (cells,) = figure.data
    np.testing.assert_array_equal(cells.z, values)
    assert list(cells.x) == ["0", "0.5", "1"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert (cells.zmin, cells.zmax) == (0, 5)
    assert cells.texttemplate == "%{z:.2f}"


def test_signed_values_are_centred() -> None:
    (cells,) = heat_map_figure(np.array([[-1.0, 4.0]]), [0, 1], [0], LABELS, centred=True).data
    assert (cells.zmin, cells.zmax) == (-4, 4)


def test_missing_values_and_all_zeros_have_colours_too() -> None:
    (cells,) = heat_map_figure(np.array([[np.nan, 2.0]]), [0, 1], [0], LABELS).data
    assert cells.zmax == 2
    (cells,) = heat_map_figure(np.zeros((1, 1)), [0], [0], LABELS, centred=True).data
    assert (cells.zmin, cells.zmax) == (-1, 1)


def test_large_maps_carry_no_numbers() -> None:
    (cells,) = heat_map_figure(np.zeros((13, 2)), [0, 1], list(range(13)), LABELS).data
    assert cells.texttemplate is None


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="3 columns"):
        heat_map_figure(np.zeros((2, 2)), [0, 1, 2], [0, 1], LABELS)
