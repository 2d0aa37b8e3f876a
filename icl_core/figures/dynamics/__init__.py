"""Training of linear attention, animated: both weight matrices beside their limits, loss, directions."""

from icl_core.figures.dynamics.animation import dynamics_figure, frame_moments
from icl_core.figures.dynamics.cells import full_matrices
from icl_core.figures.dynamics.scene import DynamicsLabels

__all__ = ["DynamicsLabels", "dynamics_figure", "frame_moments", "full_matrices"]
