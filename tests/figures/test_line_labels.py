"""Labels at line ends never cover each other, and stand as near to their lines as that allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.isotonic import isotonic_regression

from icl_core.figures.line_labels import _isotonic, coinciding, spread

positions = st.lists(st.floats(0, 1), min_size=1, max_size=9)


@given(positions, st.floats(0.01, 0.1))
def test_labels_do_not_overlap_and_keep_their_order(wanted: list[float], size: float) -> None:
    placed = spread(wanted, [size] * len(wanted))
    ranked = sorted(range(len(wanted)), key=lambda index: wanted[index])
    gaps = np.diff([placed[index] for index in ranked])
    assert np.all(gaps >= size - 1e-9)
    assert min(placed) >= size / 2 - 1e-9
    assert max(placed) <= 1 - size / 2 + 1e-9


def test_labels_that_have_room_stay_where_they_are() -> None:
    assert spread([0.9, 0.2, 0.5], [0.1, 0.1, 0.1]) == pytest.approx([0.9, 0.2, 0.5])


def test_too_many_labels_share_the_room_evenly() -> None:
    assert spread([0.5] * 4, [0.5] * 4) == pytest.approx([0.125, 0.375, 0.625, 0.875])
    assert spread([], []) == []


@given(positions)
def test_isotonic_regression_agrees_with_scikit_learn(values: list[float]) -> None:
    assert _isotonic(np.array(values)) == pytest.approx(isotonic_regression(values))


def test_placement_is_the_nearest_one() -> None:
    """Against a general solver of the same constrained least squares."""
    wanted, sizes = [0.05, 0.06, 0.07, 0.6], [0.1, 0.06, 0.2, 0.1]
    gaps = [(sizes[i] + sizes[i + 1]) / 2 for i in range(3)]
    constraints = [{"type": "ineq", "fun": lambda x, i=i: x[i + 1] - x[i] - gaps[i]} for i in range(3)]
    bounds = [(sizes[0] / 2, 1)] + [(0, 1)] * 2 + [(0, 1 - sizes[3] / 2)]
    solved = minimize(
        lambda x: ((x - wanted) ** 2).sum(), [0.1, 0.3, 0.5, 0.8], bounds=bounds, constraints=constraints
    )
    assert spread(wanted, sizes) == pytest.approx(solved.x, abs=1e-4)


def test_lines_that_coincide_share_a_label() -> None:
    lines = {"a": np.array([1.0, 0.5]), "b": np.array([0.0, 0.5]), "c": np.array([1.0, 0.501])}
    assert coinciding(lines, 0.01) == [("a", "c"), ("b",)]
    assert coinciding(lines, 0.0001) == [("a",), ("b",), ("c",)]
