"""The training service: jobs that survive what runs them, trained by Dask, one for each model."""

from icl_core.library.jobs.engine import Engine, EngineError
from icl_core.library.jobs.job import Job, Order, Standing
from icl_core.library.jobs.limits import JobRefused, Limits
from icl_core.library.jobs.service import TrainingService, continued, local_service

__all__ = [
    "Engine",
    "EngineError",
    "Job",
    "JobRefused",
    "Limits",
    "Order",
    "Standing",
    "TrainingService",
    "continued",
    "local_service",
]
