"""The Library page's cards: one for each model, good or damaged, and the filters above them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.frame.markdown import plain
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from dashboard.models.view import LibraryView, Shelved
from dashboard.say.amounts import interval
from dashboard.say.describe import covariance_name, family_in_short, names_in, pretraining_data
from dashboard.say.provenance import steps
from icl_core.library import Card, Check
from icl_core.library.card import FamilyErrors, Tasks
from icl_core.specs import FunctionClass
from icl_core.training.devices import CPU

State = UrlState[LibraryView]
COLOURS = {"meets": "green", "misses": "orange", "ungraded": "gray", "damaged": "red"}
ICONS = {"meets": "check_circle", "misses": "error", "ungraded": "help", "damaged": "report"}
COLUMNS = 3


def summary(models: list[Shelved]) -> str:
    """How many models there are, and how many of each status that occurs."""
    counts = {status: sum(model.status == status for model in models) for status in COLOURS}
    parts = [t(f"library.count.{status}", count=count) for status, count in counts.items() if count]
    return t("library.count", count=len(models)) + joined("names", parts)


def cards(state: State, models: list[Shelved], chosen: Shelved | None) -> None:
    """The cards, three in a row."""
    for start in range(0, len(models), COLUMNS):
        for column, model in zip(st.columns(COLUMNS), models[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(state, model, model is chosen)


def _card(state: State, model: Shelved, shown: bool) -> None:
    card, name = model.entry.card, model.entry.name
    status = model.status
    st.markdown(f"**{plain(name)}**")
    st.badge(t(f"library.status.{status}"), icon=f":material/{ICONS[status]}:", color=COLOURS[status])  # type: ignore[arg-type]
    if model.fault:
        st.error(model.fault)
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


def facts(card: Card) -> str:
    """What it was pretrained on, in a sentence."""
    return t(
        "library.facts",
        data=_upper(pretraining_data(card.spec)),
        covariance=covariance_name(card.spec.covariates),
        length=card.spec.context_length,
    )


def making(card: Card) -> str:
    """How it was made: architecture, steps, time, seed, hash."""
    recipe = card.spec.recipe
    stages = t("library.curriculum") if recipe.curriculum else ""
    warm = t("library.warm", hash=card.spec.warm_start.hash) if card.spec.warm_start else ""
    return t(
        "library.making",
        parameters=f"{card.parameters:,}",
        steps=steps(card.spec),
        device="" if card.device == CPU else t("library.device", device=card.device),
        minutes=f"{card.seconds / 60:.0f}" if card.seconds >= 90 else f"{card.seconds / 60:.1f}",
        seed=card.spec.seed,
        hash=card.spec.hash,
        curriculum=stages + warm,
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
        rows.append([_family(entry.family, names) + _pool(entry.tasks), *_cells(entry)])
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


def _cells(entry: FamilyErrors) -> list[str]:
    """The errors with their 90% intervals, of as many decimals as tell them from 0."""
    return [interval(*numbers) for numbers in zip(entry.mean, entry.low, entry.high, strict=True)]


def check_words(check: Check, names: Mapping[str, str] | None = None) -> str:
    """What a card's check measures, in the page's language; families by their `names`."""
    what = t(f"library.check.{check.quantity}")
    if check.against:
        what = t("library.check.against", what=what, name=check.against)
    family = _family(check.family, names or {}) + _pool(check.tasks)
    return t("library.check.on", family=family, what=what)


def _family(name: str, names: Mapping[str, str]) -> str:
    """A card's family in words: as the mixture names it, else by its kind."""
    return names.get(name) or (family_in_short(name) if name in FunctionClass.kinds else plain(name))


def _pool(tasks: Tasks) -> str:
    """What follows a family's name where the functions are those of the task pool."""
    return t("library.seen") if tasks == "seen" else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
