"""A sandbox that stands and waits at its door, on any backend: it serves exactly one run, and dies."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from grader.errors import GraderError, InfrastructureError, SubmissionError
from grader.model import SandboxJob, SandboxResult
from grader.model.run import Ended
from grader.sandbox.disk import DiskUse, Written
from grader.sandbox.inside import READY_FILE, WANTED_FILE
from grader.sandbox.live import forget_where, say_where
from grader.sandbox.result import Death, RanOn, sandbox_result
from grader.sandbox.slots import give_to_slot
from grader.sandbox.watchdog import TICKS_S, Gauge, Watchdog, written

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

    `job` is the one it was started for; `uid` the user that its folders must belong to, None for our own; `before` what
    they held when nothing could yet have run in it.
    """

    def __init__(
        self,
        job: SandboxJob,
        confined: Confined,
        gauge: Gauge,
        uid: int | None,
        ran_on: RanOn,
        before: DiskUse,
    ) -> None:
        self.job = job
        self._confined, self._gauge, self._uid, self._ran_on = confined, gauge, uid, ran_on
        self._before = before
        self._held = ExitStack()

    def hold(self, held: ExitStack) -> Self:
        """Take over what has to be let go when this sandbox is closed."""
        self._held = held
        return self

    def wait_until_ready(self) -> None:
        """Wait for a command that gets ready; raises InfrastructureError when it ends or takes too long, or, where the
        work brought its own environment, SubmissionError("environment.broken").

        That environment's code runs from the first moment, so it is watched as the work is.
        """
        if not self.job.gets_ready:
            return
        hostile = self.job.environment is not None
        dog, deadline = self._watchdog(threading.Event()), time.monotonic() + READY_S
        while not self._says_ready():
            if self._confined.wait_a_tick(_LOOK_EVERY_S):
                self._confined.end(None, 0)
                reason = self._confined.last_words() or "it said nothing"
                raise self._not_ready(f"it ended: {reason}")
            passed = dog.check_use() if hostile else None
            if passed is not None or time.monotonic() > deadline:
                raise self._not_ready(f"it passed the limit on {passed}" if passed else f"it took over {READY_S} s")

    def _says_ready(self) -> bool:
        """Return whether the sign is there, which is taken away; what made it may be hostile."""
        try:
            (self.job.output / READY_FILE).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._not_ready(f"its sign of being ready cannot be taken: {error.strerror}") from error
        return True

    def _not_ready(self, reason: str) -> GraderError:
        if self.job.environment is not None:
            return SubmissionError(
                "environment.broken",
                f"Python did not start in the environment that the work asked for: {reason[-300:]}",
                hint="Try the list of requirements in a new virtual environment.",
            )
        return InfrastructureError("infrastructure.sandbox", f"A sandbox did not get ready: {reason}")

    def _watchdog(self, cancel: threading.Event) -> Watchdog:
        dog = Watchdog(self.job, cancel, self._gauge, self._before)
        dog.memory, dog.roots = self._confined.memory, self._confined.roots
        dog.start()
        return dog

    def is_alive(self) -> bool:
        """Return whether it is still there to take a job."""
        return not self._confined.wait_a_tick(0)

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Serve `job`, which is the one it was started for or one that takes its place, and leave nothing."""
        takes_the_place = job.workspace != self.job.workspace
        with self:
            with suppress(OSError):  # the work's own packages may have made it anything
                (self.job.output / WANTED_FILE).unlink()
            if takes_the_place:
                self._move_in(job)
            result = self._serve(job.line, cancel)
        if takes_the_place:
            self._move_out(job)
        return result

    def _serve(self, line: str, cancel: threading.Event) -> SandboxResult:
        dog = self._watchdog(cancel)
        self._confined.go(line)
        killed_for = None
        while killed_for is None and not self._confined.wait_a_tick(TICKS_S[self._ran_on.enforcement]):
            killed_for = dog.check()
        wall_s = dog.elapsed_s
        dog.gauge.sample()
        dog.roots = ()
        return sandbox_result(self._confined.end(killed_for, wall_s), dog, self._ran_on)

    def _move_in(self, job: SandboxJob) -> None:
        """Put the job's files into the folders that this sandbox sees, both on one file system.

        Nothing of a work runs in it yet, or its folders could change while they are walked and given away.
        """
        for source, target in self._folders(job):
            for name in os.listdir(source):  # noqa: PTH208 - names as the system gives them
                os.rename(os.path.join(source, name), os.path.join(target, name))  # noqa: PTH104, PTH118
        if self._uid is not None:
            give_to_slot((self.job.workspace, self.job.output), self._uid)
        say_where(job.output, self.job.output)
        self._before = written(self.job)

    def _move_out(self, job: SandboxJob) -> None:
        """Put what the dead sandbox has left where the job wants it."""
        forget_where(job.output)
        for place, own in self._folders(job):
            place.rmdir()
            own.rename(place)
            with suppress(OSError):
                own.parent.rmdir()

    def _folders(self, job: SandboxJob) -> list[tuple[Path, Path]]:
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


def tell_wanted(output: Path, job: SandboxJob) -> None:
    """Say in the `output` folder of a sandbox that is being started that `job` waits for it: it makes haste then.

    Nothing of a work runs there yet.
    """
    if job.gets_ready:
        with suppress(OSError):  # it is over already, and its end is told elsewhere
            (output / WANTED_FILE).write_text(job.line)
