"""Presets of the Explore page, each named by what it shows. A test holds every one to its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboard.frame.url_state import Settings
from dashboard.frame.views import CurveView
from icl_core.data.covariance import Eigenvalues, PowerLaw, RandomDiagonal, Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid, Sparse
from icl_core.data.shifts import CovariateRotation, CovariateScale, QueryCovariance
from icl_core.library.finding import Models, closed_form, preferred, trained_on
from icl_core.library.start import DENSE, PROMPTS
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining


def _tested(**settings: Any) -> Evaluation:
    return Evaluation(prompts=PROMPTS, **settings)


@dataclass(frozen=True)
class Preset:
    """A named picture. `needs_model`: without a trained model there is nothing to show."""

    name: str
    asked: Pretraining
    evaluation: Evaluation
    view: CurveView = field(default_factory=CurveView)
    needs_model: bool = True

    def settings(self, models: Models) -> Settings[CurveView] | None:
        """With the library's model, or with the closed form; None where a needed model is missing."""
        pretraining = closed_form(self.asked)
        if self.needs_model:
            chosen = preferred(trained_on(models, self.asked))
            if chosen is None:
                return None
            pretraining = chosen
        return Settings(Experiment(pretraining, self.evaluation), self.view)


ONE_INPUT = Pretraining(
    dimension=1,
    context_length=24,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
)
POWER_LAW = Pretraining(dimension=8, context_length=64, covariates=PowerLaw(exponent=1.5))
ASCENDING = Pretraining(
    dimension=4, context_length=128, covariates=Eigenvalues((0.1, 0.3, 0.9, 2.7))
)  # a query that leans on the first inputs asks for what short prompts say least about
RANDOM = Pretraining(dimension=8, context_length=128, covariates=RandomDiagonal())

START_VIEW = CurveView(k=6)  # read where d = 8 inputs leave the methods apart

PRESETS = (
    Preset("covariate_scale", DENSE, _tested(shift=CovariateScale(1.0)), CurveView(k=8, log=True)),
    Preset("at_home", DENSE, _tested(), START_VIEW),
    Preset("sparse", DENSE, _tested(function_class=Sparse(2)), CurveView(k=6)),
    Preset("label_noise", DENSE, _tested(label_noise=0.5), CurveView(k=8)),
    Preset("longer", DENSE, _tested(context_length=32), CurveView(k=32, log=True)),
    Preset(
        "one_input",
        ONE_INPUT,
        _tested(),
        CurveView(k=8, show=("transformer", "bayes", "ols", "neighbours", "zero")),
    ),
    Preset(
        "combination",
        ONE_INPUT,
        _tested(function_class=Combination(Dense(), Sinusoid(), 0.5)),
        CurveView(k=12, show=("transformer", "bayes", "bayes_test", "zero")),
    ),
    Preset(
        "rotation",
        POWER_LAW,
        _tested(shift=CovariateRotation(1.0)),
        CurveView(k=16, log=True),
        needs_model=False,
    ),
    Preset(
        "query_shift",
        ASCENDING,
        _tested(shift=QueryCovariance(1.0), context_length=128),
        CurveView(k=128),
        needs_model=False,
    ),
    Preset("random_covariance", RANDOM, _tested(), CurveView(k=128), needs_model=False),
)


def available(models: Models) -> dict[str, Settings[CurveView]]:
    """The presets that can be shown with these models, by name."""
    found = {preset.name: preset.settings(models) for preset in PRESETS}
    return {name: settings for name, settings in found.items() if settings is not None}
