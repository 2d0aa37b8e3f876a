"""The filters above the Library page's cards."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.knob import Knob, Menu, draw, viewed
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.models.view import STATUSES, LibraryView, Shelved
from dashboard.say.describe import family_in_short

State = UrlState[LibraryView]


def filters(state: State, models: list[Shelved]) -> None:
    """By number of inputs, family and status; each lists what the library has."""
    specs = [model.entry.card.spec for model in models if model.entry.card]
    view = state.view
    inputs = sorted({spec.dimension for spec in specs} | ({view.inputs} if view.inputs else set()))
    kinds = {family.kind for spec in specs for family in spec.mixture.families}
    knobs = (
        Knob(
            "library_inputs",
            t("library.inputs"),
            Menu([None, *inputs], lambda count: t("library.any") if count is None else str(count)),
            view.inputs,
            viewed("inputs"),
        ),
        Knob(
            "library_family",
            t("library.family"),
            Menu(
                ["", *sorted(kinds | ({view.family} - {""}))],
                lambda kind: family_in_short(kind) if kind else t("library.any"),
            ),
            view.family,
            viewed("family"),
        ),
        Knob(
            "library_status",
            t("library.status"),
            Menu(STATUSES, lambda status: t(f"library.status.{status}")),
            view.status,
            viewed("status"),
        ),
    )
    for column, knob in zip(st.columns(3), knobs, strict=True):
        with column:
            draw(state, knob)
