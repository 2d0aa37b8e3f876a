"""Stochastic gradient descent on the layer's full matrices follows the flow of its two active blocks."""

import numpy as np
import pytest

from icl_core.theory import gradient_flow, lsa_risk


def sgd_step(rng, S_root, N, batch, learning_rate, value, key_query):
    """One step on half the squared error of f = E + W^PV E E^T W^KQ E / N, read at the bottom right entry."""
    d = len(S_root)
    tokens = np.zeros((batch, N + 1, d + 1))  # the last token is (x_query, 0), and takes part in E E^T
    tokens[..., :d] = rng.standard_normal((batch, N + 1, d)) @ S_root.T
    labels = np.einsum("bnd,bd->bn", tokens[..., :d], rng.standard_normal((batch, d)))
    tokens[:, :N, d] = labels[:, :N]
    query = tokens[:, N]

    attended = np.einsum("bni,bn->bi", tokens, np.einsum("bni,ij,bj->bn", tokens, key_query, query)) / N
    residual = attended @ value[d] - labels[:, N]
    read = np.einsum("bni,bn->bi", tokens, tokens @ value[d]) / N
    value_gradient = np.zeros_like(value)  # only the last row of W^PV reaches the prediction
    value_gradient[d] = residual @ attended / batch
    key_query_gradient = (residual[:, None] * read).T @ query / batch
    return value - learning_rate * value_gradient, key_query - learning_rate * key_query_gradient


@pytest.mark.slow
def test_sgd_on_the_full_matrices_follows_the_flow():
    d, N, init_scale, learning_rate = 3, 10, 0.3, 0.01
    rng = np.random.default_rng(11)
    rotation = np.linalg.qr(rng.standard_normal((d, d)))[0]
    S_root = rotation * np.sqrt([1.5, 0.8, 0.3])
    S = S_root @ S_root.T
    S = (S + S.T) / 2
    theta_theta = np.eye(d) / np.sqrt(d)
    times = [1.0, 4.0, 20.0]
    path = gradient_flow(S, N, times, init_scale, theta_theta)

    value, key_query = np.zeros((2, d + 1, d + 1))
    value[d, d] = init_scale
    key_query[:d, :d] = init_scale * theta_theta
    active = np.zeros((d + 1, d + 1), dtype=bool)
    active[:d, :d] = True
    recorded = 0
    for step in range(1, round(times[-1] / learning_rate) + 1):
        value, key_query = sgd_step(rng, S_root, N, 3000, learning_rate, value, key_query)
        if not np.isclose(step * learning_rate, times[recorded]):
            continue
        U, u = path.U[recorded], path.u[recorded]
        np.testing.assert_allclose(key_query[:d, :d], U, atol=0.02)
        assert value[d, d] == pytest.approx(u, abs=0.02)
        assert np.abs(key_query[~active]).max() < 0.02
        assert np.abs(value[d, :d]).max() < 0.02
        flow_risk = lsa_risk(u * U.T, S, np.eye(d), 0.0, N)
        sgd_risk = lsa_risk(value[d, d] * key_query[:d, :d].T, S, np.eye(d), 0.0, N)
        assert sgd_risk == pytest.approx(flow_risk, rel=0.01)
        recorded += 1
    assert recorded == len(times)
