"""Families of functions; importing the package registers every kind.

A new family is one file with a frozen dataclass that subclasses `FunctionClass`, and a line here.
"""

from icl_core.data.function_classes.base import Functions, LinearFunctions
from icl_core.data.function_classes.combination import Combination
from icl_core.data.function_classes.dense import Dense
from icl_core.data.function_classes.quadratic import Quadratic
from icl_core.data.function_classes.relu_network import ReluNetwork
from icl_core.data.function_classes.sinusoid import Sinusoid
from icl_core.data.function_classes.sparse import FixedSparse, Sparse

__all__ = [
    "Combination",
    "Dense",
    "FixedSparse",
    "Functions",
    "LinearFunctions",
    "Quadratic",
    "ReluNetwork",
    "Sinusoid",
    "Sparse",
]
