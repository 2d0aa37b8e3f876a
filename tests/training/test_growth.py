"""A model of few inputs grows into one of more: inputs, positions and prompts, each step on its own."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from icl_core.data.function_classes import Dense, Sparse
from icl_core.data.prompts import training_batch
from icl_core.library.zoo import TIERS
from icl_core.models import LinearAttention, Transformer
from icl_core.models.network import InContextNetwork
from icl_core.specs import Mixture, Pretraining, Recipe, SpecError, Stage
from icl_core.training import train
from icl_core.training.loop import initial_network

BARELY = Recipe(steps=1, batch=4, warmup=0, decay=0, rate=1e-9, matrix_rate=1e-9)
SMALL = Pretraining(2, 3, model=Transformer(2, 2, 16), recipe=Recipe(steps=3, batch=4, warmup=0))
GROWN = replace(SMALL, dimension=5, context_length=6, recipe=BARELY, warm_start=SMALL, warm_start_at="end")
INTERLEAVED = Transformer(2, 2, 16, layout="interleaved", mlp="gelu", normalisation="layer")


def restless(spec: Pretraining) -> InContextNetwork:
    """A network with every parameter away from its start, at which blocks are the identity."""
    network = initial_network(spec)
    generator = torch.Generator().manual_seed(3)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3, generator=generator)
    return network


@pytest.mark.parametrize("model", [SMALL.model, INTERLEAVED], ids=["paired", "interleaved"])
def test_a_grown_network_answers_as_the_small_one_whatever_the_new_inputs_are(model) -> None:
    small, large = replace(SMALL, model=model), replace(SMALL, model=model, dimension=5, context_length=6)
    begun, grown = restless(small), initial_network(large)
    before = grown.state_dict()["position"].clone()
    grown.grow_from(begun)
    xs, ys = torch.randn(3, 4, 5), torch.randn(3, 4)
    scale = (
        large.label_variance / small.label_variance
    ) ** 0.5  # labels are divided by sqrt(v) on the way in
    with torch.inference_mode():
        torch.testing.assert_close(grown(xs, scale * ys) / scale, begun(xs[..., :2], ys))
    rows = len(begun.state_dict()["position"])
    assert torch.equal(grown.state_dict()["position"][rows:], before[rows:])


def test_a_model_starts_from_one_of_fewer_inputs_and_positions(tmp_path: Path) -> None:
    begun = train(SMALL, tmp_path).network
    end = train(GROWN, tmp_path, finished={SMALL: begun}.__getitem__).network.state_dict()
    decay = train(replace(GROWN, warm_start_at="decay"), tmp_path).network.state_dict()
    weights = begun.state_dict()
    torch.testing.assert_close(end["attend"], weights["attend"], atol=1e-6, rtol=0)
    torch.testing.assert_close(end["embed.weight"][:, :2], weights["embed.weight"][:, :2], atol=1e-6, rtol=0)
    torch.testing.assert_close(end["embed.weight"][:, 5:], weights["embed.weight"][:, 2:], atol=1e-6, rtol=0)
    assert end["embed.weight"][:, 2:5].abs().max() < 1e-6
    assert not torch.equal(decay["attend"], end["attend"])


def test_new_inputs_learn(tmp_path: Path) -> None:
    spec = replace(GROWN, recipe=Recipe(steps=2, batch=4, warmup=0))
    trained = train(spec, tmp_path, finished=lambda parent: restless(SMALL)).network.state_dict()
    assert trained["embed.weight"][:, 2:5].abs().min(0).values.max() > 0


@pytest.mark.parametrize(
    "parent",
    [
        replace(SMALL, dimension=6),
        replace(SMALL, context_length=7),
        replace(SMALL, model=INTERLEAVED),
    ],
    ids=["more inputs", "more positions", "another architecture"],
)
def test_it_cannot_start_from_what_it_has_no_place_for(parent: Pretraining) -> None:
    with pytest.raises(SpecError, match="allowed is none, or a model with at most 5 inputs"):
        replace(GROWN, warm_start=parent)


def test_linear_attention_does_not_grow() -> None:
    flat = replace(SMALL, model=LinearAttention())
    with pytest.raises(SpecError, match="allowed is none, or a model with 5 inputs"):
        replace(flat, dimension=5, warm_start=flat)


# ----------------------------------------------------------------------------------------- prompts that grow


def test_a_stage_of_short_prompts_is_the_beginning_of_the_long_ones() -> None:
    short = training_batch(GROWN, GROWN.mixture, 3, context_length=2)
    assert short.xs.shape == (4, 3, 5)
    assert short.targets.square().mean() > 0
    both = training_batch(GROWN, GROWN.mixture, 3, inputs=3, context_length=2)
    assert both.xs.shape == (4, 3, 5)
    assert (both.xs[..., 3:] == 0).all()
    assert (both.xs[..., :3] != 0).all()
    alone = training_batch(
        replace(GROWN, context_length=2, warm_start=None, warm_start_at="decay"), GROWN.mixture, 3
    )
    assert torch.equal(short.xs, alone.xs)
    assert torch.equal(short.ys, alone.ys)


def test_a_training_goes_through_stages_of_its_lengths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []

    def watched(spec, mixture, step, inputs=None, context_length=None):
        batch = training_batch(spec, mixture, step, inputs, context_length)
        lengths.append((batch.xs.shape[1] - 1, int((batch.xs != 0).any(1).any(0).sum())))
        return batch

    monkeypatch.setattr("icl_core.training.loop.training_batch", watched)
    stages = (Stage(1, Mixture.of(Dense()), 3, 4), Stage(2, Mixture.of(Sparse(1)), None, 5))
    recipe = Recipe(steps=4, batch=4, warmup=0, curriculum=stages)
    train(replace(GROWN, recipe=recipe), tmp_path, finished=lambda parent: initial_network(SMALL))
    assert lengths == [(4, 3), (5, 5), (5, 5), (6, 5)]


@pytest.mark.parametrize("length", [0, 7])
def test_a_stage_has_at_least_one_pair_and_no_more_than_the_model(length: int) -> None:
    with pytest.raises(SpecError, match="context_length"):
        replace(SMALL, context_length=6, recipe=Recipe(curriculum=(Stage(1, SMALL.mixture, None, length),)))


def test_a_stage_of_full_length_is_written_as_before() -> None:
    assert Stage(1, SMALL.mixture, 2).to_dict().keys() == {"steps", "mixture", "inputs"}


def test_the_papers_size_grows_from_the_library() -> None:
    sizes = {name: spec for name, spec in TIERS[3].items() if name.endswith("-d20")}
    assert list(sizes) == [
        "identity-d20",
        "random-diagonal-d20",
        "dense-d20",
        "sparse-d20",
        "dense-sparse-d20",
    ]
    shipped = {spec.hash for group in TIERS.values() for spec in group.values()}
    for spec in sizes.values():
        assert (spec.dimension, spec.context_length) == (20, 40)
        assert spec.warm_start is not None
        assert spec.warm_start.hash in shipped
        assert all(stage.context_length < 40 for stage in spec.recipe.curriculum if stage.context_length)
