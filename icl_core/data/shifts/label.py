"""Shifts of how labels follow from the functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from icl_core.data.function_classes.base import Functions
from icl_core.data.moments import Moments
from icl_core.data.shifts.base import BoundedShift
from icl_core.specs import Pretraining


@dataclass(frozen=True)
class LabelNoise(BoundedShift, kind="label_noise"):
    """Adds noise of standard deviation m sqrt(v) to the context's labels, beside what noise they have."""

    def noise_variance(self, noise_variance: float, pretraining: Pretraining) -> float:
        return noise_variance + self.magnitude**2 * pretraining.label_variance

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(noise_variance=self.noise_variance(moments.noise_variance, pretraining))


@dataclass(frozen=True)
class FoldedFunctions(Functions):
    """((1 - share) f_b + share |f_b|) / sqrt((1 - share)^2 + share^2)."""

    inner: Functions
    share: float

    def evaluate(self, xs: Tensor) -> Tensor:
        values = self.inner.evaluate(xs)
        folded = (1 - self.share) * values + self.share * values.abs()
        return folded / math.hypot(1 - self.share, self.share)

    def take(self, index: Tensor) -> Functions:
        return FoldedFunctions(self.inner.take(index), self.share)


@dataclass(frozen=True)
class LabelNonlinearity(BoundedShift, kind="label_nonlinearity"):
    """f becomes (1 - m) f + m |f|, renormalised: linear at m = 0, a ReLU at .5, an absolute value at 1.

    For families symmetric about 0, f and |f| are uncorrelated, so that the output variance stays exactly as
    it is; at m = 1 no linear function of x is correlated with the label under symmetric covariates.
    """

    keeps_functions: ClassVar[bool] = False

    def functions(self, functions: Functions, pretraining: Pretraining) -> Functions:
        return FoldedFunctions(functions, self.magnitude) if self.magnitude else functions

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        return moments if self.magnitude == 0 else None  # labels are no longer linear
