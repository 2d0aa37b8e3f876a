"""curve: a learning curve from a spec or a page's URL."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from icl_core.commands.answer import Answer
from icl_core.data.own_prompts import read_prompts
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.own_curves import own_curves
from icl_core.figures import METHODS, drawn_lines, is_exact
from icl_core.library import Library, load_once
from icl_core.library.kept import kept
from icl_core.library.links import from_query
from icl_core.library.questions import Curves
from icl_core.specs import Experiment, SpecError

NAME, ABOUT = "curve", "a learning curve: every predictor on the same prompts, with intervals"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("spec", nargs="?", help="an experiment's JSON file, or - for standard input")
    parser.add_argument(
        "--url",
        metavar="QUERY",
        help="an experiment as a page's URL carries it; without a model, of the one that Explore begins with",
    )
    parser.add_argument(
        "--prompts",
        metavar="FILE",
        help="prompts of your own, in place of drawn ones: an NPZ with xs [prompts, points, inputs] and "
        "ys [prompts, points], or a CSV with the columns prompt, x_1, ..., x_d, y",
    )


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError for neither or both of a spec and a URL, SpecError for a senseless one."""
    if (chosen.spec is None) == (chosen.url is None):
        raise ValueError("give either a spec file or --url QUERY")
    if chosen.spec is not None:
        experiment = Experiment.from_json(read_text(chosen.spec))
    else:
        experiment = experiment_of(chosen.url, library)
    if chosen.prompts is None:
        curves = kept(Curves(experiment), library)
    else:
        own = read_prompts(Path(chosen.prompts).read_bytes(), experiment.pretraining)
        entry = library.find(experiment.pretraining.hash)
        curves = own_curves(experiment, own, load_once(library, entry) if entry else None)
    return Answer(curves.to_dict(), _table(curves))


def experiment_of(url: str, library: Library) -> Experiment:
    """The experiment of a whole URL, of a page's path with its query, or of a query alone.

    Raises SpecError for a parameter given twice or a senseless one, ValueError for a word that is none.
    """
    parts = urlsplit(url)
    whole = parts.scheme or parts.query or url.startswith("/")
    query = parts.query if whole else url.lstrip("?")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise SpecError(name, f"given {count} times", "one value")
    return from_query(dict(pairs), library.specs())


def read_text(path: str) -> str:
    """A file's text, or standard input's for '-'."""
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file: give a spec's JSON") from None


def _table(curves: LearningCurves) -> str:
    """Every line as figures draw it: the exact risk where there is one, else the estimate."""
    names = {name: f"{name} (exact)" if is_exact(curves, name) else name for name in METHODS}
    lines = drawn_lines(curves, tuple(METHODS))
    width = max(len(names[name]) for name in lines)
    head = f"{'k':>4} " + " ".join(f"{names[name]:>{width}}" for name in lines)
    rows = [
        f"{k:>4} " + " ".join(f"{line[k]:>{width}.4g}" for line in lines.values())
        for k in curves.context_lengths
    ]
    about = f"error / {curves.normaliser:g}, {curves.prompts} prompts; 90% intervals with --json"
    refused = [f"{name} is left out: {reason}" for name, reason in curves.refused.items()]
    return "\n".join([head, *rows, about, *refused])
