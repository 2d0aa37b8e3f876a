"""What every page does first: page settings, one thread, look and language of the viewer."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
import torch

from dashboard.frame.texts import t
from dashboard.frame.viewport import watch_width
from dashboard.frame.views import Presentation
from icl_core.figures import ThemeName

ROOT = Path(__file__).resolve().parent.parent.parent

STYLE = """
<style>
.stMainBlockContainer { padding: 1.6rem 2.5rem 3rem; max-width: 1500px; }
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: .6rem; }
[data-testid="stSidebar"] h5 { padding: 0; }
@media (min-width: 769px) {
  [data-testid="stHeader"] { background: transparent; }
  [data-testid="stHeader"], [data-testid="stHeader"] * { pointer-events: none !important; }
  [data-testid="stHeader"] button, [data-testid="stHeader"] button *,
  [data-testid="stMainMenu"] { pointer-events: auto !important; }
  [data-testid="stSidebar"][data-collapsed="false"] { width: 350px !important; min-width: 350px !important; }
}
.st-key-navigation [data-testid="stPageLink"] p { font-size: .88rem; }
.st-key-navigation [data-testid="stPageLink"] a { padding-block: 0; min-height: 1.6rem; }
.st-key-language_choice button { min-height: 1.5rem; padding: 0 .55rem; }
.st-key-language_choice button p { font-size: .78rem; }
.st-key-navigation [data-testid="stHorizontalBlock"] { gap: .4rem .2rem; }
.st-key-navigation [data-testid="stHorizontalBlock"] > * { flex: 0 0 47%; min-width: 0; }
.st-key-navigation [data-testid="stHorizontalBlock"] > :nth-child(even) { flex-basis: 51%; }
.st-key-navigation [data-testid="stCaptionContainer"] { margin-bottom: .1rem; }
.st-key-navigation [data-testid="stCaptionContainer"] p { font-size: .74rem; font-weight: 650;
  letter-spacing: .06em; text-transform: uppercase; margin: .25rem 0 0 .5rem; }
[data-testid="stMarkdownContainer"] :is(th, td) { font-size: .86rem; padding: .25rem .4rem; }
[data-testid="stMarkdownContainer"] th { white-space: nowrap; }
.st-key-viewport_watch { display: none; }
.st-key-remarks p { font-size: .86rem; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
[data-testid="stSidebarHeader"] { height: 2rem; margin: 0; padding: 0 .5rem; }
.stMainBlockContainer h1 { font-size: 1.8rem; line-height: 1.2; padding: 0 0 .25rem; text-wrap: balance; }
.st-key-reading p { font-size: 1.2rem; line-height: 1.4; }
.st-key-provenance p { font-size: .86rem; }
.st-key-evaluation_group { border-left: 4px solid #0072B2; padding-left: .8rem; }
.st-key-pretraining_group { border-left: 4px solid #8A929C; padding-left: .8rem; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 4.3rem .8rem 2rem; }
  .stMainBlockContainer h1 { font-size: 1.35rem; }
  .st-key-reading p { font-size: 1.05rem; }
}
</style>
"""

PRESENT_STYLE = """
<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"],
[data-testid="stHeader"] { display: none; }
.stApp, .stApp h1, .stApp p { background: #FFFFFF; color: #000000; }
.stMainBlockContainer { padding-top: 1.2rem; max-width: none; }
.stMainBlockContainer h1 { font-size: 2.6rem; }
.st-key-reading p { font-size: 1.7rem; }
</style>
"""


def bootstrap() -> None:
    """Call first on every page. Safe to call on every run."""
    torch.set_num_threads(1)
    st.set_page_config(page_title=t("app.name"), layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    watch_width()


def apply_presentation(presentation: Presentation) -> None:
    """Letters as the page's language draws them; in lecture mode large type, nothing but title, figure and
    sentence."""
    st.html(
        f"<style>body {{ -webkit-locale: '{t('language.tag')}'; }}</style>"
    )  # what the lang attribute does
    if presentation.present:
        st.html(PRESENT_STYLE)


def figure_theme(presentation: Presentation) -> ThemeName:
    """The look of figures that goes with the viewer's own theme, or a projector's."""
    if presentation.present:
        return "present"
    return "dark" if st.context.theme.type == "dark" else "light"
