"""Server time of the pages on pretraining mixtures: a whole run of the page for one turn of a knob.

Aims: a median of 300 ms for any evaluation knob at 128 prompts, 1 s for the first picture from shipped
results (after Python has loaded the libraries). Every turn is to a value not seen before; a new seed draws
all prompts anew, and what a page shows of them is measured afresh. Model selection has its full cost with
three networks: those that the library lacks are stood in for by networks of their spec as initialised, which
take as long. Its sweep over nonzero weights and the models of Task diversity's pools answer a new seed at
one k and measure the others beside the page ('ahead'), which 'processor' has too where both run; the sweep's
k is turned once after and once before that is done.

    python -m benchmarks.pages_b
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import logging
import statistics
from collections.abc import Sequence

import torch

from benchmarks._pages import chosen, opened, picked, pressed, slid, stepped
from benchmarks._turns import WIDTH, Turn, heading, report
from dashboard.frame import ahead
from icl_core.library import default_library
from icl_core.library.zoo import TIERS
from icl_core.training import Trained
from icl_core.training.loop import initial_network

KNOB, FIRST = 0.3, 1.0  # seconds
PROMPTS = "128"
TRIO = ("dense-d8", "sparse-d8", "dense-sparse-d8")
NEW_SEED = "new seed"  # of rows whose turns measure everything again

turned: list[float] = []  # seconds of every turn of an evaluation knob on the pages of families of functions


def main() -> None:
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)  # Streamlit's, about running without a server
    with tempfile.TemporaryDirectory() as store:
        os.environ["ICL_MODEL_STORE"] = store  # nothing measured before is there
        opened("app.py")  # loads the libraries
        heading()
        beyond()
        lab()
        selection()
        diversity()
        print(f"{'every turn of Model selection and Task diversity':{WIDTH}}", end="")
        print(f"{1e3 * statistics.median(turned):6.0f} ms{1e3 * max(turned):6.0f} ms")


def beyond() -> None:
    """Every knob of 'Beyond the mixture'."""
    name = "Beyond the mixture"
    report(f"{name}, first picture", [lambda: opened("pages/beyond_the_mixture.py")], FIRST)
    page = opened("pages/beyond_the_mixture.py")
    report(f"{name}, share of the line", slid(page, "scene_value", 0.1, 0.3, 0.6, 0.8, 0.9), KNOB)
    report(f"{name}, examples, k", slid(page, "read_out", 3, 6, 9, 15, 20), KNOB)
    report(f"{name}, prompt drawn", slid(page, "drawn_prompt", 1, 4, 9, 15, 20), KNOB)
    report(f"{name}, picture 'outside'", chosen(page, "preset", "A frequency outside the range"), KNOB)
    report(f"{name}, frequency", slid(page, "scene_value", 0.5, 1.0, 1.75, 2.5, 3.5), KNOB)
    report(f"{name}, {NEW_SEED}, a whole sweep", pressed(page, "new_seed"), None)


def lab() -> None:
    """Every knob of the prompt lab, with up to 40 points."""
    report("Prompt lab, first picture", [lambda: opened("pages/prompt_lab.py")], FIRST)
    page = opened("pages/prompt_lab.py")
    report("Prompt lab, another prompt", pressed(page, "redraw", 5), KNOB)
    report("Prompt lab, points drawn", slid(page, "count", 2, 10, 20, 30, 40), KNOB)
    report("Prompt lab, undo, from 40 points", pressed(page, "undo", 5), KNOB)


def selection() -> None:
    """Every evaluation knob of 'Model selection', in each of its pictures."""
    path, name = "pages/model_selection.py", "Model selection"
    library = default_library()
    there = {card.name for card in library.cards()} & set(TRIO)
    shipped = any((library.shipped / "comparisons").glob("*.json"))
    print(f"  ({name}: models shipped: {', '.join(sorted(there)) or 'none'}; ", end="")
    print(f"results of the first picture {'shipped' if shipped else 'not shipped, so computed'})")
    report(f"{name}, first picture", [lambda: opened(path)], FIRST)
    lacking = [model for model in TRIO if model not in there]
    for model in lacking:
        spec = TIERS[1][model]
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), model)
    print(f"  ({name}: from here on as initialised: {', '.join(lacking) or 'none'})")
    first, second, third, fourth, fifth = (
        # The pictures share results, so each has seeds of its own.
        opened(path, picture=picture, evaluation__prompts=PROMPTS, evaluation__seed=str(seed))
        for picture, seed in zip(
            ("curves", "sparsity", "choice", "outside", "cost"), range(100, 600, 100), strict=True
        )
    )
    lengths, counts = (2, 3, 5, 7, 9, 12), (1, 4, 5, 6, 8)
    row(f"{name}, curves, k", slid(first, "selection_k", *lengths))
    row(f"{name}, curves, alpha", chosen(first, "selection_alpha", "0.0001", "0.001", "0.1", "1"))
    row(f"{name}, curves, {NEW_SEED}", pressed(first, "new_seed", 4))
    row(f"{name}, curves, prompts: 64", chosen(first, "prompts", "64"))
    ahead.shared().wait()
    row(f"{name}, nnz sweep, k, measured ahead", slid(second, "selection_k", *lengths))
    row(f"{name}, nnz sweep, nnz", slid(second, "selection_nnz", *counts))
    row(f"{name}, nnz sweep, alpha", chosen(second, "selection_alpha", "0.0001", "0.001", "0.1", "1"))
    slid(second, "selection_k", 4)[0]()  # half the inputs, as the page opens
    row(f"{name}, nnz sweep, {NEW_SEED}", pressed(second, "new_seed", 4), ahead.shared().wait)
    row(f"{name}, nnz sweep, k at once", slid(second, "selection_k", 6))
    ahead.shared().wait()
    row(f"{name}, nnz sweep, prompts: 64", chosen(second, "prompts", "64"))
    row(f"{name}, choice, k", slid(third, "selection_k", *lengths))
    row(f"{name}, choice, prompt", slid(third, "selection_prompt", 3, 8, 15, 22, 31))
    row(f"{name}, choice, {NEW_SEED}", pressed(third, "new_seed", 4))
    row(f"{name}, outside, k", slid(fourth, "selection_k", *lengths))
    row(f"{name}, outside, nnz", slid(fourth, "selection_nnz", *counts))
    row(f"{name}, outside, {NEW_SEED}", pressed(fourth, "new_seed", 4))
    row(f"{name}, cost, k", slid(fifth, "selection_k", *lengths))
    row(f"{name}, cost, {NEW_SEED}", pressed(fifth, "new_seed", 4))
    row(f"{name}, picture", picked(fifth, "selection_picture", "curves", "choice", "outside", "sparsity"))


def diversity() -> None:
    """Every knob of 'Task diversity', in both of its pictures."""
    path, name = "pages/task_diversity.py", "Task diversity"
    report(f"{name}, first picture", [lambda: opened(path)], FIRST)
    pools, curves = (
        opened(path, picture=picture, evaluation__prompts=PROMPTS, evaluation__seed=seed)
        for picture, seed in (("pools", "100"), ("curves", "200"))
    )
    lengths, noises = (2, 5, 8, 12, 15), ("0.1", "0.25", "1")
    finish = ahead.shared().wait
    finish()
    for page, shown in ((pools, "pools"), (curves, "curves")):
        row(f"{name}, {shown}, k", slid(page, "diversity_k", *lengths))
        row(f"{name}, {shown}, {NEW_SEED}", pressed(page, "new_seed", 4), finish)
        finish()
        row(f"{name}, {shown}, prompts: 64", chosen(page, "prompts", "64"))
        row(f"{name}, {shown}, size of the pool", stepped(page, "diversity_pool", 0, 6, 10, 14))
        row(f"{name}, {shown}, label noise", chosen(page, "diversity_noise", *noises))
    row(f"{name}, picture", picked(pools, "diversity_picture", "curves"))


def row(name: str, turns: Sequence[Turn], before: Turn | None = None) -> None:
    """Reports turns of an evaluation knob; `before` each of them, something that is not timed."""
    turned.extend(report(name, turns, KNOB, before))


if __name__ == "__main__":
    main()
