"""Trained on random covariances, tested on c times as much: figure 1 of Zhang et al. (arXiv 2306.09927)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation.attention_risk import iid_risk_line
from icl_core.evaluation.curves import LearningCurves, learning_curves
from icl_core.models import InContextNetwork
from icl_core.predictors import LeastSquares, Network, Predictor, Zero
from icl_core.specs import Covariance, Evaluation, Experiment, Pretraining

Array = NDArray[np.float64]

EXPONENTIAL = theory.SpectrumMoments(*RandomDiagonal.eigenvalue_moments)
CONSTANT = theory.SpectrumMoments(1.0, 1.0, 1.0)
SCALES = (1.0, 4.0, 9.0)


@dataclass(frozen=True, eq=False)
class CovariancePanel:
    """One panel: measured curves, and the exact risks over d of linear attention at k = 1..M.

    `lines` by training: 'lsa_fixed' (trained on covariance I) and 'lsa_random' (on Exp(1) diagonals), both at
    length N; `limits`: the same as M, N -> infinity. All were trained at c = 1.
    """

    covariates: Covariance
    scale: float
    curves: LearningCurves
    lines: Mapping[str, Array]
    limits: Mapping[str, float]


def covariance_panels(
    pretraining: Pretraining, networks: Mapping[str, InContextNetwork], evaluation: Evaluation
) -> list[CovariancePanel]:
    """Covariance I, then Exp(1) diagonals times c = 1, 4, 9: the four panels, on noiseless dense tasks.

    `networks` by name, pretrained with as many inputs; `pretraining` says how many, and the length N of
    linear attention. `evaluation` says how many prompts, how long, from which seed; its test distribution is
    replaced.
    """
    settings = [(Identity(), 1.0), *((RandomDiagonal(), scale) for scale in SCALES)]
    return [_panel(pretraining, networks, evaluation, covariates, scale) for covariates, scale in settings]


def attention_lines(d: int, N: int) -> dict[str, float]:
    """The a of A = a I after training at length N on covariance I, and on random diagonals."""
    return {
        "lsa_fixed": theory.lsa_optimum_iid(CONSTANT, d, 0.0, N),
        "lsa_random": theory.lsa_optimum_iid(EXPONENTIAL, d, 0.0, N),
    }


def residuals(d: int, lengths: Array) -> dict[str, Array]:
    """Error over d at N = M, trained and tested alike: vanishes on covariance I, not on random diagonals."""
    moments = {"lsa_fixed": CONSTANT, "lsa_random": EXPONENTIAL}
    return {
        name: np.array([_residual(spectrum, d, float(N)) for N in lengths])
        for name, spectrum in moments.items()
    }


def limit_error(name: str, covariates: Covariance, scale: float) -> float:
    """Error over d as M, N -> infinity of attention trained at c = 1, tested at c = `scale`."""
    trained = {"lsa_fixed": CONSTANT, "lsa_random": EXPONENTIAL}[name]
    tested = EXPONENTIAL if covariates.is_random else CONSTANT
    a = theory.lsa_optimum_iid(trained, 1, 0.0, math.inf)
    return theory.lsa_risk_iid(a, tested, 1, 0.0, math.inf, scale)


def _panel(
    pretraining: Pretraining,
    networks: Mapping[str, InContextNetwork],
    evaluation: Evaluation,
    covariates: Covariance,
    scale: float,
) -> CovariancePanel:
    tested = Evaluation(
        context_length=evaluation.context_length,
        covariates=covariates,
        shift=CovariateScale(math.log2(scale) / 2),
        label_noise=0.0,
        prompts=evaluation.prompts,
        seed=evaluation.seed,
    )
    experiment = Experiment(pretraining, tested)
    predictors: dict[str, Predictor] = {name: Network(network) for name, network in networks.items()}
    curves = learning_curves(experiment, predictors | {"ols": LeastSquares(), "zero": Zero()})
    d, N = pretraining.dimension, pretraining.context_length
    spectrum = EXPONENTIAL if covariates.is_random else CONSTANT
    lengths = np.arange(1.0, experiment.context_length + 1)
    lines = {
        name: iid_risk_line(a, spectrum, d, 0.0, scale).total(lengths) / d
        for name, a in attention_lines(d, N).items()
    }
    limits = {name: limit_error(name, covariates, scale) for name in lines}
    return CovariancePanel(covariates, scale, curves, lines, limits)


def _residual(spectrum: theory.SpectrumMoments, d: int, N: float) -> float:
    return theory.lsa_risk_iid(theory.lsa_optimum_iid(spectrum, d, 0.0, N), spectrum, d, 0.0, N) / d
