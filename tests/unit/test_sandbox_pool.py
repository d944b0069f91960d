"""The sandboxes that wait: never more than may, and none of a kind that is asked for no more."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

from grader.model import Limits, SandboxJob
from grader.sandbox.pool import Pool
from grader.sandbox.standing import Standing


class Waiting:
    """Stands in for a sandbox that waits; only the pool is under test."""

    def __init__(self, job: SandboxJob) -> None:
        self.job, self.is_closed = job, threading.Event()

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        self.is_closed.set()


class Bench:
    """A pool of at most `most`, and everything it has started."""

    def __init__(self, most: int) -> None:
        self.started: list[Waiting] = []
        self.pool = Pool(most=most)

    def _start(self, job: SandboxJob) -> Standing:
        self.started.append(Waiting(job))
        return cast("Standing", self.started[-1])

    def prepare(self, job: SandboxJob) -> None:
        self.pool.prepare(job, self._start)

    def taken(self, job: SandboxJob) -> bool:
        return self.pool.take(job) is not None


def job(processes: int) -> SandboxJob:
    """Return a job of a kind of its own for each number."""
    limits = Limits(processes=processes)
    return SandboxJob(run_id="a", argv=("a",), workspace=Path("/a"), output=Path("/b"), limits=limits, gets_ready=True)


def test_the_oldest_of_another_kind_makes_room() -> None:
    bench = Bench(most=2)
    for processes in (1, 2, 2, 3):
        bench.prepare(job(processes))
    assert [bench.taken(job(processes)) for processes in (1, 3, 2, 2)] == [False, True, True, False]
    bench.pool.close()
    closed = {waiting.job.limits.processes for waiting in bench.started if waiting.is_closed.is_set()}
    assert closed <= {1, 2}
    assert len(bench.started) <= 4


def test_no_more_of_one_kind_are_started_than_may_wait() -> None:
    bench = Bench(most=2)
    for _ in range(5):
        bench.prepare(job(1))
    assert [bench.taken(job(1)) for _ in range(3)] == [True, True, False]
    bench.prepare(job(1))
    assert bench.taken(job(1)), "one that was taken makes room"


def test_one_that_is_given_up_is_removed_while_the_others_wait() -> None:
    bench = Bench(most=1)
    bench.prepare(job(1))
    while not bench.started:
        threading.Event().wait(0.01)
    bench.prepare(job(2))
    assert bench.started[0].is_closed.wait(20)
    assert bench.taken(job(2))
