"""What a model was pretrained on and what it is tested on: the specs that everything else takes."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Self, cast

from icl_core.codec import Kind, Spec, SpecError, within
from icl_core.look import Look

if TYPE_CHECKING:
    from torch import Tensor

    from icl_core.data.families import GaussianFamily
    from icl_core.data.function_classes import Functions
    from icl_core.data.moments import Moments
    from icl_core.data.randomness import Randomness
    from icl_core.models.network import InContextNetwork

__all__ = [
    "Component",
    "Covariance",
    "Evaluation",
    "Experiment",
    "FunctionClass",
    "Kind",
    "MagnitudeRange",
    "Mixture",
    "Model",
    "Pretraining",
    "Recipe",
    "Shift",
    "Spec",
    "SpecError",
    "Stage",
    "check_weight",
    "normalised",
    "require",
]

MAX_DIMENSION = 64
MAX_CONTEXT = 512
MAX_PROMPTS = 2**20
MAX_MIXED = 64  # components of a mixture, of families or of covariances
MAX_STAGES = 64  # of a curriculum
MAY_GROW = "none, or a model with at most {inputs} inputs, this architecture and at most {rows} positions"
MAY_NOT_GROW = "none, or a model with {inputs} inputs, this architecture and {rows} positions"
SMALLEST_SHARE = 1e-9  # of a component of a mixture


def require(condition: bool, field: str, value: object, allowed: str, /, **places: object) -> None:
    """Raises SpecError(field, value, allowed, **places) unless the condition holds."""
    if not condition:
        raise SpecError(field, value, allowed, **places)


def check_weight(weight: float) -> None:
    """Raises SpecError unless it can be the weight of a component of a mixture."""
    require(SMALLEST_SHARE <= weight <= 1e9, "weight", weight, "10^-9 to 10^9")


def normalised(weights: Sequence[float]) -> tuple[float, ...]:
    """Shares in proportion to weights, of sum 1 (up to 1e-12: such weights stay as they are).

    Raises SpecError where a share would be below 1e-9.
    """
    total = math.fsum(weights)
    if abs(total - 1) <= 1e-12:
        return tuple(weights)
    shares = tuple(weight / total for weight in weights)
    smallest = min(shares)
    require(smallest >= SMALLEST_SHARE, "components", smallest, "shares of 10^-9 or more")
    return shares


class Covariance(Kind):
    """A distribution of covariates x, by the covariance that its prompts have (E tr = D, or 1-D uniform).

    `is_random`: every prompt draws its own covariance. `is_gaussian`: x is Gaussian given its prompt's
    covariance, of mean 0.
    """

    is_random: ClassVar[bool] = False
    is_gaussian: ClassVar[bool] = True
    eigenvalue_moments: ClassVar[tuple[float, float, float] | None] = None  # E s^p of iid diagonal entries s

    def expectation(self, dimension: int) -> Tensor:
        """E[x], float64 [D]: 0 for all but covariates with a mean."""
        return self.second_moment(dimension).diagonal() * 0

    @abstractmethod
    def second_moment(self, dimension: int) -> Tensor:
        """E[x x^T], float64 [D, D]. Raises SpecError where the kind does not fit the dimension."""

    @abstractmethod
    def fourth_moments(self, dimension: int) -> Tensor:
        """E[x_i^4] of each input, float64 [D]."""

    @abstractmethod
    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        """The covariance of each prompt [B, D, D]; of prompt b the one that `covariates` uses there."""

    @abstractmethod
    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        """Covariates [B, N, D]; point i of prompt b depends on (randomness, b, i) alone."""

    def leading(self, inputs: int) -> Covariance:
        """The covariates of a prompt on so few inputs, as a stage of a curriculum has them.

        Kinds that fit any number of inputs are themselves; one's own covariance keeps its first inputs.
        """
        return self

    def label_variance(self, dimension: int) -> float:
        """v = E f(x)^2, the same for every family pretrained on these covariates: tr E[x x^T], 1 in 1-D."""
        return 1.0 if dimension == 1 else float(self.second_moment(dimension).trace())


class FunctionClass(Kind):
    """A family of functions f with E f(x)^2 = v under the pretraining covariates; v: `label_variance`.

    `place` orders families in menus; `look` is the line that they ask for, else one of the palette's cycle;
    `pretrained`: menus offer the default member to pretrain on too, alone and half and half with dense ones.
    The catalogues name a family as `family.KIND`, with its `wording`, and in short as `family_short.KIND`.
    """

    place: ClassVar[int] = 95
    look: ClassVar[Look | None] = None
    pretrained: ClassVar[bool] = False

    @staticmethod
    def in_order() -> list[type[FunctionClass]]:
        """All families, as menus have them."""
        kinds = cast("Iterable[type[FunctionClass]]", FunctionClass.kinds.values())
        return sorted(kinds, key=lambda kind: kind.place)

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        """Members that menus of test functions offer for D inputs: the default one, where it fits."""
        member = cls()
        try:
            member.check(dimension)
        except SpecError:
            return ()
        return (member,)

    @property
    def wording(self) -> dict[str, object]:
        """What the family's name may say of it: its fields."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def check(self, dimension: int) -> None:
        """Raises SpecError where the family does not fit the dimension."""

    @abstractmethod
    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        """One function per prompt; function b depends on (randomness, b) alone."""

    @abstractmethod
    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily | None:
        """The prior as a Gaussian family, for the Bayes learner; None where that is not computable."""

    @property
    def unknown_support(self) -> int | None:
        """Number of nonzero weights where their places must be found in context; None elsewhere."""
        return None

    def task_second_moment(self, covariates: Covariance, dimension: int) -> Tensor | None:
        """T = E[w w^T] of a linear family's weights, float64 [D, D]; None for every other family."""
        return None


class MagnitudeRange(NamedTuple):
    """The magnitudes that a slider offers; at `neutral` there is no shift."""

    low: float
    high: float
    step: float
    neutral: float = 0.0


class Shift(Kind):
    """A change between pretraining and test, of one magnitude; each method changes nothing unless overridden.

    S is the second moment E[x x^T] of the test covariates before the shift. The kinds are in
    `icl_core.data.shifts`.
    """

    range: ClassVar[MagnitudeRange]
    keeps_functions: ClassVar[bool] = True  # whether the functions are those of `mixture`, unchanged

    @property
    @abstractmethod
    def magnitude(self) -> float:
        """How strong; 0 is no shift."""

    def check(self, pretraining: Pretraining, mixture: Mixture) -> None:
        """Raises SpecError where the shift does not fit the inputs or the test prompts' families."""

    def mixture(self, mixture: Mixture) -> Mixture:
        """The families of the test prompts."""
        return mixture

    def covariates(self, xs: Tensor, S: Tensor) -> Tensor:
        """Context points and queries [B, N, D]."""
        return xs

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        """Queries [B, N, D], which start as the points xs; entry k may depend on xs[:, :k + 1] alone."""
        return xs

    def functions(self, functions: Functions, pretraining: Pretraining) -> Functions:
        """The functions that label context points and queries."""
        return functions

    def noise_variance(self, noise_variance: float, pretraining: Pretraining) -> float:
        """Variance of the label noise."""
        return noise_variance

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        """The moments after the shift; None where they do not determine the risk of linear attention."""
        return moments


class Model(Kind):
    """An architecture that can be trained. `grows`: its weights serve a model of more inputs or positions."""

    grows: ClassVar[bool] = False

    @abstractmethod
    def build(self, dimension: int, context_length: int, scale: float) -> InContextNetwork:
        """A fresh network for `context_length` pairs and a query; labels are divided by `scale`."""

    def longest_context(self, context_length: int) -> int:
        """The most pairs that the model can be asked with, trained on `context_length`."""
        return MAX_CONTEXT


@dataclass(frozen=True)
class Component(Spec):
    """One family of a mixture and its share of the prompts."""

    function_class: FunctionClass
    weight: float

    def __post_init__(self) -> None:
        check_weight(self.weight)


@dataclass(frozen=True)
class Mixture(Spec):
    """Families and their shares; a prompt's family is drawn once per prompt. Shares are made to sum to 1."""

    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        count = len(self.components)
        require(1 <= count <= MAX_MIXED, "components", count, "1 to {most} families", most=MAX_MIXED)
        shares = normalised([component.weight for component in self.components])
        scaled = tuple(
            replace(part, weight=share) for part, share in zip(self.components, shares, strict=True)
        )
        object.__setattr__(self, "components", scaled)

    @classmethod
    def of(cls, *parts: FunctionClass | tuple[FunctionClass, float]) -> Self:
        """A mixture of families, each alone (share 1) or with its share; shares of 0 are left out."""
        pairs = [part if isinstance(part, tuple) else (part, 1.0) for part in parts]
        return cls(tuple(Component(family, weight) for family, weight in pairs if weight != 0))

    def check(self, dimension: int) -> None:
        """Raises SpecError where a family does not fit the dimension."""
        for position, family in enumerate(self.families):
            with within(family, f"components.{position}.function_class"):
                family.check(dimension)

    @property
    def families(self) -> tuple[FunctionClass, ...]:
        return tuple(component.function_class for component in self.components)

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(component.weight for component in self.components)

    @property
    def names(self) -> tuple[str, ...]:
        """A word for each family in files: its kind, with its numbers where another is of the same kind."""
        kinds = [family.kind for family in self.families]
        return tuple(
            kind if kinds.count(kind) == 1 else f"{kind}({_numbers(family)})"
            for kind, family in zip(kinds, self.families, strict=True)
        )


def _numbers(family: FunctionClass) -> str:
    return ", ".join(f"{item.name}={getattr(family, item.name)}" for item in fields(family))


@dataclass(frozen=True)
class Stage(Spec):
    """One part of a curriculum: so many steps on another mixture, or on prompts of fewer inputs or pairs.

    With `inputs` below D the other covariates are 0, as in Garg et al. (arXiv 2208.01066), and labels keep
    their variance. Few inputs make it easy to find the ones that matter; the skill carries over to more.
    With a `context_length` below K prompts have so many pairs and a query: a step costs less.
    """

    steps: int
    mixture: Mixture
    inputs: int | None = None
    context_length: int | None = None

    def __post_init__(self) -> None:
        require(self.steps > 0, "steps", self.steps, "a positive whole number")
        require(self.inputs is None or self.inputs > 0, "inputs", self.inputs, "none, or 1 or more inputs")
        length = self.context_length
        require(length is None or length > 0, "context_length", length, "none, or 1 or more pairs")


@dataclass(frozen=True)
class Recipe(Spec):
    """How a model is trained. Rates warm up, stay constant, and decay linearly to 0 over the last part.

    `matrix_rate` is Muon's, for the hidden matrices; `rate` is Adam's, for everything else (and for all
    parameters with optimizer 'adam'), or plain gradient descent's with 'sgd'. `curriculum` runs before the
    model's own mixture and is counted in `steps`.
    """

    steps: int = 8000
    batch: int = 64
    optimizer: Literal["muon", "adam", "sgd"] = "muon"
    matrix_rate: float = 0.006
    rate: float = 0.001
    warmup: int = 300
    decay: float = 0.5
    curriculum: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        require(0 < self.steps <= 10_000_000, "steps", self.steps, "1 to 10,000,000")
        require(0 < self.batch <= 65_536, "batch", self.batch, "1 to 65,536")
        require(0 < self.matrix_rate <= 1, "matrix_rate", self.matrix_rate, "above 0, at most 1")
        require(0 < self.rate <= 1, "rate", self.rate, "above 0, at most 1")
        require(self.warmup >= 0, "warmup", self.warmup, "0 or more steps")
        require(0 <= self.decay <= 1, "decay", self.decay, "a share of the steps, 0 to 1")
        stages = len(self.curriculum)
        require(stages <= MAX_STAGES, "curriculum", stages, "at most {most} stages", most=MAX_STAGES)
        spent = sum(stage.steps for stage in self.curriculum)
        require(spent < self.steps, "curriculum", spent, "fewer steps than the recipe's in all")

    @property
    def decay_start(self) -> int:
        """The step whose checkpoint, before the decay, is kept to train further from."""
        return round((1 - self.decay) * self.steps)

    def stage_at(self, step: int) -> Stage | None:
        """The part of the curriculum that the step belongs to; None once it is over."""
        end = 0
        for stage in self.curriculum:
            end += stage.steps
            if step < end:
                return stage
        return None

    def rate_at(self, step: int) -> float:
        """The factor on both rates at `step`, from 0 to 1."""
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        left = (self.steps - step) / max(1, self.steps - self.decay_start)
        return min(warm, left, 1.0)


@lru_cache(maxsize=128)
def _check_inputs(covariates: Covariance, dimension: int) -> None:
    """Raises SpecError where covariates of so many inputs make no sense."""
    covariates.second_moment(dimension)


@dataclass(frozen=True)
class Pretraining(Spec):
    """A model, by everything that made it: data, architecture, recipe, seed. Its hash names the model.

    `context_length` is K, the most pairs that a query sees; training prompts have K+1 points and the loss is
    averaged over all of them. `label_noise` is the labels' noise sd over sqrt(v). `task_pool` bounds the
    number of distinct tasks (None: a fresh one each prompt). `warm_start` is the model that this one starts
    from: from its checkpoint before the decay, or with `warm_start_at` 'end' from its finished weights. A
    transformer can grow: it may start from one of fewer inputs or positions (`TransformerNetwork.grow_from`).
    """

    dimension: int = 8
    context_length: int = 16
    covariates: Covariance = Covariance.default("identity")
    mixture: Mixture = field(
        default_factory=lambda: Mixture.of(FunctionClass.kinds["dense"]())  # type: ignore[arg-type]
    )
    label_noise: float = 0.0
    task_pool: int | None = None
    model: Model = Model.default("transformer")
    recipe: Recipe = Recipe()
    seed: int = 0
    warm_start: Pretraining | None = None
    warm_start_at: Literal["decay", "end"] = "decay"

    def __post_init__(self) -> None:
        require(
            1 <= self.dimension <= MAX_DIMENSION,
            "dimension",
            self.dimension,
            "1 to {most}",
            most=MAX_DIMENSION,
        )
        require(
            1 <= self.context_length <= MAX_CONTEXT,
            "context_length",
            self.context_length,
            "1 to {most} pairs",
            most=MAX_CONTEXT,
        )
        require(0 <= self.label_noise <= 10, "label_noise", self.label_noise, "0 to 10 standard deviations")
        if self.task_pool is not None:
            require(1 <= self.task_pool <= 2**20, "task_pool", self.task_pool, "none, or 1 to 2^20 tasks")
        require(0 <= self.seed < 2**31, "seed", self.seed, "0 to 2^31 - 1")
        with within(self.covariates, "covariates"):
            _check_inputs(self.covariates, self.dimension)
        with within(self.mixture, "mixture"):
            self.mixture.check(self.dimension)
        for position, stage in enumerate(self.recipe.curriculum):
            self._check_stage(stage, f"recipe.curriculum.{position}")
        points, rows = self.context_length + 1, self.model.longest_context(self.context_length) + 1
        require(
            rows >= points,
            "model.positions",
            rows,
            "at least the {points} points of a training prompt",
            points=points,
        )
        if self.warm_start is not None:
            require(
                self._can_start_from(self.warm_start),
                "warm_start",
                self.warm_start.hash,
                MAY_GROW if self.model.grows else MAY_NOT_GROW,
                inputs=self.dimension,
                rows=rows,
            )
        known = self.warm_start is not None or self.warm_start_at == "decay"
        require(known, "warm_start_at", self.warm_start_at, "'decay' where there is no warm_start")

    @cached_property
    def data(self) -> Pretraining:
        """What the prompts are drawn from, whichever model was trained on them and however."""
        return Pretraining(
            dimension=self.dimension,
            context_length=self.context_length,
            covariates=self.covariates,
            mixture=self.mixture,
            label_noise=self.label_noise,
            task_pool=self.task_pool,
        )

    @property
    def steps_before(self) -> int:
        """Training steps behind the weights that this model starts from; 0 from scratch."""
        if self.warm_start is None:
            return 0
        begun = self.warm_start.recipe
        taken = begun.steps if self.warm_start_at == "end" else begun.decay_start
        return taken + self.warm_start.steps_before

    def reseeded(self, shift: int) -> Pretraining:
        """The same model from other seeds: its own, and those of all that it goes on from, plus `shift`."""
        begun = None if self.warm_start is None else self.warm_start.reseeded(shift)
        return replace(self, seed=self.seed + shift, warm_start=begun)

    @property
    def seedless(self) -> Pretraining:
        """What models that differ in their training seeds alone share."""
        begun = None if self.warm_start is None else self.warm_start.seedless
        return replace(self, seed=0, warm_start=begun)

    def _can_start_from(self, other: Pretraining) -> bool:
        """Whether the weights of the other model mean something in this one."""
        sizes, others = (
            (spec.dimension, spec.model.longest_context(spec.context_length)) for spec in (self, other)
        )
        grown = self.model.grows and all(least <= most for least, most in zip(others, sizes, strict=True))
        return self.model == other.model and (grown or sizes == others)

    def _check_stage(self, stage: Stage, field: str) -> None:
        inputs, length = stage.inputs or self.dimension, stage.context_length or self.context_length
        require(
            inputs <= self.dimension,
            f"{field}.inputs",
            stage.inputs,
            "at most the {most} inputs there are",
            most=self.dimension,
        )
        require(
            length <= self.context_length,
            f"{field}.context_length",
            stage.context_length,
            "at most the model's {most} pairs",
            most=self.context_length,
        )
        with within(self.covariates, "covariates"):
            _check_inputs(self.covariates.leading(inputs), inputs)
        with within(stage.mixture, f"{field}.mixture"):
            stage.mixture.check(inputs)

    @property
    def label_variance(self) -> float:
        """v = E f(x)^2, the same for every family: tr E[x x^T], and 1 for one input."""
        return self.covariates.label_variance(self.dimension)

    @property
    def noise_variance(self) -> float:
        """Variance of the label noise, in the labels' units."""
        return self.label_noise**2 * self.label_variance


@dataclass(frozen=True)
class Evaluation(Spec):
    """What a model is tested on. None means: as in pretraining.

    `tasks`: 'new' draws fresh functions, 'seen' those of the pretraining's task pool.
    `context_length` is M, the most pairs a query sees (None: twice the dimension, at least the trained
    length, at most what the model has positions for); prompts have M+1 points. `alpha` is the Lasso's,
    `penalty` ridge's (None: noise over weight variance).
    """

    context_length: int | None = None
    function_class: FunctionClass | None = None
    covariates: Covariance | None = None
    shift: Shift = Shift.default("none")
    label_noise: float | None = None
    tasks: Literal["new", "seen"] = "new"
    prompts: int = 128
    seed: int = 0
    alpha: float = 0.01
    penalty: float | None = None

    def __post_init__(self) -> None:
        if self.context_length is not None:
            require(
                1 <= self.context_length <= MAX_CONTEXT,
                "context_length",
                self.context_length,
                "1 to {most} pairs",
                most=MAX_CONTEXT,
            )
        if self.label_noise is not None:
            require(0 <= self.label_noise <= 10, "label_noise", self.label_noise, "0 to 10")
        require(2 <= self.prompts <= MAX_PROMPTS, "prompts", self.prompts, "2 to {most}", most=MAX_PROMPTS)
        require(0 <= self.seed < 2**31, "seed", self.seed, "0 to 2^31 - 1")
        require(1e-6 <= self.alpha <= 100, "alpha", self.alpha, "1e-6 to 100")
        if self.penalty is not None:
            require(1e-9 <= self.penalty <= 1e6, "penalty", self.penalty, "1e-9 to 10^6")


@dataclass(frozen=True)
class Experiment(Spec):
    """One figure of a learning curve: a pretrained model and what it is tested on."""

    pretraining: Pretraining = field(default_factory=Pretraining)
    evaluation: Evaluation = field(default_factory=Evaluation)

    def __post_init__(self) -> None:
        longest = self.pretraining.model.longest_context(self.pretraining.context_length)
        require(
            self.context_length <= longest,
            "evaluation.context_length",
            self.context_length,
            "at most {longest} pairs, which this model has positions for",
            longest=longest,
        )
        if self.evaluation.covariates is not None:
            with within(self.evaluation.covariates, "evaluation.covariates"):
                _check_inputs(self.evaluation.covariates, self.pretraining.dimension)
        if self.evaluation.function_class is not None:
            with within(self.evaluation.function_class, "evaluation.function_class"):
                self.evaluation.function_class.check(self.pretraining.dimension)
        with within(self.evaluation.shift, "evaluation.shift"):
            self.evaluation.shift.check(self.pretraining, self.mixture)
        if self.evaluation.tasks == "seen":
            self._check_seen_tasks()

    @property
    def context_length(self) -> int:
        """M, with the default resolved."""
        chosen = self.evaluation.context_length
        trained = self.pretraining.context_length
        longest = self.pretraining.model.longest_context(trained)
        return chosen or min(max(2 * self.pretraining.dimension, trained), longest)

    @property
    def unshifted(self) -> Experiment:
        """The same test without its shift."""
        none: Shift = Shift.kinds["none"]()  # type: ignore[assignment]
        return replace(self, evaluation=replace(self.evaluation, shift=none))

    @property
    def covariates(self) -> Covariance:
        return self.evaluation.covariates or self.pretraining.covariates

    @property
    def mixture(self) -> Mixture:
        """The families of the test prompts."""
        chosen = self.evaluation.function_class
        return Mixture.of(chosen) if chosen else self.pretraining.mixture

    @property
    def noise_variance(self) -> float:
        """Variance of the label noise at test before any shift, in the labels' units."""
        chosen = self.evaluation.label_noise
        noise = self.pretraining.label_noise if chosen is None else chosen
        return noise**2 * self.pretraining.label_variance

    def _check_seen_tasks(self) -> None:
        pool, own = self.pretraining.task_pool, self.pretraining.mixture
        require(
            pool is not None, "evaluation.tasks", "seen", "'new' for a model pretrained without a task pool"
        )
        same = self.evaluation.shift.mixture(self.mixture) == own
        require(same, "evaluation.tasks", "seen", "'new' where the test prompts' families are other ones")

    @property
    def test_noise_variance(self) -> float:
        """Variance of the label noise of the test prompts, shift included."""
        return self.evaluation.shift.noise_variance(self.noise_variance, self.pretraining)
