"""Distributions of covariates; importing the package registers every kind.

A new kind is a frozen dataclass that subclasses `Covariance` (or a base in `base.py`), and a line here.
"""

from icl_core.data.covariance.dense import AutoRegressive, Matrix, Spiked
from icl_core.data.covariance.diagonal import Eigenvalues, Identity, LowRank, PowerLaw
from icl_core.data.covariance.mixture import CovarianceMixture, CovarianceShare
from icl_core.data.covariance.random import RandomDiagonal, Wishart
from icl_core.data.covariance.uniform import Uniform
from icl_core.data.covariance.with_mean import WithMean

__all__ = [
    "AutoRegressive",
    "CovarianceMixture",
    "CovarianceShare",
    "Eigenvalues",
    "Identity",
    "LowRank",
    "Matrix",
    "PowerLaw",
    "RandomDiagonal",
    "Spiked",
    "Uniform",
    "Wishart",
    "WithMean",
]
