"""A smooth interpolator: Gaussian-process regression that knows no family.

Dimensions: B prompts, N points, D inputs, K prefixes of a prompt.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import CHUNK_ENTRIES, Predictor, check_shapes
from icl_core.specs import Experiment, SpecError

GRID = 128  # length scales tried, evenly in log
EQUAL = 1e-6  # log likelihoods this near to each other: far below what matters, far above rounding


@dataclass(frozen=True)
class SmoothInterpolator(Predictor):
    """Posterior mean of f ~ GP(0, a exp(-|x - x'|^2 / (2 l^2))) for labels y = f(x) + N(0, a nugget).

    For every prompt and prefix, a > 0 and `shortest` <= l <= `longest` maximise the marginal likelihood

        log N(y; 0, a C_l),    C_l = exp(-|x_i - x_j|^2 / (2 l^2)) + nugget I

    (Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, eq. 2.30 and section 5.4.1). The best
    amplitude is y^T C_l^-1 y / k in closed form, and the prediction does not depend on it; the best l is that
    of a fine grid, refined by a parabola through its neighbours. Where many fit equally well, as all do one
    pair and all short ones pairs far apart, the longest of them counts. float64 inside, the dtype of xs
    outside.

    The `nugget` stands for noise-free labels: it keeps C_l positive definite.
    """

    shortest: float = 0.1
    longest: float = 30.0
    nugget: float = 1e-8

    def __post_init__(self) -> None:
        if not 0 < self.shortest < math.inf:
            raise SpecError("shortest", self.shortest, "a positive finite number")
        if not self.shortest < self.longest < math.inf:
            raise SpecError("longest", self.longest, "a finite number above the shortest length scale")
        if not 1e-12 <= self.nugget < math.inf:
            raise SpecError("nugget", self.nugget, "a finite number of at least 1e-12")

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k; dtype of xs."""
        return self._predict(xs, ys, queries, torch.arange(xs.shape[1]))

    def predict_at(self, xs: Tensor, ys: Tensor, queries: Tensor, k: int) -> Tensor:
        """Entry k of `predict_query` alone, [B]: one solution a prompt."""
        asked = queries[:, : k + 1]
        return self._predict(xs[:, : k + 1], ys[:, : k + 1], asked, torch.tensor([k]))[:, 0]

    def length_scales(self, xs: Tensor, ys: Tensor) -> Tensor:
        """The length scale chosen from the pairs before k, [B, N], float64; `longest` at k = 0 and 1."""
        check_shapes(xs, ys)
        prefixes = torch.arange(xs.shape[1])
        parts = self._parts(xs.double(), ys.double(), prefixes=prefixes)
        return torch.cat([self._log_lengths(_squared_distances(x, x), y, prefixes) for x, y in parts]).exp()

    def _predict(self, xs: Tensor, ys: Tensor, queries: Tensor, prefixes: Tensor) -> Tensor:
        """Predictions [B, K] at the queries of these entries; dtype of xs."""
        check_shapes(xs, ys, queries)
        parts = self._parts(xs.double(), ys.double(), queries[:, prefixes].double(), prefixes=prefixes)
        said = [self._predict_part(inputs, labels, asked, prefixes) for inputs, labels, asked in parts]
        return torch.cat(said).to(xs.dtype)

    @staticmethod
    def _parts(*tensors: Tensor, prefixes: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Tensors [B, ...] cut along the prompts, so that [B, K, N, N] stays moderate."""
        size = max(1, CHUNK_ENTRIES // (len(prefixes) * tensors[0].shape[1] ** 2))
        return zip(*(tensor.split(size) for tensor in tensors), strict=True)

    def _predict_part(self, xs: Tensor, ys: Tensor, asked: Tensor, prefixes: Tensor) -> Tensor:
        """Predictions [B, K] at asked [B, K, D]."""
        squares = _squared_distances(xs, xs)
        log_lengths = self._log_lengths(squares, ys, prefixes)
        root, whitened = self._factor(squares, ys, prefixes, log_lengths)
        similarity = _kernel(_squared_distances(asked, xs), log_lengths[..., None])  # [B, K, N]
        similarity = similarity * _seen(prefixes, xs.shape[1])
        weights = torch.linalg.solve_triangular(root, similarity[..., None], upper=False)[..., 0]
        return (weights * whitened).sum(-1)

    def _log_lengths(self, squares: Tensor, ys: Tensor, prefixes: Tensor) -> Tensor:
        """log l [B, K] of the highest likelihood, for squared distances [B, N, N]."""
        # Longest first. Where pairs lie far apart, all short ones fit equally well: of equals the first.
        grid = torch.linspace(math.log(self.longest), math.log(self.shortest), GRID, dtype=squares.dtype)
        tried = torch.stack([self._likelihoods(squares, ys, prefixes, length) for length in grid])
        best = (tried >= tried.amax(0) - EQUAL).byte().argmax(0, keepdim=True)
        inside = best.clamp(1, GRID - 2)
        before, here, after = (tried.gather(0, inside + shift)[0] for shift in (-1, 0, 1))
        bend = before - 2 * here + after
        vertex = torch.where(bend < 0, (before - after) / (2 * bend), 0).clamp(-0.5, 0.5)
        # A maximum at either end of the grid, the flat likelihood of one pair among them, stays there.
        shift = torch.where(inside == best, vertex, 0)[0]
        return grid[best[0]] + shift * (grid[1] - grid[0])

    def _likelihoods(self, squares: Tensor, ys: Tensor, prefixes: Tensor, log_length: Tensor) -> Tensor:
        """Log likelihood [B, K] at one length scale, up to a constant of k.

        One factor serves all prefixes: its leading blocks are their own factors.
        """
        covariance = _kernel(squares, log_length)
        covariance.diagonal(dim1=-2, dim2=-1).add_(self.nugget)
        root, _ = torch.linalg.cholesky_ex(covariance)
        whitened = torch.linalg.solve_triangular(root, ys[..., None], upper=False)[..., 0]
        terms = torch.stack([whitened.square(), 2 * root.diagonal(dim1=-2, dim2=-1).log()])
        sums = torch.nn.functional.pad(terms.cumsum(-1), (1, 0))[..., prefixes]  # [2, B, K]
        return _profile_likelihood(sums[0], sums[1], prefixes)

    def _factor(
        self, squares: Tensor, ys: Tensor, prefixes: Tensor, log_lengths: Tensor
    ) -> tuple[Tensor, Tensor]:
        """L [B, K, N, N] with C_l = L L^T on the pairs of each prefix, and L^-1 y [B, K, N].

        Pairs not yet seen have covariance I and label 0, which leaves both as they are.
        """
        seen = _seen(prefixes, ys.shape[1])
        covariance = _kernel(squares[:, None], log_lengths[..., None, None])
        covariance *= seen[:, :, None] * seen[:, None]
        covariance.diagonal(dim1=-2, dim2=-1).copy_(1 + self.nugget * seen)
        root, _ = torch.linalg.cholesky_ex(covariance)
        labels = (ys[:, None] * seen)[..., None]
        return root, torch.linalg.solve_triangular(root, labels, upper=False)[..., 0]


def _squared_distances(points: Tensor, others: Tensor) -> Tensor:
    """|p - q|^2 for points [B, K, D] and others [B, N, D]: [B, K, N]."""
    return (points[:, :, None] - others[:, None]).square().sum(-1)


def _kernel(squares: Tensor, log_lengths: Tensor) -> Tensor:
    return (squares * (-2 * log_lengths).exp() * -0.5).exp()


def _seen(prefixes: Tensor, points: int) -> Tensor:
    """1 for the pairs before each prefix's end, else 0: float64 [K, N]."""
    return (torch.arange(points) < prefixes[:, None]).double()


def _profile_likelihood(quadratic: Tensor, log_determinant: Tensor, prefixes: Tensor) -> Tensor:
    """max over a of log N(y; 0, a C), up to a constant of k, for y^T C^-1 y and log det C, both [B, K]."""
    amplitude = quadratic / prefixes.clamp(min=1)
    tiny = torch.finfo(amplitude.dtype).tiny  # labels that are all 0
    return -0.5 * (prefixes * amplitude.clamp(min=tiny).log() + log_determinant)


def of_one_input(experiment: Experiment) -> SmoothInterpolator | None:
    """The interpolator where there is one input; with more, prompts of this length show nothing smooth."""
    return SmoothInterpolator() if experiment.pretraining.dimension == 1 else None


register(Method("smooth", of_one_input, place=65, usual=True, look=Look("teal", "2px,3px", 2.75)))
