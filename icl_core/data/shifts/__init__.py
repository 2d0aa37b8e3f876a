"""Shifts between pretraining and test; importing the package registers every kind.

A new shift is a frozen dataclass that subclasses `BoundedShift` and overrides what it changes, and a line
here. Magnitude 0 is no shift. Scales multiply by 2^m with m in [-2, 2]; the other magnitudes are in [0, 1],
save for the number of nonzero weights.
"""

from icl_core.data.shifts.base import NoShift
from icl_core.data.shifts.covariate import (
    CovariateHalfSubspace,
    CovariateQuadrant,
    CovariateRotation,
    CovariateScale,
    CovariateSkew,
)
from icl_core.data.shifts.label import LabelNoise, LabelNonlinearity
from icl_core.data.shifts.query import (
    QueryCovariance,
    QueryInSpan,
    QueryOrthogonal,
    QueryOverlap,
    QueryScale,
)
from icl_core.data.shifts.task import TaskCovariance, TaskMean, TaskScale, TaskSparsity

__all__ = [
    "CovariateHalfSubspace",
    "CovariateQuadrant",
    "CovariateRotation",
    "CovariateScale",
    "CovariateSkew",
    "LabelNoise",
    "LabelNonlinearity",
    "NoShift",
    "QueryCovariance",
    "QueryInSpan",
    "QueryOrthogonal",
    "QueryOverlap",
    "QueryScale",
    "TaskCovariance",
    "TaskMean",
    "TaskScale",
    "TaskSparsity",
]
