"""In-context learning of function classes: prompts, predictors, theory, models, training, library.

Dimension legend, used by every docstring: B prompts, N points of a prompt, D inputs, F families.
"""

from icl_core import data as _data  # registers the covariances, function classes and shifts
from icl_core import models as _models  # registers the models
from icl_core import predictors as _predictors  # registers the methods

__all__: list[str] = []
del _data, _models, _predictors
