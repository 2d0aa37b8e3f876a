"""What the page 'Shift lab' shows: which of its pictures, and what each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.frame.views import CurveView
from icl_core.specs import require

Part = Literal["length", "panels", "grid", "random"]
PARTS: tuple[Part, ...] = ("length", "panels", "grid", "random")
TASK_KINDS = ("task_scale", "task_mean", "task_covariance", "task_sparsity")
QUERY_KINDS = ("query_covariance", "query_scale", "query_in_span", "query_orthogonal", "query_overlap")
INPUT_KINDS = (
    "covariate_scale",
    "covariate_skew",
    "covariate_half_subspace",
    "covariate_rotation",
    "covariate_quadrant",
)


@dataclass(frozen=True)
class ShiftView(CurveView):
    """The picture; the panels' kinds of shift and their common strength; the grid's method."""

    log: bool = False
    part: Part = "length"
    strength: float = 0.5
    task: str = TASK_KINDS[0]
    query: str = QUERY_KINDS[0]
    inputs: str = INPUT_KINDS[0]
    method: Literal["lsa", "transformer", "ols"] = "lsa"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.strength <= 1, "strength", self.strength, "0 to 1")
        for name, kinds in (("task", TASK_KINDS), ("query", QUERY_KINDS), ("inputs", INPUT_KINDS)):
            require(
                getattr(self, name) in kinds,
                name,
                getattr(self, name),
                "one of {names}",
                names=", ".join(kinds),
            )

    @property
    def panel_kinds(self) -> tuple[str, ...]:
        """The kinds of shift that stand side by side, no shift first."""
        return ("none", self.task, self.query, self.inputs, "label_noise", "label_nonlinearity")
