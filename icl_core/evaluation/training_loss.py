"""The population loss that linear attention is trained on, by how prompts get their covariance.

Half of risk(A) = <A, K A> - 2 <A, c> + zero_risk, with A = u U^T; the flow, its limit and the theorem's
condition on the start all follow from the covariance.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.data.randomness import AddressedRandomness
from icl_core.specs import Covariance
from icl_core.theory.iid_flow import flow_limit_iid, gradient_flow_iid, iid_curvature
from icl_core.theory.random_covariance import mean_kronecker
from icl_core.theory.risk import context_second_moments

Array = NDArray[np.float64]
COVARIANCE_SAMPLES = 4096  # stand for a distribution of covariances without moments in closed form


class TrainingLoss(ABC):
    """Tasks have second moment I; K is the risk's curvature, c its drive, both as functions of A [d, d]."""

    @abstractmethod
    def flow(self, times: Array, init_scale: float, theta_theta: Array) -> theory.FlowPath:
        """The weights at these times."""

    @property
    @abstractmethod
    def limit(self) -> theory.FlowLimit:
        """Where the balanced flow ends: Zhang et al. (2023), Theorems 4.1 and 4.5."""

    @abstractmethod
    def risks(self, A: Array) -> Array:
        """Risk [t] of prediction matrices A [t, d, d]."""

    @abstractmethod
    def largest_init_scale(self, theta_theta: Array) -> float:
        """The theorem holds for every initial scale below this one."""

    @property
    @abstractmethod
    def mean_covariance(self) -> Array:
        """E[S] [d, d]."""

    @property
    @abstractmethod
    def curvature_range(self) -> tuple[float, float]:
        """Smallest and largest eigenvalue of K."""

    @property
    @abstractmethod
    def drive(self) -> Array:
        """c = E[S T S] [d, d]."""

    @property
    def limit_risk(self) -> float:
        """The floor: the risk of the limit."""
        U, u = self.limit
        return float(self.risks(u * U.T[None])[0])

    def horizon(self, init_scale: float, tolerance: float = 1e-6) -> float:
        """A time by which what is left to learn has shrunk to `tolerance` or so.

        Escape from the saddle at 0 at the rate ||c||_F, then decay at the slowest rate of the linearised
        flow.
        """
        u = self.limit.u
        escape = max(math.log(u / init_scale), 0.0) / float(np.linalg.norm(self.drive))
        slowest = u**2 * self.curvature_range[0]
        return 1.5 * escape + math.log(1 / tolerance) / slowest


@dataclass(frozen=True, eq=False)
class FixedCovarianceLoss(TrainingLoss):
    """Every prompt has the covariance S [d, d]."""

    S: Array
    context_length: int
    noise_variance: float

    def flow(self, times: Array, init_scale: float, theta_theta: Array) -> theory.FlowPath:
        return theory.gradient_flow(
            self.S, self.context_length, times, init_scale, theta_theta, noise_var=self.noise_variance
        )

    @cached_property
    def limit(self) -> theory.FlowLimit:
        return theory.flow_limit(self.S, self.context_length, noise_var=self.noise_variance)

    def risks(self, A: Array) -> Array:
        predicted = np.einsum("tij,tij->t", self.S @ A @ self._context, A)
        return predicted - 2 * np.einsum("tij,ij->t", A, self.drive) + np.trace(self.S)

    def largest_init_scale(self, theta_theta: Array) -> float:
        return theory.max_init_scale(self.S, self.context_length)

    @property
    def mean_covariance(self) -> Array:
        return self.S

    @property
    def curvature_range(self) -> tuple[float, float]:
        left, right = np.linalg.eigvalsh(self._context), np.linalg.eigvalsh(self.S)
        return float(left[0] * right[0]), float(left[-1] * right[-1])

    @property
    def drive(self) -> Array:
        return self.S @ self.S

    @cached_property
    def _context(self) -> Array:
        return theory.context_second_moment(
            self.S, np.eye(len(self.S)), self.noise_variance, self.context_length
        )


@dataclass(frozen=True, eq=False)
class IidCovarianceLoss(TrainingLoss):
    """Every prompt draws a diagonal covariance of i.i.d. eigenvalues with these moments; exact."""

    moments: theory.SpectrumMoments
    sampled: Array  # [K, d, d], for the theorem's condition alone
    context_length: int
    noise_variance: float

    def flow(self, times: Array, init_scale: float, theta_theta: Array) -> theory.FlowPath:
        d, N = self.sampled.shape[-1], self.context_length
        return gradient_flow_iid(
            self.moments, d, N, times, init_scale, theta_theta, noise_var=self.noise_variance
        )

    @cached_property
    def limit(self) -> theory.FlowLimit:
        d = self.sampled.shape[-1]
        return flow_limit_iid(self.moments, d, self.context_length, self.noise_variance)

    def risks(self, A: Array) -> Array:
        diagonal = np.einsum("tii->t", A)
        predicted = np.einsum("ij,tij->t", self._curvature, A**2)
        return predicted - 2 * self.moments.second * diagonal + A.shape[-1] * self.moments.first

    def largest_init_scale(self, theta_theta: Array) -> float:
        return theory.max_init_scale_random(self.sampled, self.context_length, theta_theta)

    @property
    def mean_covariance(self) -> Array:
        return self.moments.first * np.eye(self.sampled.shape[-1])

    @property
    def curvature_range(self) -> tuple[float, float]:
        return float(self._curvature.min()), float(self._curvature.max())

    @property
    def drive(self) -> Array:
        return self.moments.second * np.eye(self.sampled.shape[-1])

    @property
    def _curvature(self) -> Array:
        d = self.sampled.shape[-1]
        return iid_curvature(self.moments, d, self.noise_variance, self.context_length)


@dataclass(frozen=True, eq=False)
class SampledCovarianceLoss(TrainingLoss):
    """Every prompt draws one of the covariances [K, d, d] with equal chances."""

    covariances: Array
    context_length: int
    noise_variance: float

    def flow(self, times: Array, init_scale: float, theta_theta: Array) -> theory.FlowPath:
        return theory.gradient_flow_random(
            self.covariances,
            self.context_length,
            times,
            init_scale,
            theta_theta,
            noise_var=self.noise_variance,
        )

    @cached_property
    def limit(self) -> theory.FlowLimit:
        return theory.flow_limit_random(self.covariances, self.context_length, noise_var=self.noise_variance)

    def risks(self, A: Array) -> Array:
        flat = A.reshape(len(A), -1)  # [t, d * d]
        predicted = np.einsum("ti,ti->t", flat @ self._curvature, flat)
        zero_risk = np.trace(self.mean_covariance)
        return predicted - 2 * flat @ self.drive.ravel() + zero_risk

    def largest_init_scale(self, theta_theta: Array) -> float:
        return theory.max_init_scale_random(self.covariances, self.context_length, theta_theta)

    @property
    def mean_covariance(self) -> Array:
        return self.covariances.mean(axis=0)

    @cached_property
    def curvature_range(self) -> tuple[float, float]:
        """Of what is learned: directions of no curvature, as rank-one covariances have them, never move."""
        eigenvalues = np.linalg.eigvalsh(self._curvature)
        rounding = np.finfo(np.float64).eps * len(eigenvalues) * eigenvalues[-1]
        return float(eigenvalues[eigenvalues > rounding].min()), float(eigenvalues[-1])

    @cached_property
    def drive(self) -> Array:
        return np.mean(self.covariances @ self.covariances, axis=0)

    @cached_property
    def _curvature(self) -> Array:
        identity = np.eye(self.covariances.shape[-1])
        G = context_second_moments(self.covariances, identity, self.noise_variance, self.context_length)
        return mean_kronecker(self.covariances, G)


def training_loss(
    covariates: Covariance, dimension: int, context_length: int, noise_variance: float, seed: int
) -> TrainingLoss:
    """The loss on prompts of these covariates; `seed` draws the sample that stands for random covariances."""
    if not covariates.is_random:
        S = covariates.second_moment(dimension).numpy()
        return FixedCovarianceLoss(S, context_length, noise_variance)
    randomness = AddressedRandomness.of(seed, "dynamics")
    sampled = covariates.matrices(randomness, COVARIANCE_SAMPLES, dimension).double().numpy()
    if covariates.eigenvalue_moments is None:
        return SampledCovarianceLoss(sampled, context_length, noise_variance)
    moments = theory.SpectrumMoments(*covariates.eigenvalue_moments)
    return IidCovarianceLoss(moments, sampled, context_length, noise_variance)
