"""Sandboxes that were started ahead and wait, each for one job."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.sandbox.standing import Standing, tell_wanted

_NOT_KNOWN_AHEAD = {"run_id", "workspace", "output", "line"}


class Waiting(NamedTuple):
    """A sandbox that waits, or is being started, for jobs of that kind."""

    kind: str
    job: SandboxJob
    standing: Future[Standing]


class Pool:
    """Starts sandboxes in the background, and hands each to one job that it fits.

    At most `most` wait, by default two for each processor, for a work's two runs may go on side by side. `at_end` is
    called when the last is gone, before the threads are with which everything they started dies.
    """

    def __init__(self, at_end: Callable[[], None] = lambda: None, most: int | None = None) -> None:
        self._at_end = at_end
        self._cpus = len(os.sched_getaffinity(0))
        self._most = most or 2 * self._cpus
        self._waiting: list[Waiting] = []  # the oldest first
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    def prepare(self, job: SandboxJob, start: Callable[[SandboxJob], Standing]) -> None:
        """Begin to `start` a sandbox for a later job like `job`, which must be one that gets ready.

        Where too many wait already, the oldest of another kind is given up for it; where all are of its kind, one of
        them will do.
        """
        with self._lock:
            if self._threads is None:
                # They live as long as the pool: a sandbox dies with the thread that started it.
                self._threads = ThreadPoolExecutor(self._cpus, thread_name_prefix="get-ready")
            if self._has_room_for(_kind(job), self._threads):
                self._waiting.append(Waiting(_kind(job), job, self._threads.submit(start, job)))

    def _has_room_for(self, kind: str, threads: ThreadPoolExecutor) -> bool:
        if len(self._waiting) < self._most:
            return True
        other = next((index for index, waiting in enumerate(self._waiting) if waiting.kind != kind), None)
        if other is not None:
            threads.submit(_give_up, self._waiting.pop(other).standing)
        return other is not None

    def wait_until_ready(self) -> None:
        """Wait until everything that is being started ahead is ready, or has failed; a failure shows elsewhere."""
        with self._lock:
            standings = [waiting.standing for waiting in self._waiting]
        wait(standings)

    def take(self, job: SandboxJob) -> Standing | None:
        """Return a waiting sandbox that fits, ready or soon to be, None when there is none that works.

        One that is being started, and the one that the caller starts then, are told what they are wanted for, and only
        get ready for that.
        """
        while (waiting := self._next(job)) is not None:
            if not waiting.standing.done():
                tell_wanted(waiting.job.output, job)
            try:
                standing = waiting.standing.result()
            except InfrastructureError:
                continue  # the caller's own try will tell
            if standing.is_alive():
                return standing
            standing.close()
        tell_wanted(job.output, job)
        return None

    def _next(self, job: SandboxJob) -> Waiting | None:
        kind = _kind(job)
        with self._lock:
            index = next((index for index, waiting in enumerate(self._waiting) if waiting.kind == kind), None)
            return None if index is None else self._waiting.pop(index)

    def close(self) -> None:
        """Remove every sandbox that is waiting or being started."""
        with self._lock:
            futures = [waiting.standing for waiting in self._waiting]
            self._waiting.clear()
            threads, self._threads = self._threads, None
        for future in futures:
            _give_up(future)
        self._at_end()
        if threads is not None:
            threads.shutdown()


def _give_up(future: Future[Standing]) -> None:
    """Remove a sandbox, once it stands if it is just being started."""
    if not future.cancel() and future.exception() is None:
        future.result().close()


def _kind(job: SandboxJob) -> str:
    return job.model_dump_json(exclude=_NOT_KNOWN_AHEAD)
