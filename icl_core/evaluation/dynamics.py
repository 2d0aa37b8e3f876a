"""Training of linear attention by gradient flow, as a spec and as the trajectory that it gives.

Setting of Zhang, Frei and Bartlett (arXiv 2306.09927), sections 3 and 4: one layer of linear self-attention,
tasks w ~ N(0, I), W^KQ(0) = s diag(Theta Theta^T, 0) and W^PV(0) = s diag(0, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.data.covariance import Identity, PowerLaw
from icl_core.evaluation.training_loss import TrainingLoss, training_loss
from icl_core.specs import Covariance, Pretraining, Spec, require

Array = NDArray[np.float64]
Start = Literal["identity", "random", "unbalanced", "zero"]

LARGEST_DIMENSION = 20  # the flow couples d^2 + 1 numbers
SMALLEST_EIGENVALUE = 1e-5  # relative; below it the last direction takes longer than can be followed
TIMES = 241
SCALES = np.geomspace(0.01, 10.0, 13)


@dataclass(frozen=True)
class Dynamics(Spec):
    """One training by gradient flow. `label_noise` is the labels' noise sd over sqrt(v), v = tr E[S].

    `start` is the shape of Theta Theta^T: I / sqrt(d); a random positive definite matrix of norm 1; twice
    the first, which breaks the balance ||U||_F = u that Assumption 3.3 asks for; or nothing moves at all:
    both matrices 0.
    """

    dimension: int = 4
    covariates: Covariance = field(default_factory=PowerLaw)
    context_length: int = 20
    label_noise: float = 0.0
    start: Start = "identity"
    init_scale: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        require(
            1 <= self.dimension <= LARGEST_DIMENSION,
            "dimension",
            self.dimension,
            "1 to {most} inputs, which the flow can be followed for",
            most=LARGEST_DIMENSION,
        )
        require(1 <= self.context_length <= 512, "context_length", self.context_length, "1 to 512")
        require(0 <= self.label_noise <= 10, "label_noise", self.label_noise, "0 to 10")
        require(0.001 <= self.init_scale <= 100, "init_scale", self.init_scale, "0.001 to 100")
        require(0 <= self.seed < 2**31, "seed", self.seed, "0 to 2^31 - 1")
        require(self.covariates.is_gaussian, "covariates", self.covariates.kind, "Gaussian inputs")
        eigenvalues = np.linalg.eigvalsh(self.covariates.second_moment(self.dimension).numpy())
        require(
            eigenvalues[0] > SMALLEST_EIGENVALUE * eigenvalues[-1],
            "covariates",
            self.covariates.kind,
            "a covariance of full rank, whose every direction can be learned in reasonable time",
        )

    @classmethod
    def of(cls, pretraining: Pretraining, start: Start, init_scale: float, seed: int = 0) -> Dynamics:
        """The inputs, length and noise of a pretraining. Raises SpecError where no flow can be followed."""
        return cls(
            dimension=pretraining.dimension,
            covariates=pretraining.covariates,
            context_length=pretraining.context_length,
            label_noise=pretraining.label_noise,
            start=start,
            init_scale=init_scale,
            seed=seed,
        )

    @property
    def noise_variance(self) -> float:
        """Variance of the label noise, in the labels' units."""
        return self.label_noise**2 * float(self.covariates.second_moment(self.dimension).trace())

    @property
    def theta_theta(self) -> Array:
        """Theta Theta^T [d, d]; all zeros for the start at zero."""
        identity = np.eye(self.dimension) / np.sqrt(self.dimension)
        shapes: dict[Start, Callable[[], Array]] = {
            "identity": lambda: identity,
            "random": lambda: _random_shape(self.dimension, self.seed),
            "unbalanced": lambda: 2 * identity,
            "zero": lambda: 0 * identity,
        }
        return shapes[self.start]()

    @property
    def is_balanced(self) -> bool:
        """Whether the start is the theorem's, Assumption 3.3: ||Theta Theta^T||_F = 1, so that ||U|| = u."""
        return self.start in ("identity", "random")

    @property
    def is_isotropic(self) -> bool:
        """Whether the flow has a solution in closed form: S = I and the start proportional to it."""
        return isinstance(self.covariates, Identity) and self.start == "identity"

    def loss(self) -> TrainingLoss:
        """The population loss of the training prompts."""
        return training_loss(
            self.covariates, self.dimension, self.context_length, self.noise_variance, self.seed
        )


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The weights over time and what follows from them.

    Losses are risks over v: 1 for the zero predictor. `directions` [d, d] holds eigenvectors of E[S] as
    columns, of the largest eigenvalue first. `largest_init_scale`: the theorem promises the minimum below it;
    None where the start is not the theorem's.
    """

    spec: Dynamics
    path: theory.FlowPath
    limit: theory.FlowLimit
    losses: Array
    floor: float
    eigenvalues: Array
    directions: Array
    largest_init_scale: float | None

    @cached_property
    def learned(self) -> Array:
        """v_i^T A(t) v_i over the same of the limit: 0 before a direction is learned, 1 after, [t, d]."""
        U, u = self.limit
        return _quadratic_forms(self.path.A, self.directions) / _quadratic_forms(
            u * U.T[None], self.directions
        )

    @property
    def is_admissible(self) -> bool:
        """Whether the theorem promises this start the global minimum."""
        return self.largest_init_scale is not None and self.spec.init_scale < self.largest_init_scale

    @property
    def distance(self) -> float:
        """Largest deviation of the last A from the global minimum's, relative to that one's largest entry."""
        U, u = self.limit
        return float(np.abs(self.path.A[-1] - u * U.T).max() / np.abs(u * U).max())

    @property
    def logistic(self) -> Array | None:
        """The exact `learned` of an isotropic flow [t]; None for any other."""
        spec = self.spec
        if not spec.is_isotropic:
            return None
        a = theory.flow_logistic(
            self.path.times,
            spec.dimension,
            spec.context_length,
            spec.init_scale,
            noise_var=spec.noise_variance,
        )
        return a / (self.limit.u * self.limit.U[0, 0])

    @property
    def half_time(self) -> float | None:
        """When an isotropic flow passes half its limit; None for any other."""
        spec = self.spec
        if not spec.is_isotropic:
            return None
        return theory.flow_half_time(
            spec.dimension, spec.context_length, spec.init_scale, noise_var=spec.noise_variance
        )

    @property
    def passes(self) -> Array:
        """When each direction is half learned, [d]; NaN for one that is not by the end."""
        return np.array([_crossing(self.path.times, line) for line in self.learned.T])

    def frames(self, count: int, log_time: bool) -> list[int]:
        """Positions of `count` moments or so, spaced so that both the clock and the weights move evenly."""
        clock = np.log(np.maximum(self.path.times, self.path.times[1])) if log_time else self.path.times
        state = np.concatenate([self.path.U.reshape(len(clock), -1), self.path.u[:, None]], axis=1)
        moved = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(state, axis=0), axis=1))])
        progress = _share(clock) + 2 * _share(moved)
        wanted = np.linspace(progress[0], progress[-1], count)
        return sorted(
            {0, *np.searchsorted(progress, wanted).clip(max=len(clock) - 1).tolist(), len(clock) - 1}
        )


def trajectory(spec: Dynamics) -> Trajectory:
    """The flow of a spec from time 0 until nothing is left to learn."""
    loss = spec.loss()
    v = float(np.trace(loss.mean_covariance))
    if spec.start == "zero":
        path = _resting(spec.dimension, loss.horizon(spec.init_scale))
    else:
        path = loss.flow(_times(loss, spec.init_scale), spec.init_scale, spec.theta_theta)
    eigenvalues, directions = np.linalg.eigh(loss.mean_covariance)
    return Trajectory(
        spec,
        path,
        loss.limit,
        losses=loss.risks(path.A) / v,
        floor=loss.limit_risk / v,
        eigenvalues=eigenvalues[::-1],
        directions=directions[:, ::-1],
        largest_init_scale=_largest_init_scale(loss, spec),
    )


@dataclass(frozen=True, eq=False)
class ScaleScan:
    """The same training from several initial scales [n]: when and whether it learned.

    `times` are those at which 99% of the loss above the floor is gone, NaN if it never is; `ends` those at
    which the flow was stopped. `largest_init_scale` as in `Trajectory`.
    """

    scales: Array
    times: Array
    ends: Array
    reached: NDArray[np.bool_]
    largest_init_scale: float | None

    @property
    def promised(self) -> NDArray[np.bool_]:
        """The scales [n] from which the theorem promises the minimum."""
        largest = self.largest_init_scale
        return np.zeros(len(self.scales), dtype=bool) if largest is None else self.scales < largest


def scale_scan(spec: Dynamics, scales: Array = SCALES, tolerance: float = 1e-3) -> ScaleScan:
    """Trains from each scale; `reached`: every entry of A within `tolerance` of the minimum's, relatively."""
    loss = spec.loss()
    U, u = loss.limit
    target, floor, zero_loss = u * U.T, loss.limit_risk, float(np.trace(loss.mean_covariance))
    times, ends, reached = [], [], []
    for scale in scales.tolist():
        path = loss.flow(_times(loss, scale), scale, spec.theta_theta)
        left = (loss.risks(path.A) - floor) / (zero_loss - floor)
        times.append(_last_crossing(path.times, left, 0.01))
        ends.append(float(path.times[-1]))
        reached.append(bool(np.abs(path.A[-1] - target).max() <= tolerance * np.abs(target).max()))
    largest = _largest_init_scale(loss, spec)
    return ScaleScan(scales, np.array(times), np.array(ends), np.array(reached), largest)


def _largest_init_scale(loss: TrainingLoss, spec: Dynamics) -> float | None:
    """The theorem's limit; None for a start that it is not about."""
    return loss.largest_init_scale(spec.theta_theta) if spec.is_balanced else None


def _times(loss: TrainingLoss, init_scale: float) -> Array:
    """0 and then geometrically spaced times: directions differ in their rates by orders of magnitude."""
    end = loss.horizon(init_scale)
    fastest = 1 / (loss.curvature_range[1] * max(loss.limit.u, init_scale) ** 2)
    start = min(0.1 * fastest, 1e-3 * end)
    return np.concatenate([[0.0], np.geomspace(start, end, TIMES - 1)])


def _resting(dimension: int, end: float) -> theory.FlowPath:
    """Both matrices 0: a stationary point, so that nothing ever moves."""
    times = np.concatenate([[0.0], np.geomspace(1e-3 * end, end, TIMES - 1)])
    return theory.FlowPath(times, np.zeros((TIMES, dimension, dimension)), np.zeros(TIMES))


def _random_shape(dimension: int, seed: int) -> Array:
    root = np.random.default_rng([seed, 0x7E7A]).standard_normal((dimension, dimension))
    shape = root @ root.T
    return shape / np.linalg.norm(shape)


def _quadratic_forms(A: Array, directions: Array) -> Array:
    """v_i^T A v_i of matrices [t, d, d] for the columns v_i of `directions` [d, d]: [t, d]."""
    return np.einsum("di,tde,ei->ti", directions, A, directions)


def _crossing(times: Array, line: Array, level: float = 0.5) -> float:
    """The first time at which `line` reaches `level`, between grid points by linear interpolation."""
    above = np.flatnonzero(line >= level)
    if len(above) == 0:
        return float("nan")
    first = int(above[0])
    if first == 0:
        return float(times[0])
    share = (level - line[first - 1]) / (line[first] - line[first - 1])
    return float(times[first - 1] + share * (times[first] - times[first - 1]))


def _last_crossing(times: Array, line: Array, level: float) -> float:
    """The time after which `line` stays below `level`; NaN if it ends above it."""
    above = np.flatnonzero(line > level)
    if len(above) == 0:
        return float(times[0])
    last = int(above[-1])
    return float("nan") if last == len(line) - 1 else float(times[last + 1])


def _share(values: Array) -> Array:
    """Values from 0 to 1, in proportion."""
    span = values[-1] - values[0]
    return (values - values[0]) / span if span > 0 else np.zeros_like(values)
