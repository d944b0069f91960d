"""Several gradings side by side: CPUs dealt out, failures kept apart, Ctrl-C heard."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType

from grader.errors import AssignmentError, InfrastructureError, UsageError
from grader.model import Assignment
from grader.pipeline import Graded, Parts, grade, start_ahead, stopped_on_a_defect

Keep = Callable[[Graded], None]


def grade_all(
    sources: Mapping[str, str],
    assignment: Assignment | None,
    parts: Parts,
    jobs: int,
    cancel: threading.Event,
    keep: Keep,
) -> None:
    """Grade `sources` (name -> SOURCE), at most `jobs` at once, and hand each result to `keep` as it comes.

    One that fails never stops the others. `cancel` is set on SIGINT or SIGTERM; what had not finished is dropped.
    A sandbox for each slot is started at once, and the next when a run has ended and its CPUs are free.
    """
    slots: queue.SimpleQueue[tuple[int, ...]] = queue.SimpleQueue()
    workers = min(jobs, len(sources))
    ahead = _Ahead(assignment, parts, len(sources))
    for share in cpu_shares(sorted(os.sched_getaffinity(0)), workers):
        slots.put(share)
        ahead.start(share)
    writing = threading.Lock()

    def one(name: str, source: str) -> None:
        if cancel.is_set():
            return
        share = slots.get()
        try:
            graded = _grade_or_report(source, name, assignment, parts, share, cancel, lambda: ahead.start(share))
        finally:
            slots.put(share)
        if not cancel.is_set():
            with writing:
                keep(graded)
            parts.listener.step(name, "done" if graded.report.outcome == "completed" else "failed")

    with cancelled_by_signals(cancel), ThreadPoolExecutor(workers, thread_name_prefix="grading") as pool:
        futures = [pool.submit(one, name, source) for name, source in sources.items()]
        _wait(futures)
    for future in futures:
        future.result()


class _Ahead:
    """Starts sandboxes ahead, never more than there are works left."""

    def __init__(self, assignment: Assignment | None, parts: Parts, works: int) -> None:
        self._assignment, self._parts, self._works, self._left = assignment, parts, works, works
        self._lock = threading.Lock()

    def start(self, cpu_ids: tuple[int, ...]) -> None:
        """Begin to start one on `cpu_ids` if a work is left for it."""
        with self._lock:
            self._left -= 1
            if self._left < 0:
                return
        start_ahead(self._assignment, self._parts, cpu_ids, is_only_work=self._works == 1)


def cpu_shares(cpus: list[int], jobs: int) -> list[tuple[int, ...]]:
    """Return one group of CPUs a job: disjoint while there are enough, shared one by one when there are not."""
    if jobs >= len(cpus):
        return [(cpus[job % len(cpus)],) for job in range(jobs)]
    size = len(cpus) // jobs
    return [tuple(cpus[job * size : (job + 1) * size]) for job in range(jobs)]


@contextmanager
def cancelled_by_signals(cancel: threading.Event) -> Iterator[None]:
    """Set `cancel` on SIGINT and SIGTERM while inside, instead of dying with sandboxes alive."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        cancel.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _grade_or_report(
    source: str,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    after_run: Callable[[], None],
) -> Graded:
    try:
        return grade(source, name, assignment, parts, cpu_ids, cancel, after_run)
    except (AssignmentError, UsageError, InfrastructureError):
        raise
    except Exception as error:  # noqa: BLE001 - the worker loop: a defect of ours costs one report, not the batch
        return stopped_on_a_defect(source, name, assignment, parts, error)


def _wait(futures: list[Future[None]]) -> None:
    # Waiting with a time-out lets the main thread run signal handlers.
    while wait(futures, timeout=0.2).not_done:
        pass
