"""What can be taken away of a picture of the page 'Shift lab': its numbers, and Python that computes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from dashboard.frame import exports
from dashboard.frame.exports import snippet
from dashboard.frame.url_state import UrlState
from dashboard.frame.views import Unit
from dashboard.shift_lab.view import ShiftView
from icl_core.library.links import to_query
from icl_core.specs import Experiment, Pretraining

Models = Mapping[str, Pretraining]

LENGTH = """\
sweep = {sweep}
print("M", *sweep.lengths)
print("linear attention", *sweep.fixed.round(4))
for name, values in sweep.references.items():
    print(name, *values.round(4))
"""
NETWORK = """\
entry = library.find(experiment.pretraining.hash)
network = load_once(library, entry) if entry is not None and entry.card is not None else None
"""
PANELS = """\
for kind, magnitude in {shifts}:
    curves = {curves}
    for name, curve in curves.curves.items():
        print(kind, magnitude, name, *curve.mean.round(4))
    for name, line in curves.exact.items():
        print(kind, magnitude, name, "exact", *line.round(4))
"""
GRID = """\
grid = {grid}
print("k", *grid.lengths)
for magnitude, errors in zip(grid.magnitudes, grid.errors):
    print(magnitude, *errors.round(4))
if not grid.exact:
    print("90% intervals from", grid.low.round(4), "to", grid.high.round(4), sep="\\n")
"""
RANDOM = """\
names = {names}
specs = library.specs()
networks = {{name: load_once(library, library.find(specs[model].hash)) for name, model in names.items()}}
for panel in covariance_panels(experiment.pretraining, networks, experiment.evaluation):
    for name, curve in panel.curves.curves.items():
        print(panel.covariates.kind, panel.scale, name, *curve.mean.round(4))
    for name, line in panel.lines.items():
        print(panel.covariates.kind, panel.scale, name, "exact", *line.round(4))
"""
LOADING = "from icl_core.library import load_once\n"


def length_code(experiment: Experiment, models: Models, unit: Unit) -> str:
    """Error against test length."""
    imports = "from icl_core.evaluation.length_sweep import length_sweep\n"
    body = LENGTH.format(sweep=_in_unit("length_sweep(experiment)", unit))
    return snippet(imports, to_query(experiment, models), body)


def panels_code(experiment: Experiment, shifts: list[tuple[str, float]], models: Models, unit: Unit) -> str:
    """The learning curves under each of `shifts`, kinds with their magnitudes."""
    names, curves = (
        "shift_curves, with_shift",
        "shift_curves(with_shift(experiment, kind, magnitude), network)",
    )
    if unit == "unshifted":
        names, curves = f"over_v, {names}", f"over_v({curves})"
    imports = f"from icl_core.evaluation.shift_lab import {names}\n{LOADING}"
    body = NETWORK + PANELS.format(shifts=shifts, curves=curves)
    return snippet(imports, to_query(experiment, models), body)


def _in_unit(found: str, unit: Unit) -> str:
    """The numbers as the page divides them."""
    return f"{found}.over_zero()" if unit == "here" else found


def grid_code(
    experiment: Experiment, kind: str, method: str, models: Models, unit: Unit, *, exact: bool
) -> str:
    """The errors at every magnitude of one kind."""
    query = to_query(experiment, models)
    if exact:
        imports = "from icl_core.evaluation.shift_lab import attention_grid\n"
        return snippet(
            imports, query, GRID.format(grid=_in_unit(f"attention_grid(experiment, {kind!r})", unit))
        )
    imports = f"from icl_core.evaluation.shift_lab import measured_grid\n{LOADING}"
    grid = _in_unit(f"measured_grid(experiment, {kind!r}, {method!r}, network)", unit)
    return snippet(imports, query, NETWORK + GRID.format(grid=grid))


def covariance_code(setting: Experiment, names: Mapping[str, str], models: Models) -> str:
    """The four panels; `setting` has linear attention's length and the prompts, `names` the transformers."""
    imports = f"from icl_core.evaluation.covariance_panels import covariance_panels\n{LOADING}"
    return snippet(imports, to_query(setting, models), RANDOM.format(names=dict(names)))


def stem(experiment: Experiment, picture: str) -> str:
    """A file's name without its ending."""
    return f"{exports.file_stem(experiment)}-{picture}"


def numbers_file(
    experiment: Experiment, picture: str, write: Callable[[], str], kind: str = "csv"
) -> exports.Download:
    """The picture's numbers as CSV."""
    return exports.Download(kind, write, f"{stem(experiment, picture)}.csv")


def take_away(
    state: UrlState[ShiftView],
    experiment: Experiment,
    tables: Sequence[pd.DataFrame],
    files: Sequence[exports.Download],
    python: str,
) -> None:
    """Tables, files, the experiment and the code; nothing of it in a lecture."""
    if state.presentation.present:
        return
    exports.numbers_section(*tables)
    spec = exports.spec_file(experiment, exports.file_stem(experiment))
    exports.take_away([*files, spec], python=python)
