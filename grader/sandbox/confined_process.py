"""A process whose sandbox stands and waits at its door: pipes, door, last words, and that it is killed whole."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from types import TracebackType
from typing import Self

from grader.errors import InfrastructureError
from grader.sandbox.confinement import READY
from grader.sandbox.disk import Written
from grader.sandbox.streams import PipeReader

START_S = 30
KILL_S = 20
TICK_S = 0.05


class ConfinedProcess:
    """What the backends that start a process of their own have in common; leaving the block kills whatever is left.

    A backend starts `_process` with the ends in `_theirs`, and sets `_pidfd`, which is readable once nothing runs.
    """

    made_by: str  # the program that makes the sandbox, for messages
    roots: tuple[int, ...]  # the processes that all others in the sandbox come from
    _process: subprocess.Popen[bytes]

    def __init__(self, log_bytes: int) -> None:
        """Make the pipes; what is printed is kept up to `log_bytes`."""
        self.memory: Written | None = None
        self._dead = True
        self._pidfd = -1
        self._open: list[int] = []
        self._theirs: list[int] = []
        stdout, self._stdout_end = self._pipe()
        stderr, self._stderr_end = self._pipe()
        self._go, self._door = self._pipe(we_write=True)
        self._stdout, self._stderr = PipeReader(stdout, log_bytes), PipeReader(stderr, log_bytes)

    def _pipe(self, *, we_write: bool = False) -> tuple[int, int]:
        """Return our end and theirs."""
        reading, writing = os.pipe2(os.O_CLOEXEC)
        ours, theirs = (writing, reading) if we_write else (reading, writing)
        self._open.append(ours)
        self._theirs.append(theirs)
        return ours, theirs

    def _file(self, data: bytes) -> int:
        descriptor = os.memfd_create("grader", os.MFD_CLOEXEC)
        self._theirs.append(descriptor)
        os.write(descriptor, data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    def _wait_until_it_stands(self) -> None:
        """Read the line that our own few words inside print last; nothing of the work has run before it.

        Raises InfrastructureError when it does not come.
        """
        wanted, said = f"{READY}\n".encode(), b""
        deadline = time.monotonic() + START_S
        while said != wanted and time.monotonic() < deadline and self._process.poll() is None:
            if is_readable(self._stdout.descriptor, TICK_S):
                more = os.read(self._stdout.descriptor, len(wanted) - len(said))
                said += more
                if not more:
                    break
        if said != wanted:
            self._kill_and_reap()
            self._stderr.drain()
            reason = self.last_words() or "it did not start in time"
            raise InfrastructureError(
                "infrastructure.sandbox",
                f"{self.made_by} could not make a sandbox: {reason}",
                hint="Run: grader doctor",
            )

    def go(self, line: str) -> None:
        """Let the work begin."""
        with (
            contextlib.suppress(BrokenPipeError),
            open(self._go, "wb", closefd=False) as door,
        ):  # it may be dead already
            door.write(f"{line}\n".encode())

    def wait_a_tick(self, seconds: float) -> bool:
        """Read what is printed for a tick at most; returns True once the sandbox is dead."""
        deadline = time.monotonic() + seconds
        while not self._read_logs(max(0, deadline - time.monotonic()), self._pidfd):
            if time.monotonic() >= deadline:
                return False
        return True

    def _read_logs(self, seconds: float, also: int) -> bool:
        """Wait for something to read or for `also`, take it, and return whether `also` was ready."""
        poll = select.poll()
        poll.register(also, select.POLLIN)
        live = [pipe for pipe in (self._stdout, self._stderr) if not pipe.ended]
        for pipe in live:
            poll.register(pipe.descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        for pipe in live:
            if pipe.descriptor in ready:
                pipe.read()
        return also in ready

    def _reap(self) -> float:
        """Take in the status and the last words of what is over; returns the seconds of processor time it had."""
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._dead = True
        self._stdout.drain()
        self._stderr.drain()
        return used.ru_utime + used.ru_stime

    def last_words(self) -> str:
        """Return the end of what was printed to standard error."""
        return self._stderr.log.text().strip()[-500:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean_up()

    def _clean_up(self) -> None:
        if not self._dead:
            self._kill_and_reap()
        if self.memory is not None:
            self.memory.close()
        close(self._open)
        close(self._theirs)

    def _kill_and_reap(self) -> None:
        raise NotImplementedError


def killed_from_outside(status: int) -> InfrastructureError:
    """Return what to raise for a sandbox whose outermost process ended with the negative of a signal's number."""
    return InfrastructureError(
        "infrastructure.sandbox",
        f"The process that keeps a sandbox was ended from outside ({signal.Signals(-status).name}), and the sandbox "
        "with it.",
        hint="If the machine ran out of memory, grade fewer at once: --jobs 1.",
    )


def close(descriptors: list[int]) -> None:
    """Close them all and empty the list."""
    while descriptors:
        os.close(descriptors.pop())


def is_readable(descriptor: int, seconds: float) -> bool:
    """Return whether it is, or becomes so in time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
