"""The net under every page: whatever keeps it from being drawn is said in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.frame.texts import plain, said, t
from dashboard.frame.url_state import SESSION_KEY
from icl_core.refusal import Refusal

NO_BOX = "<style>[data-testid='stException'] { display: none; }</style>"  # it says less than the sentence


@contextmanager
def net() -> Iterator[None]:
    """Says what went wrong within, and offers the bare page; the fault itself goes on to the server's log."""
    try:
        yield
    except Exception as error:
        st.error(_sentence(error))
        st.html(NO_BOX)
        if st.button(t("net.anew"), key="net_anew", icon=":material/restart_alt:"):
            _forget()
            st.rerun()
        raise


def _sentence(error: Exception) -> str:
    reason = plain(said(error).rstrip(".。") or "-")
    if isinstance(error, Refusal):
        return t("net.refused", reason=reason)
    return t("net.fault", kind=type(error).__name__, reason=reason)


def _forget() -> None:
    """What the page shows next is what it shows at first."""
    st.session_state.pop(SESSION_KEY, None)
    st.query_params.clear()
