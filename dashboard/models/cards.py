"""The Library page's cards: one for each model, good or damaged."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from dashboard.frame.texts import plain, said, t
from dashboard.frame.url_state import UrlState
from dashboard.frame.viewport import is_narrow
from dashboard.models.view import LibraryView, Shelved
from dashboard.models.words import cells, check_words, facts, family_words, making, pool_words
from dashboard.say.amounts import interval
from dashboard.say.describe import names_in
from icl_core.library import Card

State = UrlState[LibraryView]
COLOURS = {"meets": "green", "misses": "orange", "ungraded": "gray", "damaged": "red"}
ICONS = {"meets": "check_circle", "misses": "error", "ungraded": "help", "damaged": "report"}
COLUMNS = 3


def cards(state: State, models: list[Shelved], chosen: Shelved | None) -> None:
    """The cards, three in a row; on a phone folded, by their number of inputs."""
    if is_narrow():
        _folded(state, models, chosen)
        return
    for start in range(0, len(models), COLUMNS):
        for column, model in zip(st.columns(COLUMNS), models[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(state, model, model is chosen)


def _folded(state: State, models: list[Shelved], chosen: Shelved | None) -> None:
    for inputs, found in groupby(sorted(models, key=_inputs), key=_inputs):
        own = list(found)
        name = t("library.group", inputs=inputs, count=len(own)) if inputs else t("library.status.damaged")
        with st.expander(name):
            for model in own:
                icon = f":{COLOURS[model.status]}[:material/{ICONS[model.status]}:]"
                with st.expander(f"{icon} {plain(model.entry.name)}"):
                    _card(state, model, model is chosen)


def _inputs(model: Shelved) -> int:
    """How many inputs the model's functions have; 0 of one whose card cannot be read."""
    return model.entry.card.spec.dimension if model.entry.card else 0


def _card(state: State, model: Shelved, shown: bool) -> None:
    card, name = model.entry.card, model.entry.name
    status = model.status
    st.markdown(f"**{plain(name)}**")
    st.badge(t(f"library.status.{status}"), icon=f":material/{ICONS[status]}:", color=COLOURS[status])  # type: ignore[arg-type]
    if model.fault:
        st.error(said(model.fault))
    if card is None:
        return
    st.markdown(facts(card))
    st.caption(making(card))
    if model.fault:
        return
    _errors(card)
    with st.container(horizontal=True, gap="small"):
        if card.history:
            st.button(
                t("library.shown" if shown else "library.replay"),
                key=f"replay_{model.entry.folder.name}",
                icon=":material/play_circle:",
                disabled=shown,
                on_click=lambda: state.change(lambda settings: settings.viewed(played=name)),
            )
        st.page_link(
            "app.py",
            label=t("library.open"),
            icon=":material/show_chart:",
            query_params={"model": name, **state.presentation.to_query()},
        )


def _errors(card: Card) -> None:
    if not card.errors:
        st.caption(t("library.ungraded"))
        return
    lengths = card.errors[0].context_lengths
    head = [t("library.error_at"), *(t("figure.read_out", k=k) for k in lengths)]
    rows = [head, [":---", *("---:" for _ in lengths)]]
    names = names_in(card.spec.mixture, short=True)
    for entry in card.errors:
        rows.append([family_words(entry.family, names) + pool_words(entry.tasks), *cells(entry)])
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in rows))
    with st.expander(
        t("library.checks", met=sum(check.met for check in card.checks), count=len(card.checks))
    ):
        for check in card.checks:
            mark = ":green[:material/check:]" if check.met else ":orange[:material/close:]"
            value = interval(check.value, check.low, check.high, 3)
            limit = t("library.limit", limit=check.limit)
            st.markdown(
                t(
                    "library.check",
                    mark=mark,
                    statement=check_words(check, names),
                    value=value,
                    limit=limit,
                )
            )
        if card.note:
            st.markdown(plain(card.note))
        st.caption(t("library.graded", prompts=f"{card.errors[0].prompts:,}"))
