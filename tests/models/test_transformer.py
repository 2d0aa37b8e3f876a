import pytest
import torch

from icl_core.models import Transformer, TransformerNetwork
from icl_core.predictors import Network
from icl_core.specs import SpecError

ARCHITECTURES = [
    Transformer(2, 2, 16),
    Transformer(2, 2, 16, layout="interleaved"),
    Transformer(2, 2, 16, mlp="gelu", normalisation="layer"),
]


def scrambled(spec: Transformer, dimension: int = 3, context_length: int = 6) -> TransformerNetwork:
    """A network whose every weight is in use: output projections start at zero otherwise."""
    torch.manual_seed(0)
    network = spec.build(dimension, context_length, 1.7)
    for matrix in network.matrices():
        torch.nn.init.normal_(matrix, std=0.3)
    return network.eval()


def prompts(points: int = 7, dimension: int = 3) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.randn(5, points, dimension), torch.randn(5, points), torch.randn(5, points, dimension)


@pytest.mark.parametrize("spec", ARCHITECTURES, ids=lambda spec: f"{spec.layout}-{spec.mlp}")
@torch.inference_mode()
def test_queries_in_one_pass_equal_separate_passes(spec: Transformer) -> None:
    network, (xs, ys, queries) = scrambled(spec), prompts()
    together = network(xs, ys, queries)
    for k in range(xs.shape[1]):
        asked = torch.cat([xs[:, :k], queries[:, k : k + 1]], 1)
        alone = network(asked, torch.cat([ys[:, :k], torch.zeros(5, 1)], 1))[:, k]
        assert (alone - together[:, k]).abs().max() < 1e-5
    assert (network(xs, ys) - network(xs, ys, xs)).abs().max() < 1e-5


@pytest.mark.parametrize("spec", ARCHITECTURES, ids=lambda spec: f"{spec.layout}-{spec.mlp}")
@torch.inference_mode()
def test_no_entry_sees_its_own_label_or_later_pairs(spec: Transformer) -> None:
    network, (xs, ys, _) = scrambled(spec), prompts()
    before = network(xs, ys)
    for k in range(xs.shape[1]):
        other_xs, other_ys = xs.clone(), ys.clone()
        other_xs[:, k + 1 :], other_ys[:, k:] = 9.0, -9.0
        after = network(other_xs, other_ys)
        assert torch.allclose(after[:, : k + 1], before[:, : k + 1], atol=1e-5)
    assert (network(xs + 1, ys) - before).abs().min() > 0  # and it does see its own covariates


@torch.inference_mode()
def test_labels_and_predictions_scale_together() -> None:
    spec, (xs, ys, _) = ARCHITECTURES[0], prompts()
    small, large = scrambled(spec), scrambled(spec)
    large.scale = 10 * small.scale
    assert torch.allclose(large(xs, 10 * ys), 10 * small(xs, ys), rtol=1e-5)


def test_a_fresh_network_is_the_identity_in_its_blocks() -> None:
    torch.manual_seed(0)
    network = Transformer().build(8, 12, 1.0)
    residual = torch.randn(2, 4, 96)
    visible, asked = torch.ones(4, 4, dtype=torch.bool), torch.tensor([1, 3])
    assert torch.equal(network._blocks(residual, visible, asked), residual[:, asked])


def test_position_table_covers_twice_the_trained_length_and_says_where_it_ends() -> None:
    network = Transformer(1, 1, 8).build(2, 5, 1.0)
    assert network.points == 11
    assert Transformer(1, 1, 8, layout="interleaved").build(2, 5, 1.0).points == 11
    network(torch.randn(1, 11, 2), torch.randn(1, 11))
    with pytest.raises(ValueError, match="12 points, but this model has positions for 11"):
        network(torch.randn(1, 12, 2), torch.randn(1, 12))
    with pytest.raises(SpecError, match="positions"):
        Transformer(positions=4).build(2, 5, 1.0)


def test_rows_beyond_the_trained_length_get_no_gradient() -> None:
    network, (xs, ys, _) = scrambled(ARCHITECTURES[0]), prompts()
    network(xs, ys).square().mean().backward()
    assert network.position.grad is not None
    assert network.position.grad[:7].abs().amin(1).max() > 0
    assert network.position.grad[7:].abs().max() == 0


@pytest.mark.parametrize(
    ("field", "value"), [("layers", 0), ("heads", 0), ("width", 10), ("width", 4), ("positions", 1)]
)
def test_senseless_architectures_are_refused(field: str, value: int) -> None:
    with pytest.raises(SpecError, match=field):
        Transformer(**{field: value})


@pytest.mark.parametrize("spec", ARCHITECTURES, ids=lambda spec: f"{spec.layout}-{spec.mlp}")
@torch.inference_mode()
def test_one_answer_is_that_entry_of_all(spec: Transformer) -> None:
    network, (xs, ys, queries) = scrambled(spec), prompts()
    expected = network(xs, ys, queries)
    for k in (0, 1, 4, 6):
        found = network.answer(xs[:, :k], ys[:, :k], queries[:, k])
        assert (found - expected[:, k]).abs().max() < 1e-5
        at_k = Network(network).predict_at(xs, ys, queries, k)
        assert (at_k - expected[:, k]).abs().max() < 1e-5
    with pytest.raises(ValueError, match="at most 12"):
        network.answer(torch.randn(1, 13, 3), torch.randn(1, 13), torch.randn(1, 3))
