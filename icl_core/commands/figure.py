"""figure: a learning curve, or what a claim is about, as a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import plotly.graph_objects as go

from icl_core.claims import CLAIMS
from icl_core.claims import run as measure
from icl_core.commands.answer import Answer
from icl_core.commands.curve import experiment_of, read_text
from icl_core.commands.labels import PLAIN
from icl_core.evaluation import LearningCurves
from icl_core.figures import learning_curve_figure
from icl_core.figures.passport import with_passport
from icl_core.files import atomic_write
from icl_core.library import Library
from icl_core.library.kept import kept
from icl_core.library.links import to_query
from icl_core.library.questions import Curves
from icl_core.specs import Experiment

NAME, ABOUT = "figure", "write a figure: html, csv or json; png, svg or pdf with the optional kaleido"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="ID|SPEC.json",
        help="a claim's id, a model's name or hash, or an experiment's JSON file",
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="its ending chooses the format")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError for an unknown format, or a picture format where kaleido is not installed."""
    out = Path(chosen.out)
    content = CONTENTS.get(out.suffix.lower())
    if content is None:
        raise ValueError(f"{out.name} has no known format: end it in one of {', '.join(CONTENTS)}")
    curves = kept(Curves(experiment_named(chosen.what, library)), library)
    atomic_write(out, content(curves, out))
    data = {"file": str(out), "spec": curves.experiment.to_dict(), "spec_hash": curves.experiment.hash}
    return Answer(data, f"{out} shows experiment {curves.experiment.hash}.")


def experiment_named(what: str, library: Library) -> Experiment:
    """The experiment that a claim opens, a model's own, or the one in a JSON file. Raises ValueError."""
    specs, entry = library.specs(), library.find(what)
    if what in {claim.id for claim in CLAIMS}:
        if what in specs:
            raise ValueError(
                f"{what} is a claim and a model of the library: for the model give its hash, "
                f"{specs[what].hash}; for the claim its link, python -m icl_core claims --only {what} has it"
            )
        return experiment_of(measure(library, what)[0].url, library)
    if entry is not None and entry.card is not None:
        return Experiment(entry.card.spec)
    return Experiment.from_json(read_text(what))


def _html(curves: LearningCurves, out: Path) -> bytes:
    return _figure(curves).to_html(include_plotlyjs=True, full_html=True).encode()


def _csv(curves: LearningCurves, out: Path) -> bytes:
    return curves.to_csv().encode()


def _json(curves: LearningCurves, out: Path) -> bytes:
    return curves.to_json().encode()


def _picture(curves: LearningCurves, out: Path) -> bytes:
    if not find_spec("kaleido"):
        raise ValueError(f"{out.suffix} pictures need kaleido: pip install kaleido==1.5.0, or write .html")
    try:
        kind = out.suffix.lower().removeprefix(".")
        return _passported(curves).to_image(kind, scale=2)
    except RuntimeError as error:
        raise ValueError(
            f"kaleido could not draw {out.name} ({error}): install Chrome, or write .html"
        ) from None


def _figure(curves: LearningCurves) -> go.Figure:
    trained_length = curves.experiment.pretraining.context_length
    return learning_curve_figure(curves, PLAIN, trained_length=trained_length)


def _passported(curves: LearningCurves) -> go.Figure:
    """With its own title, setting, hash and the query of a link to it."""
    experiment = curves.experiment
    pretraining, query = experiment.pretraining, urlencode(to_query(experiment, {}))
    families = " + ".join(experiment.mixture.names)
    title = f"Learning curves on {families} functions of {pretraining.dimension} inputs"
    setting = (
        f"experiment {experiment.hash}, model {pretraining.hash}, {curves.prompts:,} prompts, "
        f"seed {experiment.evaluation.seed}, errors over v = {curves.normaliser:.4g}, "
        f"90% bootstrap intervals over prompts"
    )
    return with_passport(_figure(curves), title, [setting, f"/?{query}"], width=1000, height=600)


CONTENTS: dict[str, Callable[[LearningCurves, Path], bytes]] = {
    ".html": _html,
    ".csv": _csv,
    ".json": _json,
    ".png": _picture,
    ".svg": _picture,
    ".pdf": _picture,
}
