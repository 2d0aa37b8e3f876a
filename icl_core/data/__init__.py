"""Prompts: covariates, functions, labels and shifts, drawn from addressed random numbers.

Dimensions: B prompts, N points of a prompt, D inputs, F families. Importing the package registers every
kind of covariance, function class and shift.
"""

from icl_core.data import covariance, function_classes, shifts
from icl_core.data.prompts import Prompts, sample_prompts, task_pool, training_batch

__all__ = [
    "Prompts",
    "covariance",
    "function_classes",
    "sample_prompts",
    "shifts",
    "task_pool",
    "training_batch",
]
