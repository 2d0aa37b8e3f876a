"""The present state for others: its link, a QR code of it, and a scene of an own lecture."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.lecture.format import Scene, link_to
from dashboard.lecture.own import add, own

MINUTES = 3.0  # of a scene that is added, until told otherwise
LONGEST_CODE = 2300  # bytes; a QR code of 177 modules holds 2,953, which phones hardly read from a wall
LEFT_OUT = ("present", "lecture", "scene", "claim", "lang")


def address(state: UrlState[Any]) -> str:
    """The full link to what the page shows."""
    parts = urlsplit(st.context.url or "")
    path = "/" if state.page == "explore" else f"/{state.page}"
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(state.query()), ""))


def code(link: str) -> bytes:
    """The link's QR code as a PNG image, drawn here: nothing is asked of the network. Dark on white."""
    picture = io.BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


def share(state: UrlState[Any]) -> None:
    """A menu: the link to copy, its QR code, and 'add to my lecture'."""
    with (
        st.container(key="share", width="content"),
        st.popover(t("share.open"), icon=":material/qr_code_2:", key="share_menu", on_change="rerun") as menu,
    ):
        if not menu.open:
            return
        link = address(state)
        st.markdown(t("share.text"))
        if len(link.encode()) <= LONGEST_CODE:
            with st.container(key="share_code"):
                st.image(code(link), caption=t("share.code"), width=320)
        else:
            st.caption(t("share.long"))
        st.code(link, language=None, wrap_lines=True)
        if not state.presentation.present:
            st.button(
                t("lecture.add"),
                key="lecture_add",
                icon=":material/playlist_add:",
                help=t("lecture.add.help"),
                on_click=lambda: add(scene_of(state), t("lecture.own")),
            )
            mine = own()
            if mine is not None:
                st.caption(t("lecture.has", count=len(mine.scenes)))


def scene_of(state: UrlState[Any]) -> Scene:
    """The present state as a scene; its title is to be written."""
    query = {name: value for name, value in state.query().items() if name not in LEFT_OUT}
    return Scene(link_to(state.page, query), t(f"page.{state.page}"), MINUTES)
