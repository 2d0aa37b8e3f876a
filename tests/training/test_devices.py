"""Training computes where it is told to, or says why not."""

import pytest
import torch

from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train
from icl_core.training.devices import DEVICES, DeviceError, available, described, training_precision
from icl_core.training.loop import initial_network
from icl_core.training.optimizers import Optimizer

TINY = Pretraining(2, 4, model=Transformer(1, 1, 8), recipe=Recipe(steps=2, batch=4, warmup=0))
MODELS = {
    "paired": Transformer(2, 1, 8),
    "interleaved": Transformer(2, 1, 8, layout="interleaved", mlp="gelu", normalisation="layer"),
    "linear attention": LinearAttention(),
}


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_is_had_or_refused_in_a_sentence(name: str, tmp_path) -> None:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}[name]
    if there:
        assert train(TINY, tmp_path, device=name).device.startswith(name)
        return
    with pytest.raises(DeviceError, match=rf"finds no {name} device here: train with --device cpu"):
        train(TINY, tmp_path, device=name)
    assert not list(tmp_path.iterdir())


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(DeviceError, match=r"'tpu' is no device .* cpu, cuda, mps"):
        available("tpu")


def test_an_accelerator_is_named_and_multiplies_in_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.get_device_name", lambda device: "A 100")
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: True)
    assert described(torch.device("cuda")) == "cuda, A 100"
    assert training_precision(torch.device("cuda")) is torch.bfloat16
    assert training_precision(torch.device("mps")) is torch.float32
    assert training_precision() is training_precision(torch.device("cpu"))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_step_makes_nothing_on_another_device(model) -> None:
    """On the meta device, which has no values, tensors of two devices are refused as on an accelerator."""
    spec = Pretraining(2, 4, model=model, recipe=Recipe(steps=2))
    network = initial_network(spec).to("meta")
    optimizer = Optimizer(network, spec.recipe)
    xs, ys = torch.empty(3, 5, 2, device="meta"), torch.empty(3, 5, device="meta")
    assert network(xs, ys, xs.clone()).device.type == "meta"
    assert network.answer(xs[:, :4], ys[:, :4], xs[:, 4]).device.type == "meta"
    (network(xs, ys) - ys).square().mean().backward()
    optimizer.step(0)
    assert {value.device.type for value in optimizer.state().values()} == {"meta"}
