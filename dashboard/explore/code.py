"""What can be taken away of the Explore page: numbers, spec, and what computes the numbers again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from dashboard.explore.numbers import Outcome
from dashboard.explore.picture import numbers_table, shown_methods
from dashboard.frame import exports
from dashboard.frame.exports import snippet
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.frame.views import CurveView
from icl_core.evaluation import LearningCurves
from icl_core.library.links import to_query

State = UrlState[CurveView]

CURVES = """\
curves = {found}

drawn = {drawn}
for name, line in drawn_lines(curves, drawn).items():
    print(f"{{name:18}}", *(f"{{error:.4f}}" for error in line))
"""


def numbers_section(state: State, outcome: Outcome) -> None:
    """The drawn numbers as a table."""
    curves, methods = outcome.curves, shown_methods(outcome.curves, state.view)
    exports.known_numbers_section((outcome.known_by, methods), lambda: numbers_table(curves, methods))


def take_away(state: State, curves: LearningCurves) -> None:
    """Numbers and spec, the code and the command that compute the numbers again."""
    stem, query = exports.file_stem(curves.experiment), to_query(curves.experiment, state.models)
    exports.take_away(
        [
            exports.Download("csv", curves.to_csv, f"{stem}.csv"),
            exports.Download("json", curves.to_json, f"{stem}.json"),
            exports.spec_file(curves.experiment, stem),
        ],
        python=python_code(
            query,
            shown_methods(curves, state.view),
            relative=curves.normaliser != curves.experiment.pretraining.label_variance,
        ),
        commands={t("export.command"): command(query)},
    )


def python_code(query: Mapping[str, str], drawn: Sequence[str], *, relative: bool = False) -> str:
    """Code that computes the `drawn` lines again; `relative` ones are over what predicting zero costs."""
    imports = (
        "from icl_core.figures import drawn_lines\n"
        "from icl_core.library.kept import kept\n"
        "from icl_core.library.questions import Curves\n"
    )
    found = "kept(Curves(experiment), library)"
    if relative:
        imports = f"from icl_core.evaluation.shift_lab import over_zero\n{imports}"
        found = f"over_zero({found})"
    return snippet(imports, query, CURVES.format(found=found, drawn=tuple(drawn)))


def command(query: Mapping[str, str]) -> str:
    """The command line that prints the figure's numbers."""
    return f"python -m icl_core curve --url {shlex.quote(urlencode(query))} --json"
