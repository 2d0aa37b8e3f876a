"""What every part of the animation needs: training, clock, words, look, and where each plot stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from icl_core.figures.palette import Theme, stroke

if TYPE_CHECKING:
    from icl_core.evaluation.dynamics import Trajectory
    from icl_core.evaluation.sgd_check import SgdRun

Array = NDArray[np.float64]
Place = dict[str, Any]

STEEP = 3.0  # a loss that starts above this gets a logarithmic axis


@dataclass(frozen=True)
class DynamicsLabels:
    """Every text of the figure. `direction` and `floor` have a place {value}, `half_time` {time}."""

    key_query: str
    value: str
    limit: str
    time: str
    loss: str
    floor: str
    learned: str
    direction: str
    half_time: str
    logistic: str
    sgd: str
    play: str
    pause: str
    prefix: str


@dataclass(frozen=True)
class Scene:
    """A training as it is drawn. `compact` stacks the plots, for narrow screens."""

    trajectory: Trajectory
    labels: DynamicsLabels
    look: Theme
    log_time: bool
    compact: bool
    sgd: SgdRun | None = None

    @cached_property
    def clock(self) -> Array:
        """Positions on the time axis; on a logarithmic one, time 0 stands at the first time after it."""
        times = self.trajectory.path.times
        return np.maximum(times, times[1]) if self.log_time else times

    @property
    def sgd_clock(self) -> list[float]:
        """Positions of SGD's marks on the time axis."""
        assert self.sgd is not None
        return np.maximum(self.sgd.times, self.clock[0]).tolist()

    @property
    def matrix_places(self) -> Sequence[tuple[Place, Place]]:
        """Row and column of W^KQ and of W^PV, each beside its limit."""
        if self.compact:
            return (_place(1, 1), _place(1, 2)), (_place(2, 1), _place(2, 2))
        return (_place(1, 1), _place(1, 2)), (_place(1, 3), _place(1, 4))

    @property
    def curve_places(self) -> tuple[Place, Place]:
        """Row and column of the loss and of the directions."""
        return (_place(3, 1), _place(4, 1)) if self.compact else (_place(2, 1), _place(2, 3))

    @cached_property
    def colours(self) -> list[str]:
        """A colour for each direction: from blue, the largest eigenvalue, to vermillion, the smallest."""
        ends = (stroke("transformer").colour(self.look), stroke("ols").colour(self.look))
        count = len(self.trajectory.eigenvalues)
        shares = np.linspace(0, 1, count).tolist() if count > 1 else [0.0]
        return [str(colour) for colour in sample_colorscale([[0.0, ends[0]], [1.0, ends[1]]], shares)]

    @cached_property
    def time_ends(self) -> tuple[float, float]:
        """The ends of the time axis, in powers of ten on a logarithmic one."""
        if self.log_time:
            return float(np.log10(self.clock[0])), float(np.log10(self.clock[-1])) + 0.06
        return 0.0, 1.02 * float(self.clock[-1])

    @property
    def loss_is_steep(self) -> bool:
        """Whether the loss has a logarithmic axis."""
        return float(self.trajectory.losses.max()) > STEEP

    @cached_property
    def loss_ends(self) -> tuple[float, float]:
        """The ends of the loss axis, in powers of ten on a logarithmic one."""
        highest = float(self.trajectory.losses.max())
        if self.loss_is_steep:
            return float(np.log10(self.trajectory.floor)) - 0.15, float(np.log10(highest)) + 0.1
        return 0.0, 1.06 * max(highest, 1.0)

    @cached_property
    def share_ends(self) -> tuple[float, float]:
        """The ends of the axis of shares learned."""
        top = float(np.clip(self.trajectory.learned.max(), 1.0, 5.0))
        low = float(np.clip(self.trajectory.learned.min(), -1.0, 0.0))
        return 1.08 * low - 0.04, 1.08 * top

    def open_circles(self, colour: str) -> dict[str, Any]:
        """The marks of what is laid over the flow."""
        line = {"width": 1.75 * self.look.scale}
        return {"symbol": "circle-open", "size": 8 * self.look.scale, "color": colour, "line": line}


def _place(row: int, column: int) -> Place:
    return {"row": row, "col": column}
