"""The filters above the Library page's cards."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.controls import choose
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
    first, second, third = st.columns(3)
    with first:
        choose(
            state,
            "library_inputs",
            t("library.inputs"),
            [None, *inputs],
            view.inputs,
            lambda count: t("library.any") if count is None else str(count),
            lambda settings, count: settings.viewed(inputs=count),
        )
    with second:
        choose(
            state,
            "library_family",
            t("library.family"),
            ["", *sorted(kinds | ({view.family} - {""}))],
            view.family,
            lambda kind: t("library.any") if not kind else family_in_short(kind),
            lambda settings, kind: settings.viewed(family=kind),
        )
    with third:
        choose(
            state,
            "library_status",
            t("library.status"),
            list(STATUSES),
            view.status,
            lambda status: t(f"library.status.{status}"),
            lambda settings, status: settings.viewed(status=status),
        )
