import pytest
import torch

from icl_core.models import Transformer
from icl_core.specs import Recipe
from icl_core.training.optimizers import Adam, Optimizer, orthogonalise


def test_adam_follows_torchs_adam() -> None:
    torch.manual_seed(0)
    ours, theirs = torch.nn.Parameter(torch.randn(5)), torch.nn.Parameter(torch.zeros(5))
    theirs.data.copy_(ours.data)
    adam = Adam({"w": ours}, rate=0.02)
    reference = torch.optim.Adam([theirs], lr=0.01, betas=(0.9, 0.98), eps=1e-8)
    for step in range(20):
        for value in (ours, theirs):
            value.grad = None
            (value**4).sum().backward()
        adam.step(0.5, step)
        reference.step()
    assert torch.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 24, 8), (2, 8, 24), (1, 16, 16)])
def test_orthogonalised_stacks_keep_singular_vectors_and_level_singular_values(
    shape: tuple[int, ...],
) -> None:
    torch.manual_seed(0)
    stack = torch.randn(shape)
    left, _, right = torch.linalg.svd(stack, full_matrices=False)
    levelled = torch.einsum("lik,lij,lkj->lk", left, orthogonalise(stack).float(), right.mT.mT)
    assert ((levelled > 0.5) & (levelled < 1.4)).all()


def test_matrices_go_to_muon_and_the_rest_to_adam() -> None:
    network = Transformer(1, 1, 8).build(2, 3, 1.0)
    state = Optimizer(network, Recipe()).state()
    assert {name for name in state if name.startswith("momentum")} == {
        "momentum.attend",
        "momentum.project",
        "momentum.widen",
        "momentum.narrow",
    }
    assert {"first.position", "second.embed.weight", "first.read.bias"} <= state.keys()
    assert not any(
        name.startswith("momentum") for name in Optimizer(network, Recipe(optimizer="adam")).state()
    )
    assert Optimizer(network, Recipe(optimizer="sgd")).state() == {}


def test_rates_warm_up_stay_and_decay_to_zero() -> None:
    recipe = Recipe(steps=1000, warmup=100, decay=0.5)
    assert recipe.rate_at(0) == 0.01
    assert recipe.rate_at(99) == recipe.rate_at(499) == 1
    assert recipe.rate_at(750) == 0.5
    assert recipe.rate_at(999) == pytest.approx(0.002)
    assert recipe.decay_start == 500
