"""Checks of arguments that the theory functions share; each raises a ValueError that names the argument."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icl_core import semidefinite

Array = NDArray[np.float64]

_WORDS = {
    "S": "The covariance S",
    "T": "The weights' second moment T",
    "Q": "The query's second moment Q",
    "A": "The prediction matrix A",
}


def finite_array(name: str, value: ArrayLike, shape: tuple[int | None, ...]) -> Array:
    """`value` as float64 of the given shape (None: any length from 1 up)."""
    array = np.asarray(value, dtype=np.float64)
    fits = array.ndim == len(shape) and all(
        got >= 1 if wanted is None else got == wanted for got, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted_shape = ", ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(
            f"{words(name)} must have shape [{wanted_shape}], but its shape is {list(array.shape)}."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{words(name)} must hold finite numbers only.")
    return array


def words(name: str) -> str:
    """What an argument is called in a sentence."""
    return _WORDS.get(name, name)


def second_moment(name: str, value: ArrayLike, d: int | None = None) -> Array:
    """A symmetric positive semi-definite matrix [d, d], mended where only rounding keeps it from that."""
    return _mended(name, finite_array(name, value, (d, d)))


def covariance_stack(name: str, value: ArrayLike) -> Array:
    """A non-empty stack [K, d, d] of symmetric positive semi-definite matrices, mended likewise."""
    return _mended(name, finite_array(name, value, (None, None, None)))


def definite_covariance(name: str, value: ArrayLike) -> Array:
    """A symmetric positive definite matrix [d, d]."""
    matrix = second_moment(name, value)
    if semidefinite.rank(matrix) < len(matrix):
        raise ValueError(
            f"{words(name)} must be positive definite, but its smallest eigenvalue is "
            f"{np.linalg.eigvalsh(matrix)[0]:.3g}."
        )
    return matrix


def _mended(name: str, matrices: Array) -> Array:
    try:
        return semidefinite.mended(matrices)
    except ValueError as error:
        raise ValueError(f"{words(name)} {error}.") from None


def context_length(name: str, value: float, minimum: int = 1) -> float:
    """A whole number of pairs, or infinity, as a float."""
    length = float(value)
    whole = math.isinf(length) or length.is_integer()
    if not (whole and length >= minimum):
        raise ValueError(
            f"{name} must be a whole number of at least {minimum}, or infinity, but it is {value}."
        )
    return length


def dimension(name: str, value: int) -> int:
    """A finite whole number of at least 1."""
    d = float(value)
    if not (d.is_integer() and d >= 1):
        raise ValueError(f"{name} must be a whole number of at least 1, but it is {value}.")
    return int(d)


def nonnegative(name: str, value: float) -> float:
    """A finite number of at least 0."""
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name} must be a finite number of at least 0, but it is {value}.")
    return number


def positive(name: str, value: float) -> float:
    """A finite number above 0."""
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a finite number above 0, but it is {value}.")
    return number
