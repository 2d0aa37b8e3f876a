"""What the page 'Training dynamics' shows: the start of the flow and its clock, and the spec that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.frame.url_state import Settings
from dashboard.frame.views import View
from icl_core.data.covariance import PowerLaw
from icl_core.evaluation.dynamics import Dynamics, Start, Trajectory
from icl_core.library.finding import closed_form
from icl_core.specs import Experiment, Pretraining, require

SPREAD = 3.0  # ratio of the directions' times from which a linear clock would hide the first


@dataclass(frozen=True)
class DynamicsView(View):
    """Shape and scale of the start, the time axis, and whether SGD is laid over the flow."""

    start: Start = "identity"
    sigma: float = 0.1
    clock: Literal["auto", "log", "linear"] = "auto"
    sgd: bool = False

    def __post_init__(self) -> None:
        require(0.001 <= self.sigma <= 100, "sigma", self.sigma, "0.001 to 100")

    def log_time(self, trajectory: Trajectory) -> bool:
        """Whether the time axis is logarithmic: as chosen, or where directions differ in their times."""
        if self.clock != "auto":
            return self.clock == "log"
        eigenvalues = trajectory.eigenvalues
        return bool(eigenvalues[0] > SPREAD**0.5 * eigenvalues[-1])


def start() -> Settings[DynamicsView]:
    """What the bare URL shows: four directions of different variance."""
    pretraining = Pretraining(dimension=4, context_length=20, covariates=PowerLaw(1.0))
    return Settings(Experiment(closed_form(pretraining)), DynamicsView())


def dynamics_of(settings: Settings[DynamicsView]) -> Dynamics:
    """The training that the settings ask for. Raises SpecError where its flow cannot be followed."""
    view, experiment = settings.view, settings.experiment
    return Dynamics.of(experiment.pretraining, view.start, view.sigma, experiment.evaluation.seed)
