"""Symmetric positive semi-definite matrices: what counts as one, judged here alone, and their rank.

Numbers that people have are rounded: a sample covariance of nine decimals is symmetric and semi-definite up
to half a unit of the ninth. Such a matrix is taken as the nearest one that is both.
"""

import numpy as np
from numpy.typing import NDArray

from icl_core.refusal import Refusal

Array = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)
LEAST_SLACK, MOST_SLACK = 1e-6, 1e-2  # of the largest entry: what single precision leaves, and two decimals
HALF = 0.5 * (1 + 1e-6)  # of a unit, and what storing decimals in binary adds
NOT_SEMIDEFINITE = "must be positive semi-definite, but it has the eigenvalue {smallest:.3g}"
KEPT = 64  # roundings of the largest entry, times d: eigenvalues this little below 0 are 0


def mended(matrices: Array) -> Array:
    """The matrices [..., d, d], of finite numbers, symmetrised and with eigenvalues below 0 raised to 0.

    What needs neither comes back as it is. Faults may be as large as the rounding of the entries makes them:
    half a unit of the last decimal that any of them has, but 10^-6 to 10^-2 of the largest.

    Raises:
        Refusal: a matrix further from symmetric or semi-definite than that. The text says which, and goes
            on from the name of the matrix: 'must be ...'.
    """
    if matrices.shape[-1] != matrices.shape[-2]:
        raise Refusal("must be square, but its shape is {shape}", shape=list(matrices.shape[-2:]))
    transposed = matrices.swapaxes(-1, -2)
    scale, size = float(np.abs(matrices).max()), matrices.shape[-1]
    apart = float(np.abs(matrices - transposed).max())
    if apart > 0:
        if apart > 2 * _slack(matrices, scale):
            raise Refusal("must be symmetric")
        matrices = (matrices + transposed) / 2
    smallest = float(np.linalg.eigvalsh(matrices).min())
    if smallest >= -KEPT * EPSILON * size * scale:
        return matrices
    if smallest < -size * _slack(matrices, scale):
        raise Refusal(NOT_SEMIDEFINITE, smallest=smallest)
    eigenvalues, vectors = np.linalg.eigh(matrices)
    clipped = (vectors * eigenvalues.clip(min=0)[..., None, :]) @ vectors.swapaxes(-1, -2)
    return (clipped + clipped.swapaxes(-1, -2)) / 2


def rank(matrix: Array) -> int:
    """Number of directions in which a covariance [d, d] varies; no unit of an input changes it."""
    return int(np.count_nonzero(_spectrum(scaled(matrix)[0])[0]))


def scaled(matrix: Array) -> tuple[Array, Array]:
    """The correlations [d, d] of a covariance and the deviations [d], 1 for an input that does not vary."""
    deviations = np.sqrt(matrix.diagonal().clip(min=0))
    deviations[deviations == 0] = 1.0
    return matrix / deviations / deviations[:, None], deviations


def inverse_trace(matrix: Array, other: Array) -> float | None:
    """tr(other matrix^+) of a covariance and a second moment [d, d]; None where `other` leaves its span."""
    correlations, deviations = scaled(matrix)
    numerator = other / deviations / deviations[:, None]
    varying, eigenvalues, vectors = _spectrum(correlations)
    rotated = np.einsum("di,de,ei->i", vectors, numerator, vectors)
    if rotated[~varying].sum() > 1e-8 * np.trace(numerator):
        return None
    return float((rotated[varying] / eigenvalues[varying]).sum())


def _spectrum(correlations: Array) -> tuple[NDArray[np.bool_], Array, Array]:
    """Which eigenvalues are above rounding, the eigenvalues [d] and their vectors [d, d]."""
    eigenvalues, vectors = np.linalg.eigh(correlations)
    return eigenvalues > KEPT * EPSILON * len(correlations) * eigenvalues[-1], eigenvalues, vectors


def _slack(matrices: Array, scale: float) -> float:
    """Half a unit of the last decimal of the entries, within bounds."""
    decimals = max(_decimals(entry) for entry in np.unique(matrices))
    return min(max(HALF * 10.0**-decimals if decimals else 0.0, LEAST_SLACK * scale), MOST_SLACK * scale)


def _decimals(value: float) -> int:
    """Of the shortest decimal number that is this float."""
    mantissa, _, exponent = repr(float(value)).partition("e")
    written = len(mantissa.partition(".")[2].rstrip("0"))
    return max(0, written - int(exponent or 0))
