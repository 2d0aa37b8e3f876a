"""Where the error of least squares has no mean: next to as many pairs as the covariates have dimensions.

There the smallest singular value of the context comes arbitrarily near 0, and whatever of the labels is not
linear in the covariates (noise, another family) is divided by it. For Gaussian covariates the mean is
infinite with rank - 1, rank and rank + 1 pairs.
"""

from __future__ import annotations

import torch

from icl_core.data.prompts import Prompts, sample_prompts
from icl_core.specs import Experiment

PROBES = 16  # prompts looked at
EXPLAINED = 1e-9  # share of the labels' square that rounding may leave of a linear fit


def heavy_context_lengths(experiment: Experiment, given: Prompts | None = None) -> list[int]:
    """The k in 1..M at which min-norm least squares has an infinite mean on the experiment's prompts.

    Found on the first prompts themselves: the rank of their covariates, shifts included, and whether one
    linear function explains all labels. Prompts too short to tell count as of full rank, and as explained
    unless the labels are noisy. `given` prompts are looked at in place of the experiment's.
    """
    count = min(PROBES, experiment.evaluation.prompts)
    probes = given.some(0, count) if given else sample_prompts(experiment, 0, count)
    points, dimension = probes.xs.shape[1:]
    ranks = torch.linalg.matrix_rank(probes.xs)
    told = ranks < points
    if not (bool((_unexplained(probes)[told] > EXPLAINED).any()) or experiment.test_noise_variance > 0):
        return []
    near = {int(rank) if known else dimension for rank, known in zip(ranks, told, strict=True)}
    return sorted({k for rank in near for k in (rank - 1, rank, rank + 1) if 1 <= k < points})


def _unexplained(prompts: Prompts) -> torch.Tensor:
    """Share of the labels' square that is left of the best linear fit to all pairs of a prompt, [B]."""
    labels = prompts.ys.unsqueeze(-1)
    left = labels - prompts.xs @ (torch.linalg.pinv(prompts.xs) @ labels)
    return left.square().sum((1, 2)) / labels.square().sum((1, 2)).clamp(min=1e-300)
