"""One training loop for every model: addressed batches, exact resume, a learning curve on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from icl_core.data.prompts import Prompts, sample_prompts, training_batch
from icl_core.models import InContextNetwork
from icl_core.specs import Evaluation, Experiment, Pretraining
from icl_core.training.checkpoint import Checkpoint, CheckpointError, Snapshot, finite, restore
from icl_core.training.devices import CPU, available, described, training_precision
from icl_core.training.optimizers import Optimizer

SNAPSHOTS = 40  # learning curves kept of a training, evenly spaced
VALIDATION_PROMPTS = 256
VALIDATION_SEED = 2**31 - 1
SAVE_SECONDS = 60.0
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class TrainingDiverged(RuntimeError):
    """The loss or the weights are no longer finite; nothing of that is stored."""


class TrainingStopped(RuntimeError):
    """Training was asked to stop; its checkpoint is kept and training can go on from there."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands: steps done, seconds trained, the last loss over v, the last snapshot."""

    step: int
    steps: int
    seconds: float
    loss: float
    snapshot: Snapshot | None

    @property
    def seconds_left(self) -> float:
        """An estimate from the mean step so far."""
        return self.seconds / self.step * (self.steps - self.step) if self.step else math.nan


@dataclass(frozen=True)
class Trained:
    """A finished model: the network in float32 evaluation mode, its history, and what it took.

    The network lies in the processor's memory; `device` says what computed its last steps.
    """

    spec: Pretraining
    network: InContextNetwork
    history: tuple[Snapshot, ...]
    seconds: float
    precision: str
    device: str = CPU


def train(
    spec: Pretraining,
    state: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    fused: bool = False,
    save_seconds: float = SAVE_SECONDS,
    finished: Callable[[Pretraining], InContextNetwork] | None = None,
    device: str = CPU,
) -> Trained:
    """Trains `spec` to its last step, going on from the checkpoint under `state`/<hash> where there is one.

    A resumed training ends in the same weights, bit for bit, as an uninterrupted one on the same machine and
    `device` ('cpu', 'cuda' or 'mps'; a checkpoint goes on on any) with the same `fused`, which compiles the
    step first: up to a minute to start and a C++ compiler, then a quarter faster, rounding otherwise.
    A checkpoint is written every `save_seconds`: a killed process loses no more than that. The one before
    the decay is kept as `stable.safetensors`, to train further or warm-start from. `finished` gives the
    network of a model that another one starts from the end of (`Library.network`).
    Raises DeviceError for a device that is not there, TrainingDiverged, TrainingStopped (after saving),
    CheckpointError, FileNotFoundError where what it starts from is not there, and what `finished` raises.
    """
    run = _Run(spec, state, fused, save_seconds, finished, device)
    run.resume()
    run.go_on(spec.recipe.steps, report, stop)
    run.save("latest")
    run.network.compute = torch.float32
    network = run.network.eval().to(CPU)
    return Trained(spec, network, tuple(run.history), run.seconds, run.precision, described(run.device))


def train_to_decay(
    spec: Pretraining,
    state: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    fused: bool = False,
    finished: Callable[[Pretraining], InContextNetwork] | None = None,
    device: str = CPU,
) -> Path:
    """Trains `spec` as `train` does, but only to the checkpoint before the decay, which it returns.

    With that checkpoint there already, trains nothing. Raises what `train` raises, and CheckpointError where
    the training has passed its decay and its earlier checkpoint is gone.
    """
    stable, latest = (checkpoint_path(state, spec, name) for name in ("stable", "latest"))
    if stable.exists():
        return stable
    run = _Run(spec, state, fused, finished=finished, device=device)
    run.resume()
    if run.step > spec.recipe.decay_start:
        raise CheckpointError(
            f"The training of {spec.hash} has passed its decay, but its checkpoint from before ({stable}) "
            f"is gone: delete {latest} to train it anew."
        )
    run.go_on(spec.recipe.decay_start, report, stop)
    run.save("latest")
    return stable


def checkpoint_path(state: Path, spec: Pretraining, name: str) -> Path:
    """Where the checkpoint `name` ('latest', or 'stable' before the decay) of a model lies."""
    return state / spec.hash / f"{name}.safetensors"


class _Run:
    """A training in progress."""

    def __init__(
        self,
        spec: Pretraining,
        state: Path,
        fused: bool = False,
        save_seconds: float = SAVE_SECONDS,
        finished: Callable[[Pretraining], InContextNetwork] | None = None,
        device: str = CPU,
    ) -> None:
        self.spec, self.state, self.save_seconds, self.finished = spec, state, save_seconds, finished
        self.device = available(device)
        self.network = initial_network(spec).to(self.device)
        self.dtype = training_precision(self.device) if self.network.matrices() else torch.float32
        self.network.compute = self.dtype
        self.forward = torch.compile(self.network, dynamic=False) if fused else self.network
        self.optimizer = Optimizer(self.network, spec.recipe)
        self.scale = spec.label_variance
        self.step, self.seconds, self.loss = 0, 0.0, math.nan
        self.history: list[Snapshot] = []
        self.losses: list[float] = []
        self.saved = time.monotonic()
        self.validation = [validation_prompts(spec, family) for family in range(len(spec.mixture.families))]
        self.shown = {round(spec.recipe.steps * (i + 1) / SNAPSHOTS) for i in range(SNAPSHOTS)}

    @property
    def precision(self) -> str:
        return str(self.dtype).removeprefix("torch.")

    def go_on(self, end: int, report: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
        """Steps up to `end`; where the decay starts, saves what is there before it."""
        while True:
            if self.step == self.spec.recipe.decay_start:
                self.save("stable")
            if self.step >= end:
                return
            if stop():
                self.save("latest")
                raise TrainingStopped(
                    f"Training of {self.spec.hash} stopped at step {self.step}; it can go on from there."
                )
            self.advance()
            report(self.progress())

    def advance(self) -> None:
        """One step."""
        start = time.perf_counter()
        batch = self._batch()
        xs, ys = batch.xs.to(self.device), batch.ys.to(self.device)
        self.network.zero_grad()
        loss = (self.forward(xs, ys) - ys).square().mean() / self.scale
        self.loss = float(loss.detach())
        if not math.isfinite(self.loss):
            raise self._diverged(f"The loss of {self.spec.hash} is {self.loss}")
        loss.backward()
        self.optimizer.step(self.step)
        self.step += 1
        self.losses.append(self.loss)
        self.seconds += time.perf_counter() - start
        if self.step in self.shown:
            self._snapshot()
        if time.monotonic() - self.saved > self.save_seconds:
            self.save("latest")

    def progress(self) -> Progress:
        snapshot = self.history[-1] if self.history else None
        return Progress(self.step, self.spec.recipe.steps, self.seconds, self.loss, snapshot)

    def save(self, name: str) -> None:
        """Raises TrainingDiverged, and writes nothing, where the last update made a value not finite."""
        if not (finite(self.network.state_dict()) and finite(self.optimizer.state())):
            raise self._diverged(f"The weights of {self.spec.hash} are not finite")
        checkpoint = Checkpoint(
            self.step,
            self.seconds,
            tuple(self.history),
            tuple(self.losses),
            self.network.state_dict(),
            self.optimizer.state(),
            self.precision,
        )
        checkpoint.save(checkpoint_path(self.state, self.spec, name), self.spec.hash)
        self.saved = time.monotonic()

    def resume(self) -> None:
        path = checkpoint_path(self.state, self.spec, "latest")
        if path.exists():
            checkpoint = Checkpoint.load(path, self.spec.hash)
            self.step, self.seconds = checkpoint.step, checkpoint.seconds
            self.history, self.losses = list(checkpoint.history), list(checkpoint.losses)
            restore(self.network.state_dict(), checkpoint.parameters, path)
            restore(self.optimizer.state(), checkpoint.optimizer, path)
            if checkpoint.precision is not None:
                self.network.compute = self.dtype = _precision(checkpoint.precision, path)
        elif self.spec.warm_start is not None:
            self.network.grow_from(self._begun(self.spec.warm_start))

    def _begun(self, parent: Pretraining) -> InContextNetwork:
        """The network that this one starts from."""
        if self.spec.warm_start_at == "end":
            if self.finished is None:
                raise FileNotFoundError(
                    f"Model {self.spec.hash} starts from the end of {parent.hash}, which is not here: train "
                    f"that model first."
                )
            return self.finished(parent)
        path = checkpoint_path(self.state, parent, "stable")
        if not path.exists():
            raise FileNotFoundError(
                f"Model {self.spec.hash} starts from {parent.hash}, whose checkpoint before the decay "
                f"is missing ({path}): train that model first."
            )
        network = initial_network(parent)
        restore(network.state_dict(), Checkpoint.load(path, parent.hash).parameters, path)
        return network

    def _diverged(self, what: str) -> TrainingDiverged:
        latest = checkpoint_path(self.state, self.spec, "latest")
        kept = f" The last sound checkpoint is kept in {latest}." if latest.exists() else ""
        return TrainingDiverged(f"{what} at step {self.step}: lower the rates or raise the warm-up.{kept}")

    def _batch(self) -> Prompts:
        """The batch of the current step: of a stage of the curriculum, then of the model's own data."""
        stage = self.spec.recipe.stage_at(self.step)
        if stage is None:
            return training_batch(self.spec, self.spec.mixture, self.step)
        return training_batch(self.spec, stage.mixture, self.step, stage.inputs, stage.context_length)

    def _snapshot(self) -> None:
        self.network.compute = torch.float32
        errors = tuple(_errors(self.network, prompts, self.scale) for prompts in self.validation)
        self.network.compute = self.dtype
        self.history.append(Snapshot(self.step, self.seconds, sum(self.losses) / len(self.losses), errors))
        self.losses.clear()


def initial_network(spec: Pretraining) -> InContextNetwork:
    """The network as initialised by the spec's seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed)
        return _build(spec, spec.label_variance**0.5)


def empty_network(spec: Pretraining) -> InContextNetwork:
    """The network of a spec without any values (on the meta device): it takes no memory, however large."""
    scale = spec.label_variance**0.5
    with torch.device("meta"):
        return _build(spec, scale)


def _build(spec: Pretraining, scale: float) -> InContextNetwork:
    return spec.model.build(spec.dimension, spec.context_length, scale)


def validation_prompts(spec: Pretraining, family: int) -> Prompts:
    """Fixed prompts of one family of the mixture, of new tasks, for the learning curve during training."""
    evaluation = Evaluation(
        context_length=spec.context_length,
        function_class=spec.mixture.families[family],
        prompts=VALIDATION_PROMPTS,
        seed=VALIDATION_SEED,
    )
    return sample_prompts(Experiment(replace(spec, task_pool=None), evaluation), 0, VALIDATION_PROMPTS)


@torch.inference_mode()
def _errors(network: InContextNetwork, prompts: Prompts, scale: float) -> tuple[float, ...]:
    device = next(network.parameters()).device
    predictions = network(prompts.xs.float().to(device), prompts.ys.float().to(device)).cpu()
    return tuple(((predictions - prompts.targets) ** 2).mean(0).div(scale).tolist())


def _precision(name: str, path: Path) -> torch.dtype:
    """The type that a checkpoint was trained in: going on in another would end in other weights."""
    if name not in PRECISIONS:
        raise CheckpointError(
            f"The checkpoint {path} was trained in {name}, and this version computes in "
            f"{' or '.join(PRECISIONS)}: delete it to train anew."
        )
    return PRECISIONS[name]
