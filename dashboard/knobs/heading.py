"""Headings of the groups of knobs."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import t


def group_heading(group: str) -> None:
    """A group's name, and in a few words when its knobs act."""
    st.markdown(f"**{t(f'group.{group}')}**  \n:small[:gray[{t(f'group.{group}.note')}]]")
