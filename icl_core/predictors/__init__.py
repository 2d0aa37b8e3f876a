"""Everything that predicts in context, behind the one shape of `base.Predictor`."""

from icl_core.predictors.averaging import Averaging
from icl_core.predictors.base import LinearPredictor, Predictor
from icl_core.predictors.gradient_descent import GradientDescent
from icl_core.predictors.least_squares import LeastSquares
from icl_core.predictors.linear_attention import LinearAttention
from icl_core.predictors.neighbours import Neighbours
from icl_core.predictors.ridge import Ridge
from icl_core.predictors.zero import Zero

__all__ = [
    "Averaging",
    "GradientDescent",
    "LeastSquares",
    "LinearAttention",
    "LinearPredictor",
    "Neighbours",
    "Predictor",
    "Ridge",
    "Zero",
]
