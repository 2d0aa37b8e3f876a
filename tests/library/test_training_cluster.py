"""The training service on real Dask processes: what the lecture hall may do to it, and what dies under it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch

from icl_core.library import Library
from icl_core.library.jobs import Engine, Job, Limits, TrainingService
from icl_core.library.jobs.cluster import ClusterFiles
from icl_core.library.jobs.service import continued
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train

PATIENCE = 300.0  # seconds; a busy machine is slow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

SPEC = Pretraining(
    dimension=2,
    context_length=4,
    model=Transformer(layers=1, heads=2, width=16),
    recipe=Recipe(steps=400, batch=128, warmup=10),
)
LONG = replace(SPEC, recipe=replace(SPEC.recipe, steps=50_000))


def until(condition: Callable[[], object], what: str) -> None:
    """Waits until the condition holds; fails, naming it, when patience is at an end."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain for {what}")
        time.sleep(0.05)


def end(process: psutil.Process) -> None:
    """Ends a process and its children: gently, then for good."""
    try:
        family = [process, *process.children(recursive=True)]
        process.terminate()
    except psutil.NoSuchProcess:
        return
    _, alive = psutil.wait_procs(family, timeout=15)
    for each in alive:
        each.kill()
    psutil.wait_procs(alive, timeout=5)


class Workplace:
    """A library and a state folder, with as many services over them as a test asks for."""

    def __init__(self, library: Library, state: Path) -> None:
        self.library, self.state = library, state
        self.files = ClusterFiles(state)
        self.services: list[TrainingService] = []

    def service(self, limits: Limits | None = None) -> TrainingService:
        """As another process of the dashboard would have it: with a Dask client of its own."""
        limits = limits or Limits.from_environment()
        made = TrainingService(self.library, self.state, limits, Engine(self.state, self.library))
        self.services.append(made)
        return made

    @property
    def cluster(self) -> psutil.Process | None:
        """The embedded cluster's process."""
        for process in psutil.process_iter(["cmdline", "environ"]):
            environment, command = process.info["environ"] or {}, process.info["cmdline"] or []
            if environment.get("ICL_STATE") == str(self.state) and command[-2:] == ["icl_core", "cluster"]:
                return process
        return None

    def close(self) -> None:
        for service in self.services:
            service.engine.close()
        process = self.cluster
        if process is not None:
            end(process)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    monkeypatch.setenv("ICL_NICE", "0")  # other tests run beside it, and the clock is watched
    made = Workplace(Library(tmp_path / "shipped", tmp_path / "models"), tmp_path / "state")
    yield made
    made.close()


def seen(service: TrainingService, spec: Pretraining) -> Job:
    job = service.status(spec)
    assert job is not None
    return job


def finish(service: TrainingService, spec: Pretraining) -> Job:
    until(lambda: not seen(service, spec).active, "the job's end")
    job = seen(service, spec)
    assert job.state == "finished", job.standing.fault
    return job


def run_past(service: TrainingService, spec: Pretraining, step: int) -> Job:
    until(lambda: seen(service, spec).standing.step > step or not seen(service, spec).active, f"step {step}")
    job = seen(service, spec)
    assert job.state == "running", job.standing.fault
    return job


def assert_same_weights_as_an_uninterrupted_run(
    workplace: Workplace, spec: Pretraining, folder: Path
) -> None:
    entry = workplace.library.find(spec.hash)
    assert entry is not None
    stored = workplace.library.load(entry).state_dict()
    for name, value in train(spec, folder).network.state_dict().items():
        assert torch.equal(value, stored[name]), name


def test_two_clients_share_one_job_and_both_see_it_grow(workplace: Workplace) -> None:
    first, second = workplace.service(), workplace.service()
    first.submit(SPEC, "teacher")
    second.submit(SPEC, "student")
    steps: dict[str, set[int]] = {"first": set(), "second": set()}

    def both_ended() -> bool:
        jobs = {"first": seen(first, SPEC), "second": seen(second, SPEC)}
        for name, job in jobs.items():
            steps[name].add(job.standing.step)
        return not any(job.active for job in jobs.values())

    until(both_ended, "the job's end")
    assert all(len(each - {0, 400}) >= 2 for each in steps.values())
    job = seen(second, SPEC)
    assert (job.state, job.standing.attempts) == ("finished", 1)
    assert job.order.viewers == ("teacher", "student")
    assert [entry.step for entry in job.standing.history] == list(range(10, 401, 10))
    entry = workplace.library.find(SPEC.hash)
    assert entry is not None
    assert entry.card is not None
    assert entry.card.errors  # graded
    assert second.submit(SPEC, "latecomer").state == "finished"  # and never trained again
    assert seen(second, SPEC).standing.attempts == 1


@pytest.mark.faults
def test_a_killed_worker_costs_nothing_but_time(workplace: Workplace, tmp_path: Path) -> None:
    service = workplace.service()
    spec = replace(SPEC, recipe=replace(SPEC.recipe, steps=1500))
    service.submit(spec, "teacher")
    run_past(service, spec, 100)
    service.cancel(spec, "teacher")  # leaves a checkpoint
    until(lambda: seen(service, spec).state == "cancelled", "the stop")
    kept = seen(service, spec).standing.step
    service.submit(spec, "teacher")
    job = run_past(service, spec, kept)
    assert job.standing.pid is not None
    os.kill(job.standing.pid, signal.SIGKILL)
    until(lambda: seen(service, spec).standing.pid != job.standing.pid, "another worker")
    done = finish(service, spec)
    assert done.standing.attempts == 2
    assert_same_weights_as_an_uninterrupted_run(workplace, spec, tmp_path / "whole")
    steps = [entry.step for entry in done.standing.history]
    assert steps == sorted(set(steps))
    assert steps[-1] == 1500


@pytest.mark.faults
def test_a_killed_scheduler_is_replaced_and_the_job_goes_on(workplace: Workplace, tmp_path: Path) -> None:
    service = workplace.service()
    spec = replace(SPEC, recipe=replace(SPEC.recipe, steps=1000))
    service.submit(spec, "teacher")
    run_past(service, spec, 50)
    first = workplace.cluster
    first.kill()
    first.wait(20)
    other = workplace.service()  # an app that was started again
    other.revive()
    finish(other, spec)
    assert workplace.cluster.pid != first.pid
    assert seen(service, spec).standing.attempts == 2
    assert_same_weights_as_an_uninterrupted_run(workplace, spec, tmp_path / "whole")


def test_only_who_started_it_stops_it_and_it_stops_at_once(workplace: Workplace) -> None:
    service = workplace.service()
    service.submit(LONG, "teacher")
    service.submit(LONG, "student")
    run_past(service, LONG, 20)
    assert not service.cancel(LONG, "student")
    assert not service.cancel(LONG, "passer-by")
    assert seen(service, LONG).order.viewers == ("teacher",)
    step = seen(service, LONG).standing.step
    run_past(service, LONG, step)
    assert service.cancel(LONG, "teacher")
    start = time.monotonic()
    until(lambda: not service._folder(LONG).is_held, "the worker's stop")
    stopped = time.monotonic() - start
    assert seen(service, LONG).state == "cancelled"
    assert stopped < 2.0, "cancelling is promised within 2 s of a step's end"
    # It is wanted again and goes on from where it stopped.
    stopped_at = seen(service, LONG).standing.step
    assert service.submit(LONG, "student").standing.step == stopped_at
    job = run_past(service, LONG, stopped_at)
    assert job.order.owner == "student"
    assert service.cancel(LONG, "student")
    until(lambda: seen(service, LONG).state == "cancelled", "the second stop")


@pytest.mark.faults
def test_a_job_whose_process_dies_three_times_is_given_up(workplace: Workplace) -> None:
    service = workplace.service()
    service.submit(LONG, "teacher")
    killed: set[int] = set()

    def given_up() -> bool:
        job = seen(service, LONG)
        if job.state == "running" and job.standing.pid not in killed:
            killed.add(job.standing.pid)
            os.kill(job.standing.pid, signal.SIGKILL)
        return not job.active

    until(given_up, "the end of patience")
    job = seen(service, LONG)
    assert job.state == "failed"
    assert "tried 3 times" in job.standing.fault
    assert len(killed) == 3
    assert workplace.library.entries() == []


def test_another_cluster_is_used_through_the_environment(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    environment = {**os.environ, "ICL_STATE": str(elsewhere)}
    command = [sys.executable, "-m", "icl_core", "cluster", "--workers", "2"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            until(ClusterFiles(elsewhere).address, "the other cluster")
            address = ClusterFiles(elsewhere).address()
            assert address is not None
            assert address.startswith("tcp://127.0.0.1:")
            monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
            service = workplace.service()
            service.submit(SPEC, "teacher")
            done = finish(service, SPEC)
            worker = psutil.Process(done.standing.pid)
            assert process.pid in [parent.pid for parent in worker.parents()]
            assert workplace.cluster is None  # none was started here
            more = continued(SPEC, 20)
            service.submit(more, "teacher")
            assert finish(service, more).standing.step == 20
        finally:
            for each in workplace.services:
                each.engine.close()
            workplace.services.clear()
            process.terminate()
            process.wait(30)


@pytest.mark.faults
def test_an_absent_cluster_is_named(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:9")
    monkeypatch.setattr("icl_core.library.jobs.engine.CONNECT_SECONDS", 0.5)
    service = workplace.service()
    service.submit(SPEC, "teacher")
    until(lambda: seen(service, SPEC).state == "failed", "the fault")
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in seen(service, SPEC).standing.fault


def test_the_cluster_listens_on_loopback_alone_and_is_the_only_one(workplace: Workplace) -> None:
    environment = {**os.environ, "ICL_STATE": str(workplace.state), "ICL_NICE": "3"}
    command = [sys.executable, "-m", "icl_core", "cluster"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            until(workplace.files.address, "the cluster")
            second = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=PATIENCE
            )
            assert second.returncode == 2
            assert "runs already, at tcp://127.0.0.1:" in second.stderr
            first = psutil.Process(process.pid)
            family = [first, *first.children(recursive=True)]
            listening = {
                link.laddr.ip
                for each in family
                for link in each.net_connections()
                if link.status == psutil.CONN_LISTEN
            }
            assert listening == {"127.0.0.1"}
            assert {each.nice() for each in family} == {min(19, psutil.Process().nice() + 3)}
            process.terminate()
            assert process.wait(PATIENCE) == 0
            _, alive = psutil.wait_procs(family, timeout=20)
            assert alive == []
        finally:
            process.kill()


def test_the_cluster_goes_when_idle(workplace: Workplace) -> None:
    environment = {**os.environ, "ICL_STATE": str(workplace.state)}
    command = [sys.executable, "-m", "icl_core", "cluster", "--idle", "1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0
            assert "listens at tcp://127.0.0.1:" in said
            assert not workplace.files.scheduler.exists()
        finally:
            process.kill()


def test_a_cluster_that_went_when_idle_is_replaced_at_the_next_job(workplace: Workplace) -> None:
    """Its client, which had jobs there, neither keeps it nor hangs on to it."""
    environment = {**os.environ, "ICL_STATE": str(workplace.state)}
    command = [sys.executable, "-m", "icl_core", "cluster", "--idle", "3"]
    service = workplace.service()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            until(workplace.files.address, "the cluster")
            service.submit(SPEC, "teacher")
            finish(service, SPEC)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    other = replace(SPEC, seed=1)
    service.submit(other, "teacher")
    finish(service, other)
    assert workplace.cluster.pid != process.pid
