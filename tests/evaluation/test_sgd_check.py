"""SGD on the full matrices: the layer of the paper, and the flow it follows."""

import numpy as np
import pytest
import torch

from icl_core.data.covariance import Identity
from icl_core.evaluation.dynamics import Dynamics, trajectory
from icl_core.evaluation.sgd_check import last_prediction, sgd_check
from icl_core.models.linear_attention import LinearAttentionNetwork
from icl_core.specs import SpecError


def test_the_last_prediction_is_the_layers():
    network = LinearAttentionNetwork(3, 0.3, torch.eye(3)).double()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(generator=generator)
    xs = torch.randn(4, 7, 3, generator=generator, dtype=torch.float64)
    ys = torch.randn(4, 6, generator=generator, dtype=torch.float64)
    whole = network(xs, torch.cat([ys, torch.zeros(4, 1, dtype=torch.float64)], dim=1))
    torch.testing.assert_close(last_prediction(network, xs, ys), whole[:, -1])


@pytest.mark.slow
def test_sgd_follows_the_flow():
    spec = Dynamics(dimension=3)
    run = sgd_check(spec, float(trajectory(spec).path.times[-1]))
    path = spec.loss().flow(run.times, spec.init_scale, spec.theta_theta)
    np.testing.assert_allclose(run.U, path.U, atol=0.02)
    np.testing.assert_allclose(run.u, path.u, atol=0.02)
    assert run.largest_other < 0.02
    v = np.trace(spec.loss().mean_covariance)
    np.testing.assert_allclose(run.losses, spec.loss().risks(path.A) / v, rtol=0.01)
    assert run.losses[-1] < 0.5 * run.losses[0]  # it has learned something to compare


@pytest.mark.slow
def test_from_zero_sgd_does_not_move_either():
    run = sgd_check(Dynamics(dimension=2, covariates=Identity(), start="zero"), 1.0)
    assert not run.key_query.any()
    assert not run.value.any()


def test_many_inputs_are_refused():
    with pytest.raises(SpecError) as fault:
        sgd_check(Dynamics(dimension=6), 1.0)
    assert fault.value.field == "dimension"
