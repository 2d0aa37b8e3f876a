"""What can be taken away of a picture of the page 'Shift lab', under names that say which picture."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.frame import exports
from dashboard.frame.url_state import UrlState
from dashboard.shift_lab.view import ShiftView
from icl_core.specs import Experiment


def stem(experiment: Experiment, picture: str) -> str:
    """A file's name without its ending."""
    return f"{exports.file_stem(experiment)}-{picture}"


def numbers_file(experiment: Experiment, picture: str, text: str, kind: str = "csv") -> exports.Download:
    """The picture's numbers as CSV."""
    return exports.Download(kind, text, f"{stem(experiment, picture)}.csv")


def take_away(
    state: UrlState[ShiftView],
    experiment: Experiment,
    tables: Sequence[pd.DataFrame],
    files: Sequence[exports.Download],
    code: str,
) -> None:
    """Tables, files, the experiment and the code; nothing of it in a lecture."""
    if state.presentation.present:
        return
    exports.numbers_section(*tables)
    spec = exports.spec_file(experiment, exports.file_stem(experiment))
    exports.take_away([*files, spec], python=code)
