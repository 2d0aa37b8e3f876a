import torch

from icl_core.models import LinearAttention, LinearAttentionNetwork


def as_printed(
    value: torch.Tensor, key_query: torch.Tensor, pairs: torch.Tensor, query: torch.Tensor
) -> float:
    """f(E) = E + W^PV E E^T W^KQ E / rho with the embedding matrix written out; its bottom right entry."""
    embedding = torch.cat([pairs, torch.cat([query, torch.zeros(1)])[None]]).T  # [D + 1, k + 1]
    attended = value @ embedding @ embedding.T @ key_query @ embedding / len(pairs)
    return float((embedding + attended)[-1, -1].detach())


def test_every_prefix_equals_the_embedding_matrix_form() -> None:
    torch.manual_seed(0)
    network = LinearAttentionNetwork(3, 0.5, torch.eye(3))
    torch.nn.init.normal_(network.value)
    torch.nn.init.normal_(network.key_query)
    xs, ys, queries = torch.randn(4, 6, 3), torch.randn(4, 6), torch.randn(4, 6, 3)
    found = network(xs, ys, queries)
    pairs = torch.cat([xs, ys[..., None]], -1)
    for b in range(4):
        for k in range(1, 6):
            want = as_printed(network.value, network.key_query, pairs[b, :k], queries[b, k])
            assert abs(found[b, k].item() - want) < 1e-4 * max(1, abs(want))
    assert (found[:, 0] == 0).all()
    for k in range(6):
        alone = network.answer(xs[:, :k], ys[:, :k], queries[:, k])
        assert torch.allclose(alone, found[:, k], rtol=1e-4, atol=1e-5)


def test_reduced_form_agrees_where_the_other_blocks_are_zero() -> None:
    torch.manual_seed(0)
    network = LinearAttentionNetwork(3, 0.7, torch.randn(3, 3)).double()
    xs, ys = torch.randn(4, 6, 3).double(), torch.randn(4, 6).double()
    matrix = network.reduced()
    for k in range(1, 6):
        moment = (ys[:, :k, None] * xs[:, :k]).mean(1)
        reduced = torch.einsum("bd,de,be->b", xs[:, k], matrix, moment)
        assert torch.allclose(network(xs, ys)[:, k], reduced, atol=1e-12)


def test_initialisation_is_the_papers() -> None:
    network = LinearAttention(init_scale=0.3).build(4, 10, 2.0)
    assert torch.isclose(network.key_query.norm(), torch.tensor(0.3))
    assert network.value[-1, -1] == torch.tensor(0.3)
    assert network.value.count_nonzero() == 1
