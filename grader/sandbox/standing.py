"""A sandbox that stands and waits at its door, on any backend: it serves exactly one run, and dies."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from grader.errors import InfrastructureError, SubmissionError
from grader.model import SandboxJob, SandboxResult
from grader.model.run import Ended
from grader.sandbox.disk import Written
from grader.sandbox.inside import READY_FILE
from grader.sandbox.result import Death, RanOn, sandbox_result
from grader.sandbox.slots import give_to_slot
from grader.sandbox.watchdog import TICKS_S, Gauge, Watchdog

READY_S = 120
_LOOK_EVERY_S = 0.01


class Confined(Protocol):
    """The process or container of one sandbox, as its backend made it."""

    memory: Written | None

    @property
    def roots(self) -> tuple[int, ...]:
        """The host's numbers of the processes that all others in it come from, none when they are not known."""

    def go(self, line: str) -> None:
        """Hand in the line that lets the work begin."""

    def wait_a_tick(self, seconds: float) -> bool:
        """Return whether it has ended, after `seconds` at most."""

    def end(self, killed_for: Ended | None, wall_s: float) -> Death:
        """Kill what is left, wait until nothing of it runs, and return what is known of its end."""

    def last_words(self) -> str:
        """Return the end of what it said, once it is dead."""


class Standing:
    """One sandbox with what it holds: closing it, or leaving the block, leaves nothing.

    `job` is the one it was started for; `uid` the user that its folders must belong to, None for our own.
    """

    def __init__(
        self,
        job: SandboxJob,
        confined: Confined,
        gauge: Gauge,
        uid: int | None,
        ran_on: RanOn,
    ) -> None:
        self.job = job
        self._confined, self._gauge, self._uid, self._ran_on = confined, gauge, uid, ran_on
        self._held = ExitStack()

    def hold(self, held: ExitStack) -> Self:
        """Take over what has to be let go when this sandbox is closed."""
        self._held = held
        return self

    def wait_until_ready(self) -> None:
        """Wait for a command that gets ready; raises InfrastructureError when it ends or takes too long, or, where the
        work brought its own environment, SubmissionError("environment.broken").
        """
        if not self.job.gets_ready:
            return
        file, deadline = self.job.output / READY_FILE, time.monotonic() + READY_S
        while not file.exists():
            if self._confined.wait_a_tick(_LOOK_EVERY_S):
                self._confined.end(None, 0)
                reason = self._confined.last_words() or "it said nothing"
                if self.job.environment is not None:
                    raise _broken(reason)
                raise InfrastructureError("infrastructure.sandbox", f"A sandbox ended before it was ready: {reason}")
            if time.monotonic() > deadline and self.job.environment is not None:
                raise _broken(f"it was not ready within {READY_S} s")
            if time.monotonic() > deadline:
                raise InfrastructureError("infrastructure.sandbox", f"A sandbox was not ready within {READY_S} s.")
        file.unlink()

    def is_alive(self) -> bool:
        """Return whether it is still there to take a job."""
        return not self._confined.wait_a_tick(0)

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Serve `job`, which is the one it was started for or one that takes its place, and leave nothing."""
        with self:
            self._move_in(job)
            result = self._serve(job.line, cancel)
        self._move_out(job)
        return result

    def _serve(self, line: str, cancel: threading.Event) -> SandboxResult:
        dog = Watchdog(self.job, cancel, self._gauge)
        dog.memory, dog.roots = self._confined.memory, self._confined.roots
        dog.start()
        self._confined.go(line)
        killed_for = None
        while killed_for is None and not self._confined.wait_a_tick(TICKS_S[self._ran_on.enforcement]):
            killed_for = dog.check()
        wall_s = dog.elapsed_s
        dog.gauge.sample()
        dog.roots = ()
        return sandbox_result(self._confined.end(killed_for, wall_s), dog, self._ran_on)

    def _move_in(self, job: SandboxJob) -> None:
        """Put the job's files into the folders that this sandbox sees, both on one file system."""
        for source, target in self._folders(job):
            for name in os.listdir(source):  # noqa: PTH208 - names as the system gives them
                os.rename(os.path.join(source, name), os.path.join(target, name))  # noqa: PTH104, PTH118
        if self._uid is not None:
            give_to_slot((self.job.workspace, self.job.output), self._uid)

    def _move_out(self, job: SandboxJob) -> None:
        """Put what the dead sandbox has left where the job wants it."""
        for place, own in self._folders(job):
            place.rmdir()
            own.rename(place)
            with suppress(OSError):
                own.parent.rmdir()

    def _folders(self, job: SandboxJob) -> list[tuple[Path, Path]]:
        if job.workspace == self.job.workspace:
            return []
        return [(job.workspace, self.job.workspace), (job.output, self.job.output)]

    def close(self) -> None:
        """Kill it if it lives, and let go of all that it held."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _broken(reason: str) -> SubmissionError:
    return SubmissionError(
        "environment.broken",
        f"Python did not start in the environment that the work asked for: {reason[-300:]}",
        hint="Try the list of requirements in a new virtual environment.",
    )
