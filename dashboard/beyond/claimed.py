"""Claims of the article that the current picture bears on, judged by the picture's own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.beyond.numbers import Curves
from dashboard.beyond.view import Scene, current, sweep_of
from dashboard.frame.texts import plain, t
from dashboard.say.standing import limit, measured, statement
from icl_core.claims.claim import Claim, Limit, Measurement, Verdict
from icl_core.claims.one_input import CLAIMS, FREQUENCY, MIXTURE
from icl_core.claims.workbench import PROMPTS
from icl_core.library.zoo import LINEAR_SINUSOID
from icl_core.specs import Experiment

SHOWN: tuple[tuple[str, str, Scene], ...] = (
    ("B11", "transformer", Scene("alpha", 0.5)),
    ("B12", "bayes_test", Scene("alpha", 0.5)),
    ("B14", "transformer", Scene("frequency", FREQUENCY)),
    ("B15", "wide", Scene("frequency", FREQUENCY)),
)
"""Claims whose first limit is the error of a learner in a scene, with half of the trained examples."""


@dataclass(frozen=True)
class Judged:
    """A claim's limit on one error, and that error in the picture."""

    claim: Claim
    limit: Limit
    measured: Measurement

    @property
    def verdict(self) -> Verdict:
        return self.limit.verdict(self.measured)


def judged(experiment: Experiment, curves: Curves, k: int) -> Iterator[Judged]:
    """The claims that this picture shows: of the model that they are about, at half of its trained length."""
    pretraining = experiment.pretraining
    is_theirs = MIXTURE.fits(pretraining) and pretraining.model == LINEAR_SINUSOID.model
    if not is_theirs or k != pretraining.context_length // 2:
        return
    claims = {claim.id: claim for claim in CLAIMS}
    scene = current(experiment)
    for name, learner, place in SHOWN:
        if place == scene and learner in curves:
            row = int(np.argmin(np.abs(np.array(sweep_of(experiment).values) - scene.value)))
            curve = curves[learner]
            measured = Measurement(*(float(part[row, k]) for part in (curve.mean, curve.low, curve.high)))
            yield Judged(claims[name], claims[name].limits[0], measured)


def claims_line(experiment: Experiment, curves: Curves, k: int) -> None:
    """One line for each claim: what it asks for, what stands here, and how it comes out."""
    for each in judged(experiment, curves, k):
        st.caption(
            t(
                "beyond.claim",
                id=each.claim.id,
                statement=statement(each.claim),
                limit=limit(each.limit),
                value=plain(measured(each.measured)),
                prompts=f"{experiment.evaluation.prompts:,}",
                many=f"{PROMPTS:,}",
                verdict=t(f"beyond.verdict.{each.verdict.key}"),
            )
        )
