"""A training step: our transformer and optimiser against the usual backbone with Adam, in one run.

    python -m benchmarks.training_step [--json] [--steps 30]

Both sides have the same layers, heads, width, tokens and batch, one thread. Theirs is Hugging Face's GPT-2
with x and y tokens in turn and Adam in float32, the recipe of Garg et al. (arXiv 2208.01066), without its
unused table of words. Ours is timed interleaved (the same tokens) and paired, with Muon, in bfloat16 where
the processor has it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from transformers import GPT2Config, GPT2Model  # pyright: ignore[reportMissingImports] - `make bench` installs it

from icl_core.data.prompts import training_batch
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training.devices import training_precision
from icl_core.training.loop import initial_network
from icl_core.training.optimizers import Optimizer

LAYERS, HEADS, WIDTH, DIMENSION, POINTS, BATCH = 6, 4, 128, 20, 41, 64


@dataclass(frozen=True)
class Timing:
    """One way to take a step: its median time, and that of the usual backbone over it."""

    name: str
    parameters: int
    milliseconds: float
    speedup: float


class Backbone(nn.Module):
    """GPT-2 between two linear maps, as in-context regression is usually trained."""

    def __init__(self) -> None:
        super().__init__()
        config = GPT2Config(
            vocab_size=1,
            n_positions=2 * POINTS,
            n_embd=WIDTH,
            n_layer=LAYERS,
            n_head=HEADS,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            use_cache=False,
        )
        self.read_in = nn.Linear(DIMENSION, WIDTH)
        self.backbone = GPT2Model(config)
        self.read_out = nn.Linear(WIDTH, 1)

    def forward(self, xs: Tensor, ys: Tensor) -> Tensor:
        labels = torch.cat([ys[..., None], ys.new_zeros(*ys.shape, DIMENSION - 1)], -1)
        tokens = torch.stack([xs, labels], 2).flatten(1, 2)  # [B, N, 2, D] -> [B, 2N, D]
        hidden = self.backbone(inputs_embeds=self.read_in(tokens)).last_hidden_state
        return self.read_out(hidden)[:, ::2, 0]


def run(steps: int = 30) -> tuple[Timing, ...]:
    """Median step of each way, taken in turn so that all meet the same state of the machine."""
    torch.manual_seed(0)
    ways = {
        "GPT-2 backbone, Adam": _usual_step(),
        "ours, interleaved": _our_step("interleaved"),
        "ours, paired": _our_step("paired"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for step in range(steps + 3):
        for name, (_, take) in ways.items():
            start = time.perf_counter()
            take(step)
            if step >= 3:
                times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    usual = medians["GPT-2 backbone, Adam"]
    return tuple(
        Timing(name, size, 1000 * medians[name], usual / medians[name]) for name, (size, _) in ways.items()
    )


def _usual_step() -> tuple[int, Callable[[int], object]]:
    model = Backbone()
    adam = torch.optim.Adam(model.parameters(), lr=1e-4)
    xs, ys = torch.randn(BATCH, POINTS, DIMENSION), torch.randn(BATCH, POINTS)

    def take(step: int) -> None:
        adam.zero_grad()
        (model(xs, ys) - ys).square().mean().backward()
        adam.step()

    return _parameters(model), take


def _our_step(layout: str) -> tuple[int, Callable[[int], object]]:
    model = Transformer(LAYERS, HEADS, WIDTH, layout=layout)  # type: ignore[arg-type]
    spec = Pretraining(
        dimension=DIMENSION, context_length=POINTS - 1, model=model, recipe=Recipe(batch=BATCH)
    )
    network = initial_network(spec)
    network.compute = training_precision()
    optimizer = Optimizer(network, spec.recipe)

    def take(step: int) -> None:
        batch = training_batch(spec, spec.mixture, step)
        network.zero_grad()
        ((network(batch.xs, batch.ys) - batch.ys).square().mean() / spec.label_variance).backward()
        optimizer.step(step)

    return _parameters(network), take


def _parameters(model: nn.Module) -> int:
    return sum(value.numel() for value in model.parameters())


def table(timings: tuple[Timing, ...]) -> str:
    """A row a way."""
    head = f"{'':24}{'parameters':>12}{'ms / step':>12}{'speed-up':>10}"
    rows = [f"{t.name:24}{t.parameters:>12,}{t.milliseconds:>12.0f}{t.speedup:>10.2f}" for t in timings]
    return "\n".join([head, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--steps", type=int, default=30)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    timings = run(chosen.steps)
    print(json.dumps([asdict(timing) for timing in timings]) if chosen.json else table(timings))


if __name__ == "__main__":
    main()
