"""Where the figure is read, and what of the link's view does not fit it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.frame.knob import Knob, Slider, Steps, viewed
from dashboard.frame.texts import plain, t
from dashboard.knobs import own_covariance
from dashboard.knobs.changes import State
from icl_core.data.covariance import Matrix
from icl_core.figures import METHODS


def read_out(state: State, read_outs: Sequence[int] | None = None) -> int:
    """The k that is read aloud: the one asked for, else the trained length, within the curve.

    `read_outs`, in order: where the curve begins and ends, if not at 0 and the experiment's length.
    """
    wanted = state.experiment.pretraining.context_length if state.view.k is None else state.view.k
    low, high = _ends(state, read_outs)
    return min(max(wanted, low), high)


def read_out_knob(state: State, read_outs: Sequence[int] | None = None) -> Knob[int]:
    """Where the figure is read; `read_outs` as above."""
    k = read_out(state, read_outs)
    every = Slider(0, state.experiment.context_length, 1)
    kind = every if read_outs is None else Steps(sorted({*read_outs, k}))
    return Knob("read_out", t("knob.read_out"), kind, k, viewed("k"), t("help.read_out"))


def main_knobs(state: State, read_outs: Sequence[int] | None = None) -> list[Knob[int]]:
    """What stands directly under a learning curve: the read-out, unless the link hides it."""
    return [] if "k" in state.presentation.hide else [read_out_knob(state, read_outs)]


def notices(state: State, read_outs: Sequence[int] | None = None, *, read: bool = True) -> list[str]:
    """Sentences about what of the URL does not fit this figure; `read_outs` as above, where it is `read`."""
    asked, end = state.view.k, _ends(state, read_outs)[1]
    clamped = read and state.named("k") and asked is not None and asked > end
    said = [t("notice.clamped", asked=asked, k=end)] if clamped else []
    dimension = state.experiment.pretraining.dimension
    if isinstance(state.experiment.covariates, Matrix) and dimension > own_covariance.MOST_IN_LINKS:
        said.append(t("notice.large_matrix", dimension=dimension))
    return said + [
        t("notice.unknown_method", name=plain(name)) for name in state.view.show if name not in METHODS
    ]


def _ends(state: State, read_outs: Sequence[int] | None) -> tuple[int, int]:
    return (0, state.experiment.context_length) if read_outs is None else (read_outs[0], read_outs[-1])
