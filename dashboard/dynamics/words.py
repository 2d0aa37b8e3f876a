"""Sentences and formulas about a training by gradient flow, computed from its numbers."""

from __future__ import annotations

import math

import numpy as np

from dashboard.frame.texts import joined, t
from dashboard.say.describe import covariance_name
from icl_core.evaluation.dynamics import ScaleScan, Trajectory
from icl_core.evaluation.sgd_check import SgdRun
from icl_core.figures.dynamics import DynamicsLabels, frame_moments
from icl_core.figures.initial_scale import BalanceLabels, ScaleLabels

MOST_LISTED = 5
CLOSE = 1e-3
PLATEAU = 0.05  # a share learned below this at the start looks flat at first
OVERSHOT = 1.1
ROUNDING = 1e-15  # no agreement is better than this


def written(value: float, digits: int = 3) -> str:
    """A number of so many digits; a large one without a power of ten, which no one reads at a glance."""
    return f"{value:,.0f}" if 10**digits - 0.5 <= value < 1e7 else f"{value:.{digits}g}"


def labels(trajectory: Trajectory) -> DynamicsLabels:
    """The animation's texts."""
    balanced = trajectory.spec.is_balanced
    limit = t(
        "dynamics.figure.limit" if balanced else "dynamics.figure.balanced_limit", theorem=theorem(trajectory)
    )
    return DynamicsLabels(
        key_query=t("dynamics.figure.key_query"),
        value=t("dynamics.figure.value"),
        limit=limit,
        time=t("dynamics.figure.time"),
        loss=t("dynamics.figure.loss"),
        floor=t("dynamics.figure.floor"),
        learned=t("dynamics.figure.learned"),
        direction=t("dynamics.figure.direction"),
        half_time=t("dynamics.figure.half_time"),
        logistic=t("dynamics.figure.logistic"),
        sgd=t("dynamics.figure.sgd"),
        play=t("dynamics.figure.play"),
        pause=t("dynamics.figure.pause"),
        prefix="t = ",
    )


def scale_labels(trajectory: Trajectory) -> ScaleLabels:
    """Texts of the scan over initial scales."""
    return ScaleLabels(
        scale=t("dynamics.scale"),
        time=t("dynamics.figure.learning_time"),
        promised=t("dynamics.figure.promised", theorem=theorem(trajectory)),
        silent=t("dynamics.figure.silent"),
        other=t("dynamics.figure.other"),
        reached=t("dynamics.figure.reached"),
        missed=t("dynamics.figure.missed"),
        now="σ = {value}",
    )


def balance_labels() -> BalanceLabels:
    """Texts of the conserved quantity."""
    return BalanceLabels(
        time=t("dynamics.figure.time"),
        u_squared="u²",
        U_squared="‖U‖²",
        difference="‖U‖² − u²",
    )


def theorem(trajectory: Trajectory) -> str:
    """The theorem that speaks of this training."""
    return "4.5" if trajectory.spec.covariates.is_random else "4.1"


def title(trajectory: Trajectory) -> str:
    """What the figure shows now."""
    spec, shares, passes = trajectory.spec, trajectory.learned[0], trajectory.passes
    if spec.start == "zero":
        return t("dynamics.title.zero")
    if trajectory.distance >= CLOSE:
        return t("dynamics.title.far", distance=written(trajectory.distance, 2))
    if spec.covariates.is_random:
        return t("dynamics.title.random", floor=f"{trajectory.floor:.2f}")
    ahead = int(np.sum(shares >= 0.5))
    if ahead == len(shares):
        return _title_ahead(shares)
    if ahead > 0:
        last = f"{passes.max():.2g}"
        return t("dynamics.title.some_ahead", count=ahead, dimension=len(shares), time=last)
    first, last = trajectory.eigenvalues[0], trajectory.eigenvalues[-1]
    if first - last < 1e-9 * first:
        return _title_alike(trajectory)
    if np.any(np.diff(passes) < 0):
        return t("dynamics.title.plain", time=f"{passes.max():.2g}")
    return t(
        "dynamics.title.directions",
        first=f"{first:.3g}",
        first_time=f"{passes[0]:.2g}",
        last=f"{last:.3g}",
        last_time=f"{passes[-1]:.2g}",
    )


def _title_ahead(shares: np.ndarray) -> str:
    """Of a start from which every direction has at least half of its limit."""
    low, high = (written(share, 2) for share in (shares.min(), shares.max()))
    where = "beyond" if shares.min() > 1 else "ahead"
    if low == high:
        return t(f"dynamics.title.all_{where}_alike", share=low)
    return t(f"dynamics.title.all_{where}", low=low, high=high)


def _title_alike(trajectory: Trajectory) -> str:
    """Of directions of equal variance."""
    first, last = f"{trajectory.passes.min():.3g}", f"{trajectory.passes.max():.3g}"
    if first != last:
        return t("dynamics.title.apart", first=first, last=last)
    plateau = trajectory.learned[0].max() < PLATEAU
    half = first if trajectory.half_time is None else f"{trajectory.half_time:.3g}"
    return t("dynamics.title.together" if plateau else "dynamics.title.equal", time=half)


def reading(trajectory: Trajectory) -> str:
    """The figure read aloud."""
    spec, losses = trajectory.spec, trajectory.losses
    if spec.start == "zero":
        return t("dynamics.reading.zero", loss=f"{losses[-1]:.2f}", floor=f"{trajectory.floor:.3f}")
    text = t(
        "dynamics.reading.fall",
        before=written(losses[0]),
        after=f"{losses[-1]:.3f}",
        floor=f"{trajectory.floor:.3f}",
    )
    near = trajectory.distance < CLOSE
    distance = f"{max(trajectory.distance, ROUNDING):.0e}" if near else f"{trajectory.distance:.2g}"
    sentences = [text]
    if spec.is_balanced:
        sentences += [
            t("dynamics.reading.near" if near else "dynamics.reading.far", distance=distance),
            t("dynamics.reading.promised" if trajectory.is_admissible else "dynamics.reading.silent"),
        ]
    else:
        sentences.append(
            t(
                "dynamics.reading.unbalanced" if near else "dynamics.reading.unbalanced_far",
                balance=f"{trajectory.path.balance[0]:.3g}",
                distance=distance,
            )
        )
    return joined("sentences", (*sentences, *_over_one(trajectory.learned)))


def moments(trajectory: Trajectory, log_time: bool) -> dict[str, dict[str, str]]:
    """What each frame of the animation shows, by its name."""
    return {
        name: {"sentence": _moment(trajectory, name, moment)}
        for name, moment in frame_moments(trajectory, log_time)
    }


def _moment(trajectory: Trajectory, time: str, moment: int) -> str:
    shares = trajectory.learned[moment]
    return t(
        "dynamics.moment",
        time=time,
        loss=f"{trajectory.losses[moment]:.3f}",
        floor=f"{trajectory.floor:.3f}",
        low=f"{shares.min():.2f}",
        high=f"{shares.max():.2f}",
    )


def _over_one(learned: np.ndarray) -> list[str]:
    """Why a share [t, d] is above 1: it begins there, or it gets there by more than the eye would miss."""
    start, highest = float(learned[0].max()), float(learned.max())
    if highest > OVERSHOT * max(start, 1.0):
        return [t("dynamics.reading.overshoot", highest=written(highest))]
    if start > 1.01:
        return [t("dynamics.reading.large", highest=written(start))]
    return []


def scan_caption(trajectory: Trajectory, scan: ScaleScan) -> str:
    """What the scan over initial scales shows, counted."""
    reached, promised = scan.reached, scan.promised
    beyond = int(np.sum(~promised))
    there = int(np.sum(reached & ~promised))
    count = len(scan.scales)
    sentences = [t("dynamics.scan", count=count)]
    if not trajectory.spec.is_balanced:
        sentences.append(t("dynamics.scan.other", reached=int(reached.sum()), count=count))
    else:
        sentences.append(t("dynamics.scan.promised"))
        if there == beyond:
            sentences.append(t("dynamics.scan.all_beyond", beyond=beyond))
        else:
            sentences.append(t("dynamics.scan.beyond", reached=there, beyond=beyond))
        if there > 0:
            sentences.append(t("dynamics.scan.sufficient"))
    if not reached.all():
        sentences.append(t("dynamics.scan.crosses"))
    return joined("sentences", sentences)


def balance_caption(trajectory: Trajectory) -> str:
    """How both sizes move and what is conserved of them."""
    sizes, entry = np.sum(trajectory.path.U**2, axis=(1, 2)), trajectory.path.u**2
    if trajectory.spec.start == "zero":
        return t("dynamics.balance.zero")
    if not trajectory.spec.is_balanced:
        return t(
            "dynamics.balance.unbalanced",
            sizes_before=f"{sizes[0]:.3g}",
            sizes_after=f"{sizes[-1]:.3g}",
            entry_before=f"{entry[0]:.3g}",
            entry_after=f"{entry[-1]:.3g}",
            difference=f"{trajectory.path.balance[0]:.3g}",
        )
    steady = 0.01 * entry.max()
    if np.all(np.diff(entry) >= -1e-6 * entry.max()) and entry[-1] - entry[0] > steady:
        return t("dynamics.balance.grow")
    if np.all(np.diff(entry) <= 1e-6 * entry.max()) and entry[0] - entry[-1] > steady:
        return t("dynamics.balance.fall")
    return t("dynamics.balance.move")


def provenance(trajectory: Trajectory) -> str:
    """Where the numbers come from."""
    spec = trajectory.spec
    exact = not spec.covariates.is_random or spec.covariates.eigenvalue_moments is not None
    source = t("dynamics.provenance.exact") if exact else t("dynamics.provenance.sampled")
    drift = float(np.abs(trajectory.path.balance - trajectory.path.balance[0]).max())
    if spec.start == "zero":
        conserved = t("dynamics.provenance.still")
    else:
        conserved = t("dynamics.provenance.drift", drift=f"{max(drift, ROUNDING):.0e}")
    return t(
        "dynamics.provenance",
        covariance=covariance_name(spec.covariates),
        dimension=spec.dimension,
        length=spec.context_length,
        source=source,
        conserved=conserved,
        hash=spec.hash,
        seed=spec.seed,
    )


def sgd_reading(run: SgdRun, weights: float, risk: float) -> str:
    """How far SGD is from the flow: the largest deviations of weights and, relatively, of the loss."""
    return t(
        "dynamics.sgd.reading",
        steps=f"{run.steps:,}",
        batch=f"{run.batch:,}",
        rate=f"{run.rate:.2g}",
        end=f"{run.times[-1]:.3g}",
        weights=f"{weights:.3f}",
        risk=f"{100 * risk:.1f}",
        other=f"{run.largest_other:.3f}",
    )


def formulas(trajectory: Trajectory) -> list[tuple[str, str]]:
    """Statements with the current numbers: where each stands in the paper, and its LaTeX."""
    random = trajectory.spec.covariates.is_random
    found = [
        (t("dynamics.formula.flow"), _flow(random)),
        (t("dynamics.formula.limit", theorem=theorem(trajectory)), _limit(trajectory)),
        _condition(trajectory),
        (
            t("dynamics.formula.conserved" if trajectory.spec.is_balanced else "dynamics.formula.difference"),
            _conserved(trajectory),
        ),
    ]
    if trajectory.half_time is not None:
        found.append((t("dynamics.formula.logistic"), _logistic(trajectory)))
    return found


def _flow(random: bool) -> str:
    gradient = r"\mathbb{E}_\Lambda[\Lambda(A\,G_\Lambda-\Lambda)]" if random else r"\Lambda(A\,G-\Lambda)"
    return rf"\dot U=-u\,E^\top,\quad \dot u=-\langle E,U^\top\rangle,\quad E={gradient},\quad A=u\,U^\top"


def _limit(trajectory: Trajectory) -> str:
    spec, (U, u) = trajectory.spec, trajectory.limit
    key_query = r"W^{KQ}_\ast=\begin{bmatrix}U_\ast&0\\0&0\end{bmatrix}"
    shape = key_query + r",\quad W^{PV}_\ast=\begin{bmatrix}0&0\\0&u_\ast\end{bmatrix},"
    if spec.covariates.is_random:
        product = r"u_\ast U_\ast=[\mathbb{E}\,\Gamma_\Lambda\Lambda^2]^{-1}\,\mathbb{E}[\Lambda^2]"
        numbers = rf"\operatorname{{diag}}(u_\ast U_\ast)={_listed(np.diag(u * U))}"
    else:
        noise = r"+\sigma_\varepsilon^2" if spec.noise_variance else ""
        gamma = rf"\left(1+\tfrac1N\right)\Lambda+\tfrac1N(\operatorname{{tr}}\Lambda{noise})I"
        product = rf"u_\ast U_\ast=\Gamma^{{-1}},\quad \Gamma={gamma}"
        whose = t("dynamics.formula.eigenvalues", matrix=r"}\Gamma\text{")
        numbers = rf"\text{{{whose}}}={_listed(1 / np.linalg.eigvalsh(u * U))}"
    return rf"\begin{{gathered}}{shape}\\[2pt]{product}\\[2pt]{numbers},\quad u_\ast={u:.4g}\end{{gathered}}"


def _condition(trajectory: Trajectory) -> tuple[str, str]:
    spec, largest = trajectory.spec, trajectory.largest_init_scale
    if largest is None:
        norm = float(np.linalg.norm(spec.theta_theta))
        name = t("dynamics.formula.no_condition", theorem=theorem(trajectory))
        return name, rf"\lVert\Theta\Theta^\top\rVert_F={norm:.3g}\ne1"
    name = t("dynamics.formula.condition", theorem=theorem(trajectory))
    value = 2 * (spec.init_scale / largest) ** 2
    sign = "<" if value < 2 else r"\ge"
    if spec.covariates.is_random:
        ratio = (
            r"\frac{\sqrt d\;\mathbb{E}[\lVert\Gamma_\Lambda\rVert_{op}\lVert\Lambda\rVert_F^2]}"
            r"{\lVert\mathbb{E}[\Lambda]\Theta\rVert_F^2}"
        )
        return name, rf"\sigma^2\,{ratio}={value:.3g}{sign}2"
    return name, (
        rf"\sigma^2\lVert\Gamma\rVert_{{op}}\sqrt d={value:.3g}{sign}2"
        rf"\quad(\sigma={spec.init_scale:.3g},\;d={spec.dimension})"
    )


def _conserved(trajectory: Trajectory) -> str:
    before, after = trajectory.path.balance[0], trajectory.path.balance[-1]
    return (
        r"\lVert U(t)\rVert_F^2-u(t)^2=\lVert U(0)\rVert_F^2-u(0)^2:\quad "
        rf"{_scientific(before)}\;\to\;{_scientific(after)}"
    )


def _logistic(trajectory: Trajectory) -> str:
    d, half = trajectory.spec.dimension, trajectory.half_time
    limit = trajectory.limit.u**2
    lag = limit / trajectory.spec.init_scale**2 - 1
    return (
        r"u(t)^2=\frac{z_\infty}{1+(z_\infty/\sigma^2-1)\,e^{-2\lambda^2\sqrt d\,t}}"
        rf"=\frac{{{limit:.4g}}}{{1{lag:+.4g}\,e^{{-{2 * math.sqrt(d):.4g}\,t}}}}"
        + (rf",\quad t_{{1/2}}={half:.4g}" if half else "")
    )


def _listed(values: np.ndarray) -> str:
    """Numbers in parentheses; of many, the first two and the last."""
    texts = [f"{value:.3g}" for value in values]
    if len(texts) > MOST_LISTED:
        texts = [*texts[:2], r"\dots", texts[-1]]
    return "(" + ",\\,".join(texts) + ")"


def _scientific(value: float) -> str:
    """A number, powers of ten written out where it is tiny."""
    if value == 0 or abs(value) >= 1e-8:
        return f"{value:.4g}"
    exponent = math.floor(math.log10(abs(value)))
    return rf"{value / 10**exponent:.1f}\cdot10^{{{exponent}}}"
