"""Training: optimisers, checkpoints and one loop for every model."""

from icl_core.training.loop import (
    Progress,
    Snapshot,
    Trained,
    TrainingDiverged,
    TrainingStopped,
    train,
    train_to_decay,
)

__all__ = [
    "Progress",
    "Snapshot",
    "Trained",
    "TrainingDiverged",
    "TrainingStopped",
    "train",
    "train_to_decay",
]
