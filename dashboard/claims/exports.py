"""The verdicts to take away, and the command that measures a claim again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import streamlit as st

from dashboard.claims.view import Standing
from dashboard.claims.words import command
from dashboard.texts import t

STEM = "icl-claims"
HEAD = (
    "id",
    "outcome",
    "statement",
    "quantity",
    "value",
    "low",
    "high",
    "side",
    "threshold",
    "verdict",
    "setting",
    "models",
    "url",
)


def verdicts_json(claims: Sequence[Standing]) -> str:
    """What `python -m icl_core claims --json` prints, with what each verdict is worth today as `outcome`.

    A claim without a stored verdict has its statement and statistic alone.
    """
    found = []
    for standing in claims:
        claim = standing.claim
        known = {"id": claim.id, "statement": claim.statement, "statistic": claim.statistic}
        stored = standing.result.to_dict() if standing.result else {}
        found.append({**known, **stored, "outcome": standing.outcome})
    return json.dumps({"claims": found}, indent=1, allow_nan=False) + "\n"


def verdicts_csv(claims: Sequence[Standing]) -> str:
    """A row for each limit; one without numbers for a claim that has none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for standing in claims:
        claim, result = standing.claim, standing.result
        first = [claim.id, standing.outcome, claim.statement]
        if result is None or not result.parts:
            waits = result.verdict if result else ""
            writer.writerow([*first, claim.statistic, *[""] * 5, waits, "", "", claim.page])
            continue
        models = " ".join(f"{used.name}:{used.spec_hash}" for used in result.models)
        for part in result.parts:
            numbers = [part.quantity, part.value, part.low, part.high, part.side, part.threshold]
            writer.writerow([*first, *numbers, part.verdict, result.setting, models, result.url])
    return text.getvalue()


def exports_section(claims: Sequence[Standing], shown: Standing) -> None:
    """JSON, CSV, and the command for `shown`."""
    with st.expander(t("section.export"), icon=":material/download:"):
        with st.container(horizontal=True):
            for kind, text, mime in (
                ("json", verdicts_json(claims), "application/json"),
                ("csv", verdicts_csv(claims), "text/csv"),
            ):
                st.download_button(
                    t(f"export.{kind}"),
                    text,
                    f"{STEM}.{kind}",
                    mime,
                    key=f"claims_{kind}",
                    on_click="ignore",
                )
        st.markdown(t("claims.command"))
        st.code(command(shown.claim), language="bash")
        st.markdown(t("claims.command.all"))
        st.code("python -m icl_core claims --store", language="bash")
