"""The command line: python -m icl_core COMMAND, each with --json for machines and progress for people."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import torch
from tqdm import tqdm

from icl_core.claims import CLAIMS, ClaimResult
from icl_core.claims import run as run_claims
from icl_core.evaluation import LearningCurves
from icl_core.library import Entry, Library, LibraryError, default_library, state_folder
from icl_core.library.grading import grade
from icl_core.library.links import from_query
from icl_core.library.results import cached_curves
from icl_core.library.zoo import TIERS
from icl_core.specs import Experiment, Pretraining, SpecError
from icl_core.training import Progress, TrainingDiverged, train
from icl_core.training.checkpoint import CheckpointError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; prints text, or JSON with --json. Returns 0, or 2 after one sentence on the fault."""
    chosen = _parser().parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    try:
        answer, text = chosen.run(chosen, default_library())
    except (SpecError, LibraryError, CheckpointError, TrainingDiverged, ValueError, OSError) as error:
        print(f"icl_core {chosen.command}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(answer, allow_nan=False) if chosen.json else text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m icl_core", description="In-context learning, explored.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., tuple[Any, str]], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.add_argument("--json", action="store_true", help="print one JSON value instead of text")
        made.add_argument("--threads", type=int, default=1, help="processor threads (default 1)")
        made.set_defaults(run=run)
        return made

    command("models", _models, "list the library's models, verified")
    curve = command("curve", _curve, "a learning curve: every predictor on the same prompts, with intervals")
    curve.add_argument("spec", nargs="?", help="an experiment's JSON file, or - for standard input")
    curve.add_argument("--url", metavar="QUERY", help="an experiment as a page's URL carries it")
    training = command("train", _train, "train a model from its spec into the library")
    training.add_argument("spec", help="a pretraining's JSON file, or - for standard input")
    training.add_argument("--name", help="its name in the library (default: its hash)")
    training.add_argument("--resume", action="store_true", help="go on from a checkpoint where there is one")
    zoo = command("zoo", _zoo, "train whatever the shipped library lacks")
    zoo.add_argument("--tier", type=int, choices=sorted(TIERS), help="only this tier")
    zoo.add_argument("--only", metavar="NAME", help="only this model")
    zoo.add_argument(
        "--list", action="store_true", help="say what is there and what lacks, and train nothing"
    )
    claims = command("claims", _claims, "measure the papers' claims, with verdicts")
    claims.add_argument("--only", metavar="ID", help="only this claim, A1 to A15, B1 to B17 or C1 to C3")
    return parser


def _models(chosen: argparse.Namespace, library: Library) -> tuple[Any, str]:
    models = [_describe(library, entry) for entry in library.entries()]
    lines = [
        f"{m['name']:28} {m['spec_hash'] or '-':16} {m['steps'] or '-':>8} {m['status']}" for m in models
    ]
    return {"models": models}, "\n".join(
        lines
    ) or "The library is empty: python -m icl_core zoo trains its models."


def _describe(library: Library, entry: Entry) -> dict[str, Any]:
    fault, card = library.verify(entry), entry.card
    return {
        "name": entry.name,
        "spec": card.spec.to_dict() if card else None,
        "spec_hash": card.spec.hash if card else None,
        "status": fault or "ready",
        "verified": not fault,
        "meets_limits": card.meets_limits if card else None,
        "steps": card.spec.recipe.steps if card else None,
        "errors": [vars(entry) for entry in card.errors] if card else [],
    }


def _curve(chosen: argparse.Namespace, library: Library) -> tuple[Any, str]:
    curves = cached_curves(_experiment(chosen, library), library)
    return curves.to_dict(), _table(curves)


def _experiment(chosen: argparse.Namespace, library: Library) -> Experiment:
    if (chosen.spec is None) == (chosen.url is None):
        raise ValueError("give either a spec file or --url QUERY.")
    if chosen.url is not None:
        return from_query(dict(parse_qsl(chosen.url.lstrip("?"), keep_blank_values=True)), library.specs())
    return Experiment.from_json(_read(chosen.spec))


def _table(curves: LearningCurves) -> str:
    names = list(curves.curves)
    head = f"{'k':>4} " + " ".join(f"{name:>17}" for name in names)
    rows = [
        f"{k:>4} " + " ".join(f"{curves.curves[name].mean[k]:>17.4g}" for name in names)
        for k in curves.context_lengths
    ]
    return "\n".join(
        [head, *rows, f"error / {curves.normaliser:g}, {curves.prompts} prompts, 90% intervals in --json"]
    )


def _train(chosen: argparse.Namespace, library: Library) -> tuple[Any, str]:
    spec = Pretraining.from_json(_read(chosen.spec))
    state = state_folder()
    if (state / spec.hash / "latest.safetensors").exists() and not chosen.resume:
        raise ValueError(
            f"training of {spec.hash} was begun before: add --resume to go on, or delete {state / spec.hash}."
        )
    entry = _into_library(spec, chosen.name or spec.hash, library, None)
    return _describe(library, entry), f"{entry.name} is in {entry.folder}."


def _zoo(chosen: argparse.Namespace, library: Library) -> tuple[Any, str]:
    have = {card.spec.hash for card in library.cards()}
    done = []
    for tier, models in TIERS.items():
        for name, spec in models.items():
            if chosen.tier not in (None, tier) or chosen.only not in (None, name):
                continue
            if spec.hash not in have and not chosen.list:
                _into_library(spec, name, library, library.shipped / name)
                have.add(spec.hash)
            done.append({"name": name, "tier": tier, "spec_hash": spec.hash, "ready": spec.hash in have})
    text = "\n".join(f"tier {m['tier']}  {m['name']:28} {'ready' if m['ready'] else 'lacking'}" for m in done)
    return {"models": done}, text


def _claims(chosen: argparse.Namespace, library: Library) -> tuple[Any, str]:
    with tqdm(total=1 if chosen.only else len(CLAIMS), unit="claim", disable=None) as bar:
        results = run_claims(library, chosen.only, lambda result: bar.update())
    text = "\n".join(_claim_lines(result) for result in results)
    return {"claims": [result.to_dict() for result in results]}, text


def _claim_lines(result: ClaimResult) -> str:
    head = f"{result.id:4} {result.verdict:16} {result.statement}"
    return "\n".join([head, *(f"     {part}" for part in result.parts)])


def _into_library(spec: Pretraining, name: str, library: Library, folder: Path | None) -> Entry:
    with tqdm(total=spec.recipe.steps, unit="step", desc=name, disable=None) as bar:

        def report(progress: Progress) -> None:
            bar.update(progress.step - bar.n)
            bar.set_postfix(loss=f"{progress.loss:.3f}", refresh=False)

        trained = train(spec, state_folder(), report)
    entry = library.add(trained, name, folder)
    return library.write_card(entry, grade(library, entry))


def _read(path: str) -> str:
    return sys.stdin.read() if path == "-" else Path(path).read_text()


if __name__ == "__main__":
    sys.exit(main())
