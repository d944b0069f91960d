"""Every step of a grading that our side can fail is tried again, and the report keeps the failed tries."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from answering import AnsweringSandbox, SameProcessReader, Silent
from plain_churn import plain_churn

from grader.errors import InfrastructureError
from grader.intake.snapshot import SnapshotWriter
from grader.model import EnvironmentRef, Report, SandboxJob, SandboxResult
from grader.pipeline import Parts, RetryPolicy, grade
from grader.sandbox import GivenEnvironment

CHURN = plain_churn()
AT_ONCE = RetryPolicy(tries=3, first_wait_s=0)
AWAY = InfrastructureError("infrastructure.index", "The index gave no answer.", observed=("it was silent for 9 s",))


class Faults:
    """Raises at the first calls; counts all of them."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.calls = times, error, 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error


class Environments:
    """Gives the base environment, once its faults are over."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.held = faults, 0

    @contextmanager
    def given(self, *_: object) -> Iterator[GivenEnvironment]:
        self.faults()
        self.held += 1
        yield GivenEnvironment(EnvironmentRef(name="fixed", digest="0" * 64))
        self.held -= 1


class FailingSandbox(AnsweringSandbox):
    """Fails before it answers."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        self.faults()
        return super().run(job, cancel)


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Report]:
    (tmp_path / "main.py").write_text("print(1)\n")

    def run(*, cancel: bool = False, **parts: Any) -> Report:
        stop = threading.Event()
        if cancel:
            stop.set()
        known = {"sandbox": AnsweringSandbox(), "scratch": tmp_path / "scratch", "listener": Silent()}
        made = Parts(**{"reader": SameProcessReader(), "criteria": (), "retry": AT_ONCE, **known, **parts})
        assignment = CHURN
        if "environments" in parts:
            assignment = CHURN.model_copy(update={"environment": "requirements"})
        return grade(str(tmp_path / "main.py"), "work", assignment, made, (0,), stop).report

    return run


def full_at(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SnapshotWriter.add

    def add(*words: Any) -> None:
        faults()
        real(*words)

    monkeypatch.setattr(SnapshotWriter, "add", add)


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_work_that_could_not_be_stored_at_once_is_stored_the_next_time(
    graded: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    full_at(Faults(1, FULL), monkeypatch)
    report = graded()
    assert (report.outcome, report.failure) == ("completed", None)
    assert [(failed.number, failed.code) for failed in report.run.tries] == [(1, "infrastructure.host")]


def test_a_work_that_cannot_be_stored_is_tried_as_often_as_is_set_and_never_scored(
    graded: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    full_at(Faults(9, FULL), monkeypatch)
    report = graded()
    assert (report.outcome, report.score) == ("infrastructure_failed", None)
    assert report.failure is not None
    assert "tried 3 times" in report.failure.message
    assert report.failure.observed[0] == "the system answered ENOSPC"
    assert report.failure.observed[1].startswith("it came in intake, try 3 of 3, after ")
    assert [failed.number for failed in report.run.tries] == [1, 2, 3]


def test_an_environment_that_our_side_failed_to_make_is_made_the_next_time(graded: Callable[..., Report]) -> None:
    environments = Environments(Faults(2, AWAY))
    report = graded(environments=environments)
    assert (report.outcome, report.failure, environments.held) == ("completed", None, 0)
    assert [failed.code for failed in report.run.tries] == ["infrastructure.index"] * 2


def test_an_environment_that_cannot_be_made_keeps_every_try_and_is_never_scored(graded: Callable[..., Report]) -> None:
    report = graded(environments=Environments(Faults(9, AWAY)))
    assert (report.outcome, report.score, len(report.run.tries)) == ("infrastructure_failed", None, 3)
    assert report.failure is not None
    assert report.failure.code == "infrastructure.index"
    assert report.failure.observed[0] == "it was silent for 9 s"
    assert "making the environment, try 3 of 3" in report.failure.observed[-1]


def test_the_tries_of_all_steps_are_kept_in_their_order(
    graded: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    full_at(Faults(1, FULL), monkeypatch)
    gone = InfrastructureError("infrastructure.sandbox", "The engine went away.")
    report = graded(environments=Environments(Faults(1, AWAY)), sandbox=FailingSandbox(Faults(1, gone)))
    assert report.outcome == "completed"
    codes = ["infrastructure.host", "infrastructure.index", "infrastructure.sandbox"]
    assert [failed.code for failed in report.run.tries] == codes


def test_a_grading_that_is_stopped_is_not_tried_again(graded: Callable[..., Report]) -> None:
    faults = Faults(9, AWAY)
    graded(environments=Environments(faults), cancel=True, retry=RetryPolicy(tries=3, first_wait_s=100_000))
    assert faults.calls == 1


def test_a_run_that_was_stopped_is_neither_a_limit_of_the_works_nor_tried_again(graded: Callable[..., Report]) -> None:
    class Stopped(AnsweringSandbox):
        runs = 0

        def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
            self.runs += 1
            done = super().run(job, cancel)
            return done.model_copy(update={"ended": "cancelled", "exit_code": None})

    sandbox = Stopped()
    report = graded(sandbox=sandbox)
    assert (report.outcome, report.score, sandbox.runs) == ("infrastructure_failed", None, 1)
    assert report.failure is not None
    assert report.failure.code == "infrastructure.cancelled"
