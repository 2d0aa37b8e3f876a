"""Weights that Garg et al. publish (arXiv 2208.01066), as a model of the library.

Their network is GPT-2 between two linear maps, over tokens x_0, y_0, x_1, y_1, ... where a label is written
in the first of the D inputs' places. It is our interleaved transformer with biases: the gains and shifts of
GPT-2's layer norms are folded into the maps behind them.
"""

from __future__ import annotations

import pickle  # nosec B403 - for the name of its error alone; weights are read by weights_only
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from icl_core.data.function_classes import Dense, ReluNetwork, Sparse
from icl_core.models import Transformer
from icl_core.specs import FunctionClass, Mixture, Pretraining, Recipe
from icl_core.training import Trained
from icl_core.training.loop import empty_network

ORIGIN = "Garg et al., arXiv 2208.01066"

TASKS: Mapping[str, Callable[[Mapping[str, Any]], FunctionClass]] = {
    "linear_regression": lambda options: Dense(),
    "sparse_linear_regression": lambda options: Sparse(nnz=int(options["sparsity"])),
    "relu_2nn_regression": lambda options: ReluNetwork(width=int(options["hidden_layer_size"])),
}
"""Their tasks that we have, by their names, with our family for each."""

Weights = Mapping[str, Tensor]


def imported(state: Path, config: Path) -> Trained:
    """The model whose state dict (or training state that holds one) and configuration lie in two files.

    Raises ValueError, naming the file and what is wrong, for what is no such model; OSError for a file that
    cannot be read.
    """
    spec = specified(config)
    weights = _read_weights(state)
    try:
        found = _converted(weights, spec)
    except KeyError as error:
        raise ValueError(f"{state} has no tensor {error}: it holds no weights of such a model") from None
    network = empty_network(spec)
    for name, tensor in network.state_dict().items():
        if found[name].shape != tensor.shape:
            shapes = f"should be {list(tensor.shape)}, is {list(found[name].shape)}"
            raise ValueError(f"{state} does not fit {config}: {name} {shapes}")
        if not found[name].isfinite().all():
            raise ValueError(f"{state} is not usable: {name} is not finite everywhere")
    network.to_empty(device="cpu").load_state_dict(found)
    return Trained(spec, network.eval().requires_grad_(False), (), 0.0, "float32")


def specified(config: Path) -> Pretraining:
    """The pretraining that one of their configurations describes, as far as we have its parts.

    Raises ValueError, naming what is missing or unknown; SpecError for what no spec can be.
    """
    try:
        settings = yaml.safe_load(config.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{config} is no YAML: {str(error).splitlines()[0]}") from None
    try:
        model, training = settings["model"], settings["training"]
        _known(config, "model.family", model["family"], ["gpt2"])
        _known(config, "training.data", training["data"], ["gaussian"])
        task = _known(config, "training.task", training["task"], list(TASKS))
        family = TASKS[task](training.get("task_kwargs") or {})
        return Pretraining(
            dimension=int(model["n_dims"]),
            context_length=int(training["curriculum"]["points"]["end"]) - 1,
            mixture=Mixture.of(family),
            model=Transformer(
                layers=int(model["n_layer"]),
                heads=int(model["n_head"]),
                width=int(model["n_embd"]),
                layout="interleaved",
                mlp="gelu_tanh",
                normalisation="layer",
                positions=int(model["n_positions"]),
                biases=True,
            ),
            recipe=Recipe(
                steps=int(training["train_steps"]),
                batch=int(training["batch_size"]),
                optimizer="adam",
                rate=float(training["learning_rate"]),
                warmup=0,
                decay=0.0,
            ),
        )
    except KeyError as error:
        raise ValueError(
            f"{config} lacks the field {error}: give the configuration of that training"
        ) from None
    except TypeError:
        raise ValueError(f"{config} is no configuration of such a training: its fields do not nest") from None


def _known(config: Path, field: str, value: object, known: list[str]) -> str:
    if value not in known:
        raise ValueError(f"{config} has {field} = {value!r}: known are {', '.join(known)}")
    return str(value)


def _read_weights(path: Path) -> Weights:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise ValueError(f"{path} is no file of weights alone: {str(error).splitlines()[0]}") from None
    weights = content.get("model_state_dict", content) if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not all(isinstance(value, Tensor) for value in weights.values()):
        raise ValueError(f"{path} holds no state dict: give a model_*.pt or state.pt of theirs")
    return {str(name): value.float() for name, value in weights.items()}


def _converted(theirs: Weights, spec: Pretraining) -> dict[str, Tensor]:
    """Our tensors. Labels reach our embedding in units of their deviation, and leave so: theirs is another
    for sparse functions, whose weights they draw from N(0, 1) and we so that E f(x)^2 is that of dense ones.
    """
    assert isinstance(spec.model, Transformer)
    (family,) = spec.mixture.families
    deviation = getattr(family, "nnz", spec.dimension) ** 0.5
    layers = [_layer(theirs, f"_backbone.h.{index}") for index in range(spec.model.layers)]
    found = {name: torch.stack([layer[name] for layer in layers]) for name in layers[0]}
    read_in = theirs["_read_in.weight"]  # [W, D]
    label = read_in[:, :1] * deviation
    found["embed.weight"] = torch.cat([read_in, label, torch.zeros_like(label)], 1)  # x, y, the flag
    found["embed.bias"] = theirs["_read_in.bias"]
    found["position"] = theirs["_backbone.wpe.weight"]
    read = _behind_norm(theirs, "_backbone.ln_f", theirs["_read_out.weight"], theirs["_read_out.bias"])
    found["read.weight"], found["read.bias"] = (each / deviation for each in read)
    return found


def _layer(theirs: Weights, at: str) -> dict[str, Tensor]:
    """A block's four maps and their biases. GPT-2 stores a matrix as [in, out]."""

    def stored(name: str) -> tuple[Tensor, Tensor]:
        return theirs[f"{at}.{name}.weight"].T, theirs[f"{at}.{name}.bias"]

    maps = {
        "attend": _behind_norm(theirs, f"{at}.ln_1", *stored("attn.c_attn")),
        "project": stored("attn.c_proj"),
        "widen": _behind_norm(theirs, f"{at}.ln_2", *stored("mlp.c_fc")),
        "narrow": stored("mlp.c_proj"),
    }
    matrices = {name: matrix for name, (matrix, _) in maps.items()}
    return matrices | {f"biases.{name}": bias for name, (_, bias) in maps.items()}


def _behind_norm(theirs: Weights, norm: str, matrix: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """M (g n + b) + c = (M diag g) n + (M b + c): the map [out, in] with the norm's gain and shift in it."""
    gain, shift = theirs[f"{norm}.weight"], theirs[f"{norm}.bias"]
    return matrix * gain, matrix @ shift + bias
