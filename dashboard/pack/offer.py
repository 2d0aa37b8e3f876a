"""The Lecture page's offer of a lecture's pack: a button, then how far it is, then the zip."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import t
from dashboard.lecture.format import Lecture
from dashboard.pack.order import MOST_PAGES, Desk, Order, Work

SECONDS = 2.0  # between two looks at a pack under way


def offer(lecture: Lecture) -> None:
    """The lecture as a zip of pages that need no server."""
    order = Order(lecture, (st.context.url or "").rsplit("/", 1)[0])
    with st.expander(t("pack.order"), icon=":material/folder_zip:"):
        st.markdown(t("pack.order.text"))
        if order.pages > MOST_PAGES:
            st.info(t("pack.order.large", pages=order.pages, most=MOST_PAGES))
            st.code(f'make pack PACK_ARGS="--lecture {lecture.name}.json"', language="bash")
            return
        work = _desk().find(order)
        if work is not None and work.running:
            _under_way(order)
            return
        archive = work.archive if work else None
        if archive is not None:
            size = f"{archive.stat().st_size / 1e6:.1f}"
            st.download_button(
                t("pack.order.save", size=size),
                archive.read_bytes,
                archive.name,
                "application/zip",
                key="pack_save",
                type="primary",
                icon=":material/download:",
                on_click="ignore",
            )
            return
        if work is not None and work.fault is not None:
            st.error(t("pack.order.fault", fault=work.fault or t("pack.order.ended")))
        _begin_button(order)


@st.fragment(run_every=SECONDS)
def _under_way(order: Order) -> None:
    """How far the pack is; the page is drawn anew when that is over."""
    work = _desk().find(order)
    if work is None or not work.running:
        st.rerun()
    else:
        _bar(work)


def _bar(work: Work) -> None:
    done, total = work.progress
    st.progress(
        done / total, t("pack.order.under_way", done=done, total=total) if done else t("pack.order.begun")
    )


def _begin_button(order: Order) -> None:
    def begin() -> None:
        st.session_state["pack_busy"] = not _desk().begin(order)

    st.button(t("pack.order.begin"), key="pack_begin", icon=":material/folder_zip:", on_click=begin)
    if st.session_state.pop("pack_busy", False):
        st.info(t("pack.order.busy"))


@st.cache_resource
def _desk() -> Desk:
    return Desk()
