"""Heat maps show the matrix as it is written: first row on top, colours centred where signs matter."""

import numpy as np
import pytest
from plotly.colors import sample_colorscale, unlabel_rgb

from icl_core.figures import HeatMapLabels, heat_map_figure
from icl_core.figures.heat_map import ink_on
from icl_core.figures.palette import SEQUENTIAL

LABELS = HeatMapLabels(across="mixture", down="shift", value="error")


def luminance(colour: str) -> float:
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


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


@pytest.mark.parametrize("share", np.linspace(0, 1, 41))
def test_numbers_can_be_read_on_every_colour(share: float) -> None:
    """WCAG 2.1, 1.4.3: text needs a contrast of 4.5."""
    (colour,) = sample_colorscale(SEQUENTIAL, [share])
    cell = "#" + "".join(f"{round(channel):02x}" for channel in unlabel_rgb(colour))
    assert contrast(ink_on(share), cell) >= 4.5
