"""The one measuring loop: the same means and intervals as from all prompts at once, a chunk at a time."""

from dataclasses import replace

import numpy as np
import pytest

from icl_core.data.prompts import Prompts, sample_prompts
from icl_core.evaluation.estimate import Accumulator
from icl_core.evaluation.measure import CHUNK, measure, measure_jointly, measured_errors
from icl_core.predictors import Ridge, Zero
from icl_core.specs import Evaluation, Experiment, Pretraining

EXPERIMENT = Experiment(
    Pretraining(dimension=3, context_length=4), Evaluation(context_length=4, prompts=CHUNK + 100, seed=3)
)


def last_labels(prompts: Prompts) -> np.ndarray:
    return prompts.ys[:, -2:].numpy()


def test_chunks_give_what_all_prompts_at_once_give() -> None:
    found = measure(EXPERIMENT, {"labels": last_labels})["labels"]
    whole = last_labels(sample_prompts(EXPERIMENT, 0, CHUNK + 100))
    assert found.mean == pytest.approx(whole.mean(0), rel=1e-12)
    at_once = Accumulator(2)
    at_once.add(whole)
    np.testing.assert_allclose(found.interval(), at_once.estimate().interval(), rtol=1e-9)


def test_memory_holds_one_chunk_however_many_prompts_there_are() -> None:
    asked: list[int] = []

    def count(prompts: Prompts) -> np.ndarray:
        asked.append(len(prompts.xs))
        return np.ones((len(prompts.xs), 1))

    many = replace(EXPERIMENT, evaluation=replace(EXPERIMENT.evaluation, prompts=2000))
    assert measure(many, {"one": count})["one"].mean == 1
    assert sum(asked) == 2000
    assert max(asked) == CHUNK


def test_everything_sees_the_same_prompts_and_resamples() -> None:
    other = replace(EXPERIMENT, evaluation=replace(EXPERIMENT.evaluation, label_noise=0.5))

    def covariates(plain: Prompts, noisy: Prompts) -> dict[str, np.ndarray]:
        return {"plain": plain.xs[:, 0].numpy(), "noisy": noisy.xs[:, 0].numpy()}

    found = measure_jointly([EXPERIMENT, other], covariates)
    difference = found["plain"] - found["noisy"]
    assert np.all(difference.mean == 0)
    assert np.all(difference.resamples == 0)


def test_errors_are_over_the_output_variance() -> None:
    found = measured_errors(EXPERIMENT, {"zero": Zero(), "ridge": Ridge(0.1)})
    targets = sample_prompts(EXPERIMENT, 0, CHUNK + 100).targets
    assert found["zero"].mean == pytest.approx((targets.square().mean(0) / 3).numpy(), rel=1e-12)
    assert found["ridge"].mean[-1] < 0.1 * found["zero"].mean[-1]
