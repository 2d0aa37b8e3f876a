"""What every page offers under its figure: the numbers as a table, files to take away, code and commands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.frame import shown
from dashboard.frame.chart import picture_format
from dashboard.frame.citations import bibtex
from dashboard.frame.drawn import draw_once
from dashboard.frame.shown import Shown
from dashboard.frame.site import single_file
from dashboard.frame.texts import speaking, spoken, t
from icl_core.specs import Experiment, Spec

OPENING = """\
from icl_core.library import default_library
from icl_core.library.links import from_query
"""
EXPERIMENT = """
library = default_library()
experiment = from_query({query}, library.specs())
"""

Offline = Callable[[Shown, str, str], str]
"""Writes what a page shows as one HTML file, with the explorer's address and in a language."""

MIME = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True)
class Download:
    """A file to take away: what writes its text once it is asked for, its name, and what its button is called
    (`export.<kind>`)."""

    kind: str
    write: Callable[[], str]
    file: str

    @property
    def text(self) -> str:
        return self.write()

    @property
    def mime(self) -> str:
        return MIME[self.file.rpartition(".")[2]]


def file_stem(experiment: Experiment) -> str:
    """A file name that says which experiment it holds."""
    return f"icl-{experiment.hash}"


def csv_text(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def spec_file(spec: Spec, stem: str) -> Download:
    """A spec as a file: every field is written, so that it means the same under later defaults."""
    return Download("spec", lambda: spec.to_json(indent=1, full=True) + "\n", f"{stem}-spec.json")


def numbers_section(*tables: pd.DataFrame) -> None:
    """The drawn numbers; a table's index is shown where it means something."""
    with st.expander(t("section.numbers"), icon=":material/table:"):
        for table in tables:
            st.dataframe(table, hide_index=isinstance(table.index, pd.RangeIndex))


def known_numbers_section(known_by: Hashable, table: Callable[[], pd.DataFrame]) -> None:
    """The same with the table that `known_by` and the language determine, made once for all viewers."""
    draw_once(("numbers", known_by), lambda: numbers_section(table()))


def take_away(
    downloads: Sequence[Download],
    *,
    python: str = "",
    commands: Mapping[str, str] | None = None,
    offline: Offline = single_file,
) -> None:
    """Files, the cameras' format, Python that computes the numbers again, commands by what they do, and what
    to cite."""
    with st.expander(t("section.export"), icon=":material/download:"):
        with st.container(horizontal=True):
            for each in downloads:
                st.download_button(
                    t(f"export.{each.kind}"),
                    _when_asked(each, spoken()),
                    each.file,
                    each.mime,
                    key=f"export_{each.kind}",
                    on_click="ignore",
                )
            _offline_page(offline)
        picture_format()
        if python:
            st.markdown(t("export.python"))
            st.code(python, language="python")
        for said, command in (commands or {}).items():
            st.markdown(said)
            st.code(command, language="bash")
        st.markdown(t("export.cite"))
        st.code(bibtex(), language="bibtex")


def _when_asked(file: Download, language: str) -> Callable[[], str]:
    """The file's text in a language, written outside of the page's run."""

    def text() -> str:
        with speaking(language):
            return file.text

    return text


def snippet(imports: str, query: Mapping[str, str], body: str) -> str:
    """A script: imports, the experiment that the query names, and what is computed of it."""
    values = json.dumps(dict(query), indent=4, ensure_ascii=False)
    return OPENING + imports + EXPERIMENT.format(query=values) + body


def _offline_page(written: Offline) -> None:
    """The page as it stands, as one file that needs no server; gathered and written when asked for."""
    wanted = st.button(t("export.offline"), key="export_offline", on_click=shown.ask)
    found = shown.gathered()
    if wanted and found is not None:
        address = (st.context.url or "").rsplit("/", 1)[0]
        page = written(found, address, spoken())
        name = f"icl-{found.page.replace('_', '-')}.html"
        label = t("export.offline.save")
        st.download_button(label, page, name, "text/html", key="export_offline_save", on_click="ignore")
