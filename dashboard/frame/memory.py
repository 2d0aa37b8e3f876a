"""When the server's memory is swept: now and then, aside, instead of after every turn of every viewer.

Streamlit collects all garbage after each run of a script (`runner.postScriptGC`): over a heap that holds
torch and Plotly that takes four times as long as drawing the page. It is off here. What is in memory once the
first page has been drawn stays for good, so the collector looks past it; collecting the rest is short.
"""

from __future__ import annotations

import gc
import threading
import time

import streamlit as st
from streamlit import runtime

SECONDS = 30.0  # between two collections


@st.cache_resource(show_spinner=False)
def sweep_now_and_then() -> threading.Thread | None:
    """Starts the sweeping thread, once for the whole server. None where there is no server (in tests)."""
    if not runtime.exists():
        return None
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_sweep, name="memory", daemon=True)
    thread.start()
    return thread


def _sweep() -> None:
    while True:
        time.sleep(SECONDS)
        gc.collect()
