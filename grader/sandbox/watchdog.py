"""Watches a running sandbox from the host: deadline, cancellation, disk, memory and processes.

What it finds is all the host's own observation: nothing inside the sandbox, its first process included, is believed.
"""

from __future__ import annotations

import shutil
import threading
import time
from typing import Protocol

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended, Enforcement
from grader.sandbox.disk import DiskUse, Written, folder_use, unlinked_use
from grader.sandbox.process_tree import descendants

# How often a run is looked at. The kernel holds limits that are enforced; we alone hold the others.
TICKS_S: dict[Enforcement, float] = {"enforced": 0.1, "cooperative": 0.05}
HOST_FLOOR_BYTES = 256 * 1024**2
_DISK_EVERY_S = 0.1


class Gauge(Protocol):
    """Reads what a sandbox uses; one for control groups, one for process trees, one for containers."""

    def sample(self) -> Ended | None:
        """Note the present use; returns the limit that is passed, where nobody else holds it."""

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory that was seen, None when nothing was."""

    def cpu_s(self) -> float | None:
        """Return the processor time used so far, None when not known."""

    def oom_kills(self) -> int:
        """Return how many processes were killed for want of memory."""

    def killed_below_limit(self) -> bool:
        """Return whether the last of them was killed before the work was at its limit, so not for what it used."""

    def refused_processes(self) -> int:
        """Return how often a process or thread was refused."""


class Watchdog:
    """Says after each tick whether a run has to be ended, and why.

    `memory` and `roots` (the host's process ids) are set once they are known.
    """

    def __init__(self, job: SandboxJob, cancel: threading.Event, gauge: Gauge, before: DiskUse) -> None:
        """`before` is what the job's folders held when nothing of the work could yet have run."""
        self.gauge = gauge
        self.memory: Written | None = None
        self.roots: tuple[int, ...] = ()
        self.cpu_before_s = 0.0
        self._job, self._cancel = job, cancel
        self._device = job.workspace.stat().st_dev
        self._before = before
        self._started = self._disk_next = time.monotonic()

    def start(self) -> None:
        """Start the clock: the work begins now."""
        self.gauge.sample()
        self.cpu_before_s = self.gauge.cpu_s() or 0.0
        self._started = time.monotonic()
        self._disk_next = self._started + _DISK_EVERY_S

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began, by a clock that never jumps."""
        return time.monotonic() - self._started

    def check(self) -> Ended | None:
        """Return why the run must end now, None when it may go on."""
        if self._cancel.is_set():
            return "cancelled"
        if self.elapsed_s >= self._job.limits.wall_s:
            return self._what_it_hung_on()
        return self.check_use()

    def _what_it_hung_on(self) -> Ended:
        """Return the limit that a work past its deadline has met before: who lost a child may wait for it for ever."""
        self.gauge.sample()
        if self.gauge.refused_processes():
            return "processes"
        return "memory" if self.gauge.oom_kills() else "wall_time"

    def check_use(self) -> Ended | None:
        """Return the limit on memory, processes or disk that is passed, None when none is."""
        passed = self.gauge.sample()
        if passed is None and time.monotonic() >= self._disk_next:
            passed = self._check_disk()
        return passed

    def _check_disk(self) -> Ended | None:
        began = time.monotonic()
        if shutil.disk_usage(self._job.workspace).free < HOST_FLOOR_BYTES:
            raise InfrastructureError("infrastructure.sandbox", f"The disk that holds {self._job.workspace} is full.")
        over = self.disk_is_over()
        now = time.monotonic()
        self._disk_next = now + max(_DISK_EVERY_S, 5 * (now - began))  # never more than a sixth of our own time
        return "disk" if over else None

    def disk_is_over(self) -> bool:
        """Return whether the work has written more bytes or files than it may."""
        limits = self._job.limits
        used = written(self._job, self._before.files) - self._before
        if self.memory is not None:
            used += self.memory.use()
        if self.roots:
            used += unlinked_use(descendants(self.roots, limits.processes)[0], self._device)
        return used.bytes > limits.disk_bytes or used.files > limits.disk_files

    def disk_is_full(self) -> bool:
        """Return whether the work has used up its disk, so that its next write failed or will fail."""
        return self.disk_is_over() or (self.memory is not None and self.memory.full())


def written(job: SandboxJob, known_files: int = 0) -> DiskUse:
    """Return what the job's folders hold; files are counted as far as says whether there are too many new ones."""
    most = job.limits.disk_files + known_files + 1
    return folder_use(job.workspace, most) + folder_use(job.output, most)
