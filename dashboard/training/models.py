"""Which library models match the pretraining on the page, and which come near."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import joined, t
from dashboard.say.describe import covariance_name, mixture_name
from dashboard.training.trainable import near
from icl_core.library.finding import Models, is_closed_form, matching
from icl_core.library.jobs.cost import cost
from icl_core.specs import Pretraining

MOST_NEAR = 4


def show_models(pretraining: Pretraining, models: Models) -> None:
    """The very model, those pretrained on the same data, and those nearby with what they differ in."""
    trained: list[str] = []
    if pretraining in models.values():
        sentence = t("train.exact", name=next(name for name, spec in models.items() if spec == pretraining))
    else:
        if is_closed_form(pretraining):
            trained = [
                name for name, spec in matching(models, pretraining).items() if not is_closed_form(spec)
            ]
        sentence = t("train.trained", names=joined("names", trained)) if trained else t("train.exact.none")
    nearby = [(name, fields) for name, fields in near(pretraining, models).items() if name not in trained]
    close = [_near_model(name, fields, models) for name, fields in nearby[:MOST_NEAR]]
    rest = t("train.near", models=joined("clauses", close)) if close else t("train.near.none")
    st.caption(joined("sentences", [sentence, rest]))


def _near_model(name: str, fields: tuple[str, ...], models: Models) -> str:
    differences = joined("names", (_difference(field, models[name]) for field in fields))
    return t("train.near.model", name=name, differences=differences)


def _difference(field: str, model: Pretraining) -> str:
    """What the model has in a field that is another one on the page."""
    values = {
        "dimension": model.dimension,
        "context_length": model.context_length,
        "covariates": covariance_name(model.covariates),
        "mixture": mixture_name(model.mixture),
        "label_noise": f"{model.label_noise:g}",
        "task_pool": model.task_pool or t("train.differs.no_pool"),
        "model": f"{cost(model).parameters:,}",
        "recipe": f"{model.recipe.steps:,}",
        "seed": model.seed,
        "warm_start": model.warm_start.hash if model.warm_start else t("train.differs.scratch"),
        "warm_start_at": t(f"train.differs.at_{model.warm_start_at}"),
    }
    return t(f"train.differs.{field}", value=values[field])
