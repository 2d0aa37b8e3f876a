"""What counts as a covariance: mended within the rounding of its entries, refused beyond, its rank exact."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icl_core import theory
from icl_core.data.covariance import Matrix
from icl_core.semidefinite import inverse_trace, mended, rank
from icl_core.specs import SpecError


def sample_covariance(seed: int, decimals: int) -> np.ndarray:
    """Of fewer samples than inputs, so singular, as a table prints it."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 9))
    samples = rng.standard_normal((int(rng.integers(1, d + 1)), d))
    return np.round(samples.T @ samples / len(samples), decimals)


@given(st.integers(0, 2**32), st.sampled_from([4, 6, 9, 10, 12]))
def test_a_rounded_covariance_is_taken_once_and_by_all(seed: int, decimals: int) -> None:
    given_matrix = sample_covariance(seed, decimals)
    covariance = Matrix(tuple(map(tuple, given_matrix.tolist())))
    taken = np.array(covariance.rows)
    assert np.abs(taken - given_matrix).max() <= len(taken) * 10.0**-decimals
    assert Matrix(covariance.rows) == covariance  # nothing is left to mend
    assert theory.lsa_risk(np.eye(len(taken)), taken, np.eye(len(taken)), 0.1, 5) > 0
    assert np.array_equal(mended(taken), taken)


@given(st.integers(0, 2**32))
def test_what_is_a_covariance_comes_back_to_the_bit(seed: int) -> None:
    root = np.random.default_rng(seed).standard_normal((4, 4))
    matrix = root @ root.T
    matrix = (matrix + matrix.T) / 2
    assert np.array_equal(mended(matrix), matrix)


def test_a_little_asymmetry_is_taken_in_the_middle() -> None:
    assert Matrix(((1.0, 0.5000000005), (0.5, 1.0))).rows[0][1] == pytest.approx(0.50000000025, abs=1e-16)
    assert np.array_equal(mended(np.array([[1, 0.25], [0.24, 1]])), [[1, 0.245], [0.245, 1]])  # two decimals


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], "must be positive semi-definite, but it has the eigenvalue -1"),
        ([[1.0, 2.0], [3.0, 1.0]], "must be symmetric"),
        ([[0.1, 0.2], [0.2, 0.1]], "must be positive semi-definite"),
        ([[1.0, 0.2], [0.0, 1.0]], "must be symmetric"),
        ([[1.0, 0.123456], [0.123556, 1.0]], "must be symmetric"),
    ],
)
def test_what_rounding_does_not_explain_is_refused(rows: list[list[float]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mended(np.array(rows))
    with pytest.raises(SpecError, match="covariance"):
        Matrix(tuple(map(tuple, rows)))
    with pytest.raises(ValueError, match="The covariance S must be"):
        theory.zhang_gamma(rows, 5)


@pytest.mark.parametrize("distance", ["1e-7", "1e-10", "1e-12"])
def test_an_ill_conditioned_trace_against_exact_fractions(distance: str) -> None:
    corner = 4 + Fraction(float(distance))
    matrix = np.array([[1, 2], [2, float(corner)]])
    a, b, c = Fraction(1), Fraction(2), Fraction(matrix[1, 1])
    other = np.array([[3.0, 1.0], [1.0, 2.0]])
    exact = (3 * c - 2 * 1 * b + 2 * a) / (a * c - b * b)
    condition = np.linalg.cond(matrix)
    assert rank(matrix) == 2
    assert inverse_trace(matrix, other) == pytest.approx(float(exact), rel=1e-15 * condition)


def test_units_change_neither_rank_nor_trace() -> None:
    matrix, units = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([1e-9, 1e6])
    rescaled = matrix * units * units[:, None]
    assert rank(rescaled) == 2
    assert inverse_trace(rescaled, rescaled) == pytest.approx(2, rel=1e-12)
    assert rank(np.diag([1.0, 0.0, 1e-12])) == 2
    assert inverse_trace(np.diag([1.0, 0.0]), np.eye(2)) is None
