"""The exact risk of linear attention as a function of the test length: a constant and two terms in 1/M."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.data.moments import Moments

Array = NDArray[np.float64]


class RiskLine(NamedTuple):
    """risk(M) = bias + (sampling + noise)/M: error of the mean prediction, finite context, label noise.

    `zero` is the risk without examples, where the prediction is 0.
    """

    bias: float
    sampling: float
    noise: float
    zero: float

    def at(self, lengths: Array) -> Array:
        """Bias, sampling and noise at each length [n], as rows [3, n]; a length may be 0 or infinite."""
        given = lengths > 0
        inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=given)
        bias = np.where(given, self.bias, self.zero)
        return np.stack([bias, self.sampling * inverse, self.noise * inverse])

    def total(self, lengths: Array) -> Array:
        """The risk at each length [n]."""
        return self.at(lengths).sum(0)


def linear_risk(A: Array, moments: Moments) -> RiskLine:
    """For linear functions of Gaussian inputs with these moments."""
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    parts = theory.lsa_risk_parts(A, S, T, moments.noise_variance, 1, Q)
    return RiskLine(*parts, zero=float(np.trace(Q @ T)))


def correlation(share: float) -> float:
    """Of ((1 - share) f + share |f|) with f, both scaled to variance 1, for a centred Gaussian f."""
    return (1 - share) / float(np.hypot(1 - share, share))


def nonlinear_label_risk(A: Array, moments: Moments, share: float) -> RiskLine:
    """For labels ((1-m) f + m |f|)/sqrt((1-m)^2 + m^2), m = share, of linear f with these moments.

    |f| is even and f odd in x, so with r = `correlation`(m): E[y x] = r S w, while E[y^2 x x^T] is what it is
    for the linear f. Hence bias r^2 tr(Q A S T S A^T) - 2 r^2 tr(Q A S T) + tr(Q T), and sampling (2 - r^2)
    tr(Q A S T S A^T) + tr(S T) tr(Q A S A^T), over M.
    """
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    squared = correlation(share) ** 2
    signal = float(np.trace(Q @ A @ S @ T @ S @ A.T))
    spread = float(np.trace(Q @ A @ S @ A.T))
    bias = squared * (signal - 2 * float(np.trace(Q @ A @ S @ T))) + float(np.trace(Q @ T))
    sampling = (2 - squared) * signal + float(np.trace(S @ T)) * spread
    return RiskLine(bias, sampling, moments.noise_variance * spread, float(np.trace(Q @ T)))


def iid_risk_line(
    a: float, moments: theory.SpectrumMoments, d: int, noise_var: float, scale: float = 1.0
) -> RiskLine:
    """Risk of A = a I for `scale` times a diagonal covariance of i.i.d. eigenvalues with these moments."""
    bias = theory.lsa_risk_iid(a, moments, d, 0.0, float("inf"), scale)
    sampling = theory.lsa_risk_iid(a, moments, d, 0.0, 1, scale) - bias
    noise = theory.lsa_risk_iid(a, moments, d, noise_var, 1, scale) - bias - sampling
    return RiskLine(bias, sampling, noise, zero=d * scale * moments.first)
