"""Where the figure is read, and what of the link's view does not fit it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import own_covariance
from dashboard.knobs.changes import State
from dashboard.texts import t
from icl_core.data.covariance import Matrix
from icl_core.figures import METHODS


def read_out(state: State, read_outs: Sequence[int] | None = None) -> int:
    """The k that is read aloud: the one asked for, else the trained length, within the curve.

    `read_outs`, in order: where the curve begins and ends, if not at 0 and the experiment's length.
    """
    experiment = state.experiment
    wanted = experiment.pretraining.context_length if state.view.k is None else state.view.k
    low, high = (0, experiment.context_length) if read_outs is None else (read_outs[0], read_outs[-1])
    return min(max(wanted, low), high)


def notices(state: State, end: int | None = None) -> list[str]:
    """Sentences about view settings of the URL that do not fit this figure, whose curves end at `end`."""
    asked, end = state.view.k, state.experiment.context_length if end is None else end
    said = [] if asked is None or asked <= end else [t("notice.clamped", asked=asked, k=end)]
    dimension = state.experiment.pretraining.dimension
    if isinstance(state.experiment.covariates, Matrix) and dimension > own_covariance.MOST_IN_LINKS:
        said.append(t("notice.large_matrix", dimension=dimension))
    return said + [t("notice.unknown_method", name=name) for name in state.view.show if name not in METHODS]
