"""Sandboxes that were started ahead and wait, each for one job."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.sandbox.standing import Standing

_NOT_KNOWN_AHEAD = {"run_id", "workspace", "output", "line"}


class Pool:
    """Starts sandboxes in the background with `start`, and hands each to one job that it fits.

    `at_end` is called when the last is gone, before the threads are with which everything they started dies.
    """

    def __init__(self, start: Callable[[SandboxJob], Standing], at_end: Callable[[], None] = lambda: None) -> None:
        self._start, self._at_end = start, at_end
        self._waiting: dict[str, deque[Future[Standing]]] = {}
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    def prepare(self, job: SandboxJob) -> None:
        """Begin to start a sandbox for a later job like `job`, which must be one that gets ready."""
        with self._lock:
            if self._threads is None:
                # They live as long as the pool: a sandbox dies with the thread that started it.
                self._threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="get-ready")
            self._waiting.setdefault(_kind(job), deque()).append(self._threads.submit(self._start, job))

    def take(self, job: SandboxJob) -> Standing | None:
        """Return a waiting sandbox that fits, ready or soon to be, None when there is none that works."""
        while (future := self._next(job)) is not None:
            try:
                standing = future.result()
            except InfrastructureError:
                continue  # the caller's own try will tell
            if standing.is_alive():
                return standing
            standing.close()
        return None

    def _next(self, job: SandboxJob) -> Future[Standing] | None:
        with self._lock:
            waiting = self._waiting.get(_kind(job))
            return waiting.popleft() if waiting else None

    def close(self) -> None:
        """Remove every sandbox that is waiting or being started."""
        with self._lock:
            futures = [future for waiting in self._waiting.values() for future in waiting]
            self._waiting.clear()
            threads, self._threads = self._threads, None
        for future in futures:
            if not future.cancel() and future.exception() is None:
                future.result().close()
        self._at_end()
        if threads is not None:
            threads.shutdown()


def _kind(job: SandboxJob) -> str:
    return job.model_dump_json(exclude=_NOT_KNOWN_AHEAD)
