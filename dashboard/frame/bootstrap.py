"""What every page does first: page settings, one thread, look and language of the viewer."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
import torch

from dashboard.frame.texts import t
from dashboard.frame.viewport import is_narrow, watch_width
from dashboard.frame.views import Presentation
from icl_core.figures import ThemeName

ROOT = Path(__file__).resolve().parent.parent.parent
STYLE = Path(__file__).parent / "style.css"
PHONE_STYLE = Path(__file__).parent / "phone.css"
PRESENT_STYLE = Path(__file__).parent / "present.css"


def bootstrap() -> None:
    """Call first on every page. Safe to call on every run."""
    torch.set_num_threads(1)
    st.set_page_config(page_title=t("app.name"), layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    if is_narrow():
        st.html(PHONE_STYLE)
    watch_width()


def apply_presentation(presentation: Presentation) -> None:
    """Letters as the page's language draws them; in lecture mode large type, nothing but title, figure and
    sentence."""
    st.html(
        f"<style>body {{ -webkit-locale: '{t('language.tag')}'; }}</style>"
    )  # as the lang attribute would
    if presentation.present:
        st.html(PRESENT_STYLE)


def figure_theme(presentation: Presentation) -> ThemeName:
    """The look of figures that goes with the viewer's own theme, or a projector's; on a phone that follows a
    lecture, letters of the usual size."""
    if presentation.present:
        return "light" if is_narrow() else "present"
    return "dark" if st.context.theme.type == "dark" else "light"
