"""One bwrap process: started with nothing of ours, held at the door until the host is ready, read, and killed whole."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from types import TracebackType
from typing import Self

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended
from grader.sandbox.cgroups import ControlGroup
from grader.sandbox.confinement import (
    READY,
    bwrap_arguments,
    environment_words,
    etc_files,
    holding_command,
    inner_command,
    limit_words,
)
from grader.sandbox.disk import MemoryFileSystems
from grader.sandbox.environment import BuiltEnvironment
from grader.sandbox.host import counts_processes_by_namespace
from grader.sandbox.inside import memory_file_systems
from grader.sandbox.result import Death
from grader.sandbox.seccomp import compiled_filter
from grader.sandbox.streams import PipeReader
from grader.sandbox.zygote import Zygote

START_S = 30
KILL_S = 20
TICK_S = 0.05

# Enters the control groups before bwrap exists, so that everything after is inside from its first moment.
_LAUNCHER = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@"'


class BubblewrapProcess:
    """A sandbox set up and waiting for `go`; leaving the block kills whatever is left of it."""

    roots: tuple[int, ...]  # the first process, and the one that was forked into the sandbox if one was

    def __init__(
        self,
        program: str,
        job: SandboxJob,
        environment: BuiltEnvironment,
        uid: int | None,
        group: ControlGroup | None,
        zygote: Zygote | None = None,
    ) -> None:
        """Start it and wait until it stands; raises InfrastructureError when it does not.

        With `zygote`, bwrap only makes the sandbox, and the runner is forked into it.
        """
        self.memory: MemoryFileSystems | None = None
        self._group = group
        self._dead = True
        self._pidfd = -1
        self._open: list[int] = []
        self._theirs: list[int] = []
        try:
            self._start(program, job, environment, uid, group, zygote)
        except BaseException:
            self._clean_up()
            raise

    def _start(
        self,
        program: str,
        job: SandboxJob,
        environment: BuiltEnvironment,
        uid: int | None,
        group: ControlGroup | None,
        zygote: Zygote | None,
    ) -> None:
        stdout, stdout_end = self._pipe()
        stderr, stderr_end = self._pipe()
        self._status, status_end = self._pipe()
        self._go, door = self._pipe(we_write=True)
        self._stdout = PipeReader(stdout, job.limits.log_bytes)
        self._stderr = PipeReader(stderr, job.limits.log_bytes)
        files = [(self._file(text.encode()), path) for path, text in etc_files(uid, network=job.network).items()]
        words = [*bwrap_arguments(job, environment, uid, files), *environment_words(job)]
        seccomp = self._file(compiled_filter())
        words += ["--json-status-fd", str(status_end), "--seccomp", str(seccomp)]
        arguments = self._file(b"".join(word.encode() + b"\0" for word in words))
        count = uid is not None or counts_processes_by_namespace()
        inner, stdin = inner_command(job, uid, count_processes=count), door
        if zygote is not None:
            inner = holding_command(job, uid, count_processes=count)
            stdin, verdict = os.pipe2(os.O_CLOEXEC)
            self._theirs += [stdin, verdict]
        pin = ["/usr/bin/taskset", "-c", ",".join(map(str, job.cpu_ids))] if job.cpu_ids else []
        doors = group.doors if group else ()
        entering = zygote.entering() if zygote else []
        limited = limit_words(job, count_processes=False)  # for bwrap itself: as an ordinary user it is the work's
        command = [*pin, *limited, *entering, program, "--args", str(arguments), "--", *inner]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _LAUNCHER, "sh", *doors, "--", *command],
            stdin=stdin,
            stdout=stdout_end,
            stderr=stderr_end,
            env={},
            cwd="/",
            pass_fds=(status_end, arguments, seccomp, *(number for number, _ in files)),
            start_new_session=True,
        )
        self._dead = False
        self._wait_until_it_stands()
        if zygote is not None:
            runner = (door, stdout_end, stderr_end, verdict)
            inside = zygote.fork_into((self.roots[0], self._pidfd), job, uid, group, runner, count_processes=count)
            self.roots = (self.roots[0], inside)
        self._close(self._theirs)
        self.memory = MemoryFileSystems(self.roots[0], (place.target for place in memory_file_systems(job)))

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
        """Read the line that our own few words inside print last; nothing of the work has run before it."""
        wanted, said = f"{READY}\n".encode(), b""
        deadline = time.monotonic() + START_S
        while said != wanted and time.monotonic() < deadline and self._process.poll() is None:
            if _is_readable(self._stdout.descriptor, TICK_S):
                more = os.read(self._stdout.descriptor, len(wanted) - len(said))
                said += more
                if not more:
                    break
        if said != wanted:
            self._kill_and_reap()
            self._stderr.drain()
            reason = self.last_words() or "it did not start in time"
            raise InfrastructureError(
                "infrastructure.sandbox", f"bubblewrap could not make a sandbox: {reason}", hint="Run: grader doctor"
            )
        status = os.read(self._status, 4096).decode().splitlines()
        first_process = int(json.loads(status[0])["child-pid"])
        self.roots = (first_process,)
        self._pidfd = os.pidfd_open(first_process)
        self._open.append(self._pidfd)

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

    def end(self, killed_for: Ended | None, wall_s: float) -> Death:
        """Kill what is left, wait until nothing runs, take in the last words; returns what is known of the end.

        The first process of a namespace is gone only when every other one in it is, so waiting for it is enough.
        Raises InfrastructureError when it stays.
        """
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            if self._group is not None:
                self._group.let_die_fast()
        if not _is_readable(self._pidfd, KILL_S):
            raise InfrastructureError("infrastructure.sandbox", "A killed sandbox did not go away.")
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._dead = True
        self._stdout.drain()
        self._stderr.drain()
        cpu_s = used.ru_utime + used.ru_stime if len(self.roots) == 1 else None  # what is forked in is not its child
        return Death(killed_for, self._process.returncode, wall_s, self._stdout.log, self._stderr.log, cpu_s)

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
        self._close(self._open)
        self._close(self._theirs)

    def _kill_and_reap(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._dead = True
        if self._pidfd >= 0:
            _is_readable(self._pidfd, KILL_S)

    @staticmethod
    def _close(descriptors: list[int]) -> None:
        while descriptors:
            os.close(descriptors.pop())


def _is_readable(descriptor: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
