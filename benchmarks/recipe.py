"""Our recipe against the usual one, Adam at a constant 1e-4, on the live demo's spec: prompts to equal error.

    python -m benchmarks.recipe [--json] [--minutes 5]

The usual recipe (Garg et al., arXiv 2208.01066: no warm-up, no decay, batch 64) trains for some minutes of
one thread's own time. Then ours trains until its error is as low as the lowest that the usual one reached.
Both start from the same weights and see the same prompts in the same order; only the optimiser and its rates
differ, so tokens, initialisation and arithmetic, which are ours, help the usual recipe too. The error is the
mean over k = 1 to K on fixed prompts, over v.

Our rates fall to 0 over the second half of a schedule, so an error is tied to a length: where the live
demo's own steps end above the usual recipe's error, the schedule is doubled until one of them gets there.
High rates lose their way in long schedules, so the rates go with the inverse root of the steps. The aim, a
tenth of the prompts, is set for 20 minutes; five keep all benchmarks together short.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import torch

from icl_core.data.prompts import training_batch
from icl_core.library.zoo import LIVE_DEMO
from icl_core.specs import Pretraining, Recipe
from icl_core.training.devices import training_precision
from icl_core.training.loop import initial_network, validation_prompts
from icl_core.training.optimizers import Optimizer

USUAL = Recipe(steps=10_000_000, optimizer="adam", rate=1e-4, warmup=0, decay=0.0)
EVERY = 25  # steps between two measurements of the error
SHOWN = 8  # points of a curve that the table has
AIM = 0.1


@dataclass(frozen=True)
class Curve:
    """One training: error against prompts seen, measured every few steps."""

    name: str
    prompts: tuple[int, ...]
    errors: tuple[float, ...]
    seconds: float  # of the thread's own time

    @property
    def lowest(self) -> float:
        return min(self.errors)


@dataclass(frozen=True)
class Comparison:
    """The usual recipe, and ours at longer and longer schedules; the last one got there, or none did."""

    usual: Curve
    ours: tuple[Curve, ...]

    @property
    def ratio(self) -> float | None:
        """Our prompts over theirs to an error no higher than their lowest; None where ours stays above it."""
        reached = self.ours[-1].lowest <= self.usual.lowest
        theirs = self.usual.prompts[self.usual.errors.index(self.usual.lowest)]
        return self.ours[-1].prompts[-1] / theirs if reached else None


def run(minutes: float) -> Comparison:
    """Both trainings, one after the other. Ours sees at most as many prompts as theirs."""
    usual = _trained(
        "Adam 1e-4",
        replace(LIVE_DEMO, recipe=USUAL),
        lambda error, seconds: seconds >= 60 * minutes,
    )
    ours: list[Curve] = []
    steps = LIVE_DEMO.recipe.steps
    while steps * LIVE_DEMO.recipe.batch <= usual.prompts[-1]:
        spec = replace(LIVE_DEMO, recipe=lengthened(LIVE_DEMO.recipe, steps))
        ours.append(_trained(f"ours, {steps:,} steps", spec, lambda error, seconds: error <= usual.lowest))
        if ours[-1].lowest <= usual.lowest:
            break
        steps *= 2
    if not ours:
        raise SystemExit(f"{minutes:g} minutes are too few: the usual recipe did not take {steps:,} steps.")
    return Comparison(usual, tuple(ours))


def lengthened(recipe: Recipe, steps: int) -> Recipe:
    """The recipe over another number of steps, its rates in proportion to one over their root."""
    factor = math.sqrt(recipe.steps / steps)
    return replace(recipe, steps=steps, matrix_rate=recipe.matrix_rate * factor, rate=recipe.rate * factor)


def _trained(name: str, spec: Pretraining, enough: Callable[[float, float], bool]) -> Curve:
    """Trains to the recipe's last step, or until `enough(error, seconds)` after one of the measurements."""
    network = initial_network(spec)
    optimizer = Optimizer(network, spec.recipe)
    asked, v = validation_prompts(spec, 0), spec.label_variance
    prompts, errors, start = [], [], time.process_time()
    for step in range(spec.recipe.steps):
        network.compute = training_precision()
        batch = training_batch(spec, spec.mixture, step)
        network.zero_grad()
        ((network(batch.xs, batch.ys) - batch.ys).square().mean() / v).backward()
        optimizer.step(step)
        if (step + 1) % EVERY == 0:
            network.compute = torch.float32
            with torch.inference_mode():
                predictions = network(asked.xs.float(), asked.ys.float())
            prompts.append((step + 1) * spec.recipe.batch)
            errors.append(float((predictions - asked.targets)[:, 1:].square().mean() / v))
            if enough(errors[-1], time.process_time() - start):
                break
    found = Curve(name, tuple(prompts), tuple(errors), time.process_time() - start)
    told = f"{name}: lowest error {found.lowest:.5f} in {found.seconds / 60:.1f} minutes"
    print(told, file=sys.stderr, flush=True)  # a run that is cut off has said something
    return found


def table(found: Comparison) -> str:
    """Each training at prompts that grow by equal factors, then the ratio."""
    lines = []
    for curve in (found.usual, *found.ours):
        lines.append(f"{curve.name}: {curve.prompts[-1]:,} prompts in {curve.seconds / 60:.1f} minutes")
        last = len(curve.prompts)
        entries = sorted({max(1, round(last ** (i / (SHOWN - 1)))) for i in range(SHOWN)})
        lines.append("  prompts" + "".join(f"{curve.prompts[entry - 1]:>12,}" for entry in entries))
        lines.append("  error  " + "".join(f"{curve.errors[entry - 1]:>12.4f}" for entry in entries))
        lines.append(f"  lowest {curve.lowest:.4f}")
    ratio = found.ratio
    outcome = (
        "ours did not get to the usual recipe's lowest error"
        if ratio is None
        else f"prompts to that error, ours / theirs: {ratio:.4f} (aim {AIM:g}; ratio / aim {ratio / AIM:.2f})"
    )
    return "\n".join([*lines, outcome])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, default=5.0, help="of one thread, for the usual recipe")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    found = run(chosen.minutes)
    print(json.dumps(asdict(found) | {"ratio": found.ratio}) if chosen.json else table(found))


if __name__ == "__main__":
    main()
