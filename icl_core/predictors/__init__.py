"""Everything that predicts in context, behind the one shape of `base.Predictor`.

A new predictor is one file that declares its method (`icl_core.methods`), and a line here.
"""

from icl_core.methods import measured_methods
from icl_core.predictors.averaging import Averaging
from icl_core.predictors.base import LinearPredictor, Predictor
from icl_core.predictors.bayes import BayesMixture
from icl_core.predictors.discrete_mmse import DiscreteMMSE
from icl_core.predictors.gradient_descent import GradientDescent
from icl_core.predictors.lasso import Lasso, LassoPath, LassoSolution, lasso_path
from icl_core.predictors.least_squares import LeastSquares
from icl_core.predictors.linear_attention import LinearAttention
from icl_core.predictors.neighbours import Neighbours
from icl_core.predictors.network import Network
from icl_core.predictors.ridge import Ridge
from icl_core.predictors.smooth_interpolator import SmoothInterpolator
from icl_core.predictors.zero import Zero

__all__ = [
    "Averaging",
    "BayesMixture",
    "DiscreteMMSE",
    "GradientDescent",
    "Lasso",
    "LassoPath",
    "LassoSolution",
    "LeastSquares",
    "LinearAttention",
    "LinearPredictor",
    "Neighbours",
    "Network",
    "Predictor",
    "Ridge",
    "SmoothInterpolator",
    "Zero",
    "lasso_path",
    "measured_methods",
]
