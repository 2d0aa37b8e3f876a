"""The training service without a cluster: limits, faults, and what its folders say."""

import errno
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from icl_core.data.function_classes import ReluNetwork, Sparse
from icl_core.library import Library
from icl_core.library.jobs import Engine, Job, JobRefused, Limits, Order, Standing, TrainingService
from icl_core.library.jobs.cluster import ClusterError, ClusterFiles, ClusterSettings
from icl_core.library.jobs.cost import PROCESS_BYTES, cost
from icl_core.library.jobs.early_stop import Excess, can_stop, shortened
from icl_core.library.jobs.folder import JobFolder
from icl_core.library.jobs.service import continued
from icl_core.library.jobs.work import run_job
from icl_core.library.store import default_library
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Mixture, Pretraining, Recipe, SpecError
from icl_core.training import TrainingStopped, train
from icl_core.training.checkpoint import Checkpoint
from icl_core.training.loop import checkpoint_path, initial_network

SPEC = Pretraining(
    dimension=2, context_length=4, model=Transformer(1, 1, 8), recipe=Recipe(steps=20, batch=4, warmup=2)
)
MANY = Mixture.of(*((Sparse(nnz=1 + i), 1 / 16) for i in range(16)))
OTHER, THIRD = replace(SPEC, seed=1), replace(SPEC, seed=2)


class Desk(Engine):
    """An engine that notes what it is asked for and runs it when told to, in this process."""

    def __init__(self, state: Path, library: Library) -> None:
        super().__init__(state, library)
        self.asked: list[str] = []
        self.said = ""

    def ensure(self, job: str) -> None:
        self.asked.append(job)

    def take_fault(self, job: str) -> str:
        return self.said


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "state", Library(tmp_path / "shipped", tmp_path / "own"))


@pytest.fixture
def service(desk: Desk) -> TrainingService:
    return TrainingService(desk._library, desk._state, Limits(), desk)


def work(service: TrainingService, spec: Pretraining) -> Job:
    """Runs the job as a worker would."""
    run_job(service.state / spec.hash, service.library)
    job = service.status(spec)
    assert job is not None
    return job


def change_order(service: TrainingService, spec: Pretraining, **changes: object) -> None:
    folder = JobFolder(service.state / spec.hash)
    order = folder.order()
    assert order is not None
    folder.write_order(replace(order, **changes))


def test_a_job_ends_in_a_graded_model_that_is_never_trained_again(
    service: TrainingService, desk: Desk
) -> None:
    waiting = service.submit(SPEC, "teacher")
    assert (waiting.state, waiting.seconds_left, waiting.tokens_a_second) == ("waiting", None, None)
    assert desk.asked == [SPEC.hash]
    done = work(service, SPEC)
    assert (done.state, done.standing.step, done.standing.attempts) == ("finished", 20, 1)
    assert [entry.step for entry in done.standing.history] == list(range(1, 21))
    assert done.seconds_left == 0
    assert done.tokens_a_second == pytest.approx(20 * 4 * 5 * 2 / done.standing.seconds)
    entry = service.library.find(SPEC.hash)
    assert entry is not None
    assert entry.card is not None
    assert entry.card.errors
    before = (entry.folder / "card.json").read_text()
    assert service.submit(SPEC, "student").state == "finished"
    assert work(service, SPEC).standing.attempts == 1
    assert (entry.folder / "card.json").read_text() == before


def forged(**changes: object) -> Pretraining:
    recipe = {key: changes.pop(key) for key in ("steps", "batch") if key in changes}
    return replace(SPEC, recipe=replace(SPEC.recipe, **recipe), **changes)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (forged(steps=10_000_000), "takes 10,000,000 steps, and 50,000 is the most"),
        (forged(batch=65_536), "takes 65,536 prompts a batch, and 512 is the most"),
        (forged(model=Transformer(48, 32, 2048)), "parameters, and 3,000,000 is the most"),
        (forged(batch=512, context_length=512, model=Transformer(6, 4, 96)), "MiB of memory"),
        (
            forged(dimension=64, context_length=512, batch=512, model=LinearAttention()),
            "MiB of memory",
        ),
        (forged(dimension=64, task_pool=2**20, mixture=MANY), "MiB of memory"),
        (forged(steps=50_000, batch=256, model=Transformer(8, 4, 128)), "seconds of training, by estimate"),
    ],
)
def test_what_a_url_may_forge_is_refused_in_a_sentence(
    service: TrainingService, desk: Desk, spec: Pretraining, sentence: str
) -> None:
    with pytest.raises(JobRefused, match=sentence):
        service.submit(spec, "teacher")
    assert desk.asked == []
    assert not service.state.exists()


def test_a_model_that_cannot_be_built_is_a_spec_error(service: TrainingService) -> None:
    with pytest.raises(SpecError, match="positions"):
        service.submit(forged(model=Transformer(1, 1, 8, positions=2)), "teacher")


def test_training_can_be_switched_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits.from_environment().enabled
    monkeypatch.setenv("ICL_TRAINING", "off")
    off = TrainingService(desk._library, desk._state, Limits.from_environment(), desk)
    with pytest.raises(JobRefused, match="switched off"):
        off.submit(SPEC, "teacher")
    TrainingService(desk._library, desk._state, Limits(), desk).submit(SPEC, "teacher")
    desk.asked.clear()
    off.revive()
    assert off.status(SPEC) is not None
    assert desk.asked == []  # what was begun before is not gone on with


def test_viewers_and_the_queue_have_their_limits(desk: Desk) -> None:
    limits = Limits(queue=2, jobs_a_viewer=1)
    service = TrainingService(desk._library, desk._state, limits, desk)
    service.submit(SPEC, "teacher")
    with pytest.raises(JobRefused, match="You have 1 trainings under way"):
        service.submit(OTHER, "teacher")
    service.submit(SPEC, "teacher")  # the same one is no other
    service.submit(OTHER, "student")
    with pytest.raises(JobRefused, match="2 trainings are under way, and 2 is the most"):
        service.submit(THIRD, "visitor")
    service.submit(SPEC, "visitor")  # joining takes no room
    assert service.cancel(OTHER, "student")
    assert service.submit(THIRD, "visitor").state == "waiting"


def test_a_waiting_job_is_cancelled_at_once_and_can_be_wanted_again(service: TrainingService) -> None:
    service.submit(SPEC, "teacher")
    assert service.cancel(SPEC, "teacher")
    status = service.status(SPEC)
    assert status is not None
    assert status.state == "cancelled"
    assert not service.cancel(SPEC, "teacher")  # there is nothing left to stop
    assert work(service, SPEC).standing.attempts == 0  # its worker finds it cancelled
    again = service.submit(SPEC, "student")
    assert (again.state, again.order.owner) == ("waiting", "student")
    assert work(service, SPEC).state == "finished"


def test_a_job_wanted_again_while_it_stops_goes_on(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the stop of the training and the worker's last word somebody asks for the model again."""
    service.submit(SPEC, "teacher")
    calls: list[int] = []

    def stopped_once(spec: Pretraining, *others: object, **named: object) -> object:
        calls.append(1)
        if len(calls) > 1:
            return train(spec, *others, **named)  # type: ignore[arg-type]
        service.cancel(SPEC, "teacher")
        service.submit(SPEC, "student")
        raise TrainingStopped("stopped")

    monkeypatch.setattr("icl_core.library.jobs.work.train", stopped_once)
    assert work(service, SPEC).state == "finished"
    assert len(calls) == 2


def test_a_loss_that_is_no_number_ends_in_a_sentence(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.submit(SPEC, "teacher")
    with monkeypatch.context() as patch:
        patch.setattr("torch.Tensor.mean", lambda *_: torch.tensor(float("nan")))
        job = work(service, SPEC)
    assert job.state == "failed"
    assert "is nan at step 0: lower the rates" in job.standing.fault
    assert service.library.entries() == []
    assert service.submit(SPEC, "teacher").standing.fault == ""
    assert work(service, SPEC).state == "finished"


@pytest.mark.faults
@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), SafetensorError("No space left on device")],
)
def test_a_full_disk_at_a_checkpoint_ends_in_a_sentence(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*arguments: object, **named: object) -> None:
        raise error

    service.submit(SPEC, "teacher")
    with monkeypatch.context() as patch:
        patch.setattr("icl_core.training.checkpoint.save_file", full)
        job = work(service, SPEC)
    assert job.state == "failed"
    assert re.search(r"No space left on device\)+: free some space", job.standing.fault)
    assert str(service.state) in job.standing.fault
    assert service.library.entries() == []
    service.submit(SPEC, "teacher")
    assert work(service, SPEC).state == "finished"


@pytest.mark.faults
def test_a_full_disk_at_the_library_keeps_the_training_and_leaves_no_half_model(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    service.submit(SPEC, "teacher")
    with monkeypatch.context() as patch:
        patch.setattr("icl_core.library.store.write_whole", full)
        job = work(service, SPEC)
    assert job.state == "failed"
    assert "set ICL_MODEL_STORE to another folder" in job.standing.fault
    assert service.library.entries() == []
    service.submit(SPEC, "teacher")
    steps = work(service, SPEC).standing
    assert steps.state == "finished"
    entry = service.library.find(SPEC.hash)
    assert entry is not None
    assert service.library.verify(entry) == ""


@pytest.mark.faults
def test_a_disk_too_full_for_the_progress_is_told_by_the_engine(
    service: TrainingService, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    service.submit(SPEC, "teacher")
    monkeypatch.setattr("icl_core.library.jobs.folder.write_json", full)
    with pytest.raises(OSError, match="No space left"):
        run_job(service.state / SPEC.hash, service.library)
    desk.said = "The training cluster could not run the job (OSError: No space left on device)."
    job = service.status(SPEC)
    assert job is not None
    assert (job.state, job.standing.fault) == ("failed", desk.said)


def test_a_worker_keeps_the_clock_and_the_memory(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("icl_core.library.jobs.work.WATCH_SECONDS", 0.0)
    service.submit(SPEC, "teacher")
    change_order(service, SPEC, seconds=1e-9)
    job = work(service, SPEC)
    assert job.state == "failed"
    assert "took longer than" in job.standing.fault
    service.submit(SPEC, "teacher")
    change_order(service, SPEC, memory=2**20)
    job = work(service, SPEC)
    assert job.state == "failed"
    assert "needed more than the 1 MiB" in job.standing.fault
    service.submit(SPEC, "teacher")
    assert work(service, SPEC).state == "finished"


def test_a_fault_of_the_program_is_no_traceback(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("shapes do not fit")

    service.submit(SPEC, "teacher")
    monkeypatch.setattr("icl_core.library.jobs.work.train", broken)
    assert "failed (RuntimeError: shapes do not fit)" in work(service, SPEC).standing.fault


def test_a_job_that_died_too_often_is_given_up_until_somebody_asks_again(service: TrainingService) -> None:
    service.submit(SPEC, "teacher")
    folder = JobFolder(service.state / SPEC.hash)
    folder.write_standing(Standing("running", attempts=3))
    job = work(service, SPEC)
    assert job.state == "failed"
    assert "was tried 3 times" in job.standing.fault
    assert service.submit(SPEC, "teacher").standing.attempts == 0
    assert work(service, SPEC).state == "finished"


def test_only_one_worker_has_a_job(service: TrainingService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.library.jobs.work.TAKE_OVER_SECONDS", 0.05)
    service.submit(SPEC, "teacher")
    folder = JobFolder(service.state / SPEC.hash)
    with folder.held(0):
        assert folder.is_held
        assert work(service, SPEC).standing.attempts == 0
    assert not folder.is_held
    assert work(service, SPEC).state == "finished"


@pytest.mark.faults
@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"spec": 3}'])
def test_damaged_files_count_as_none(service: TrainingService, content: str) -> None:
    service.submit(SPEC, "teacher")
    folder = service.state / SPEC.hash
    (folder / "progress.json").write_text(content)
    assert service.status(SPEC) is not None
    (folder / "job.json").write_text(content)
    assert service.status(SPEC) is None
    assert service.jobs() == []
    service.submit(SPEC, "teacher")
    assert work(service, SPEC).state == "finished"


def test_orders_and_standings_are_plain_json(service: TrainingService) -> None:
    service.submit(SPEC, "teacher", threshold=0.1)
    job = work(service, SPEC)
    for value, kind in ((job.order, Order), (job.standing, Standing)):
        assert kind.from_dict(json.loads(json.dumps(value.to_dict(), allow_nan=False))) == value


def test_orphans_are_handed_over_again(service: TrainingService, desk: Desk) -> None:
    service.submit(SPEC, "teacher")
    service.submit(OTHER, "teacher")
    work(service, OTHER)
    desk.asked.clear()
    service.revive()
    assert desk.asked == [SPEC.hash]


def test_a_model_goes_on_for_more_steps_from_before_its_decay(service: TrainingService) -> None:
    more = continued(SPEC, 5)
    with pytest.raises(JobRefused, match="train that model first"):
        service.submit(more, "teacher")
    service.submit(SPEC, "teacher")
    work(service, SPEC)
    service.submit(more, "teacher")
    assert work(service, more).state == "finished"
    assert more.warm_start == SPEC
    assert service.library.find(more.hash) is not None


def test_a_model_goes_on_from_the_end_of_one_that_the_library_has(service: TrainingService) -> None:
    more = replace(continued(SPEC, 5), warm_start_at="end")
    with pytest.raises(JobRefused, match=f"starts from {SPEC.hash}, which is not here: train that model"):
        service.submit(more, "teacher")
    service.submit(SPEC, "teacher")
    work(service, SPEC)
    service.submit(more, "teacher")
    assert work(service, more).state == "finished"


def test_a_continuation_sees_new_prompts_but_keeps_its_pool() -> None:
    assert continued(SPEC, 5).seed == SPEC.seed + 1
    assert continued(replace(SPEC, seed=2**31 - 1), 5).seed == 0
    assert continued(replace(SPEC, task_pool=4), 5).seed == SPEC.seed


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    """Told twice, it would end the job that another process has begun anew since."""
    engine = Engine(tmp_path, Library(tmp_path, tmp_path))
    engine._set_fault("job", "It broke.")
    assert [engine.take_fault("job"), engine.take_fault("job")] == ["It broke.", ""]


# --------------------------------------------------------------------------------------------------- faults

KILLED = """
import sys
from pathlib import Path
from icl_core.library import Library
from icl_core.library.jobs import work
work.SAVE_SECONDS = 0.0
work.run_job(Path(sys.argv[1]), Library(Path(sys.argv[2]), Path(sys.argv[3])))
"""


@pytest.mark.faults
@pytest.mark.slow
def test_a_worker_that_is_killed_goes_on_from_a_recent_checkpoint(
    service: TrainingService, tmp_path: Path
) -> None:
    spec = forged(steps=200)
    service.submit(spec, "teacher")
    library = service.library
    folders = (service.state / spec.hash, library.shipped, library.own)
    checkpoint = checkpoint_path(service.state, spec, "latest")
    with subprocess.Popen([sys.executable, "-c", KILLED, *map(str, folders)]) as worker:
        deadline = time.monotonic() + 120
        while not checkpoint.exists() and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        worker.kill()
    kept = Checkpoint.load(checkpoint, spec.hash).step
    assert 0 < kept < 200
    torn = checkpoint.with_name(".latest.safetensors.0123")
    torn.write_bytes(b"half of a checkpoint")
    job = work(service, spec)
    assert (job.state, job.standing.attempts) == ("finished", 2)
    assert not torn.exists()
    entry = library.find(spec.hash)
    assert entry is not None
    stored = library.load(entry).state_dict()
    for name, value in train(spec, tmp_path / "whole").network.state_dict().items():
        assert torch.equal(value, stored[name]), name


def test_the_service_saves_often(service: TrainingService, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def noted(*arguments: object, **named: object) -> object:
        asked.append(named["save_seconds"])
        return train(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("icl_core.library.jobs.work.train", noted)
    service.submit(SPEC, "teacher")
    work(service, SPEC)
    assert asked == [15.0]


# ----------------------------------------------------------------------------------------------- early stop

LEARNING = replace(
    SPEC,
    model=Transformer(1, 2, 16),
    recipe=Recipe(steps=800, batch=32, warmup=20, matrix_rate=0.03, rate=0.003),
)


@pytest.mark.slow
def test_training_ends_early_in_a_model_that_anybody_can_train_again(
    service: TrainingService, tmp_path: Path
) -> None:
    service.submit(LEARNING, "teacher", threshold=0.5)
    job = work(service, LEARNING)
    assert job.state == "finished"
    stopped = job.standing.stopped_at
    assert stopped is not None
    assert stopped < LEARNING.recipe.decay_start
    excess = Excess(LEARNING)
    below = [entry.step for entry in job.standing.history if excess.of(entry) < 0.5]
    assert below[0] == stopped
    assert service.library.find(LEARNING.hash) is None  # that one was not trained
    entry = service.library.find(job.model.hash)
    assert entry is not None
    stored = service.library.load(entry).state_dict()
    for name, value in train(job.model, tmp_path / "whole").network.state_dict().items():
        assert torch.equal(value, stored[name]), name
    assert service.submit(LEARNING, "student", threshold=0.5).state == "finished"
    assert service.submit(LEARNING, "student", threshold=0.01).state == "waiting"


@pytest.mark.parametrize("threshold", [0.0, -1.0, float("nan")])
def test_a_threshold_has_to_be_positive(service: TrainingService, desk: Desk, threshold: float) -> None:
    with pytest.raises(JobRefused, match="has to be above 0"):
        service.submit(SPEC, "teacher", threshold=threshold)
    assert desk.asked == []


def test_the_bayes_learner_s_error_goes_with_the_progress(service: TrainingService) -> None:
    service.submit(SPEC, "teacher")
    bayes = work(service, SPEC).standing.bayes
    assert len(bayes) == 1
    assert bayes[0] == pytest.approx(Excess(SPEC).errors[0], rel=1e-4)
    assert bayes[0][0] == pytest.approx(1, abs=0.2)
    assert bayes[0][4] < 1e-3  # two inputs, four examples, no noise


def test_without_a_bayes_learner_the_ideal_is_never_worse_than_zero() -> None:
    """Least squares is off by any amount near k = d: an excess over that would end every training at once."""
    spec = replace(SPEC, dimension=4, context_length=8, mixture=Mixture.of(ReluNetwork()))
    excess = Excess(spec)
    assert not excess.is_bayes
    assert excess.errors.max() <= 1


def test_a_bayes_learner_that_takes_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(SPEC, mixture=Mixture.of(Sparse(nnz=1)))
    monkeypatch.setattr(
        "icl_core.library.jobs.early_stop.MOST_WORK", 2 * 256 * 5
    )  # two supports of one input
    assert Excess(spec).is_bayes
    monkeypatch.setattr("icl_core.library.jobs.early_stop.MOST_WORK", 2 * 256 * 5 - 1)
    assert not Excess(spec).is_bayes


@pytest.mark.parametrize(("step", "allowed"), [(20, False), (21, True), (399, True), (400, False)])
def test_a_training_stops_early_only_at_constant_rates(step: int, allowed: bool) -> None:
    assert can_stop(LEARNING, step) is allowed
    if allowed:
        short = shortened(LEARNING, step).recipe
        assert short.decay_start == step
        assert all(short.rate_at(i) == LEARNING.recipe.rate_at(i) for i in range(step))
        assert short.steps == pytest.approx(step / (1 - LEARNING.recipe.decay), abs=1)


# ----------------------------------------------------------------------------------------------------- cost


@pytest.mark.parametrize("spec", [SPEC, LEARNING, forged(model=LinearAttention())])
def test_parameters_are_counted_without_building_the_model(spec: Pretraining) -> None:
    assert cost(spec).parameters == sum(value.numel() for value in initial_network(spec).parameters())


# Trained beside other heavy work on the same cores: their cards' seconds are those of the wall's clock.
BESIDE_OTHERS = {
    "narrow",
    "narrow-seed1",
    "narrow-seed2",
    "narrow-large",
    "broad-band",
    "live-demo-d4",
    "identity-d8-interleaved",
    "broad-wide-inputs",
}


def test_the_estimate_of_shipped_trainings_is_near_what_they_took() -> None:
    cards = [
        card
        for card in default_library().cards()
        if card.spec.model.kind == "transformer" and card.name not in BESIDE_OTHERS
    ]
    assert len(cards) >= 4
    for card in cards:
        estimate = cost(card.spec).seconds_a_step * card.spec.recipe.steps
        assert 0.5 < estimate / card.seconds < 2, card.name


@pytest.mark.parametrize(
    "change",
    [
        lambda n: forged(batch=2 * n),
        lambda n: forged(context_length=4 * n),
        lambda n: forged(task_pool=2**14 * n),
    ],
)
def test_memory_grows_with_batch_context_and_pool(change: Callable[[int], Pretraining]) -> None:
    small, large = (cost(change(n)).memory - PROCESS_BYTES for n in (16, 64))
    assert large > 3 * small


# -------------------------------------------------------------------------------------------------- cluster


def test_the_cluster_leaves_a_core_to_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, workers in ((1, 1), (2, 1), (8, 7), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert ClusterSettings.for_this_machine().workers == workers
    usual = ClusterSettings.for_this_machine()
    assert (usual.niceness, usual.idle_seconds) == (10, 600)
    monkeypatch.setenv("ICL_NICE", "3")
    assert ClusterSettings.for_this_machine().niceness == 3
    monkeypatch.setenv("ICL_NICE", "-5")
    with pytest.raises(ClusterError, match="whole number from 0 to 19"):
        ClusterSettings.for_this_machine()


@pytest.mark.parametrize("content", ["[]", "{", "null", '"tcp"', '{"address": 7}', '{"address": null}', "{}"])
def test_a_garbled_scheduler_file_is_no_scheduler(tmp_path: Path, content: str) -> None:
    files = ClusterFiles(tmp_path)
    files.scheduler.write_text(content)
    assert files.address() is None
