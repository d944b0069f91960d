"""The process from which those of waiting sandboxes are forked, so that the scientific stack is loaded once for all.

It runs the runner's own code in the locked environment, sees no work and no data, and is told what to do by us alone.
What it forks enters a sandbox that bwrap has made and gives up every right before a work comes in.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.sandbox.cgroups import ControlGroup
from grader.sandbox.confinement import bounds, environment_words, etc_files, zygote_arguments
from grader.sandbox.environment import BuiltEnvironment
from grader.sandbox.inside import variables
from grader.sandbox.seccomp import compiled_filter
from grader.sandbox.slots import has_users_to_give

LOAD_S = 120
FORK_S = 30
END_S = 10
MOST_FAILURES = 2
MOST_LIVING = 2
# Processes first, for a fork; where there is a user namespace it comes last, for the others belong to the one above it.
NAMESPACES = ("pid", "cgroup", "ipc", "net", "uts", "mnt")


class Zygote:
    """One such process; close it when no more sandboxes are to come. It also dies with the thread that started it."""

    def __init__(self, program: str, job: SandboxJob, environment: BuiltEnvironment) -> None:
        """Start it with the variables and mounts of `job` and wait until it is ready.

        Raises InfrastructureError where it does not start.
        """
        self._lock = threading.Lock()
        self._held = ExitStack()
        try:
            self._start(program, job, environment)
        except BaseException:
            self.close()
            raise

    def _start(self, program: str, job: SandboxJob, environment: BuiltEnvironment) -> None:
        # A pipe, for that is what the works' output goes to, and Python looks at it once.
        self._said, said_end = os.pipe2(os.O_CLOEXEC)
        self._held.callback(os.close, self._said)
        os.set_blocking(self._said, False)
        self.has_forked = False
        self._failures = 0  # in a row
        self._socket, theirs = (self._held.enter_context(end) for end in socket.socketpair(type=socket.SOCK_SEQPACKET))
        ends = os.pipe2(os.O_CLOEXEC)
        status = self._held.enter_context(os.fdopen(ends[0], "rb"))
        status_end = self._held.enter_context(os.fdopen(ends[1], "wb"))
        uid = 0 if has_users_to_give() else None
        with ExitStack() as stack:
            stack.callback(os.close, said_end)
            files = [
                (stack.enter_context(_file(text.encode())), path)
                for path, text in etc_files(uid, network=False).items()
            ]
            words = [*zygote_arguments(job, environment, uid, files), *environment_words(job)]
            words += ["--json-status-fd", str(status_end.fileno())]
            arguments = stack.enter_context(_file(b"".join(word.encode() + b"\0" for word in words)))
            self._process = subprocess.Popen(
                [program, "--args", str(arguments), "--", *job.argv, "zygote"],
                stdin=theirs.fileno(),
                stdout=said_end,
                stderr=said_end,
                env={},
                cwd="/",
                pass_fds=(arguments, status_end.fileno(), *(number for number, _ in files)),
                start_new_session=True,
            )
        self._held.callback(self._kill)
        theirs.close()
        status_end.close()
        if self._answer(LOAD_S) != b"ready":
            raise self._failed("could not be started")
        try:
            self.pid = int(json.loads(status.readline())["child-pid"])
            self._pidfd = os.pidfd_open(self.pid)
        except (OSError, ValueError) as error:
            raise self._failed("died at once") from error
        self._held.callback(os.close, self._pidfd)
        self._held.callback(self._end)

    def entering(self) -> list[str]:
        """Return the words before a command that makes a sandbox: as an ordinary user, only those that are made inside
        the zygote's own user namespace can be entered by what it forks.
        """
        if has_users_to_give():
            return []
        return ["/usr/bin/nsenter", f"--user=/proc/{self.pid}/ns/user", "--preserve-credentials"]

    def fork_into(
        self,
        first_process: tuple[int, int],
        job: SandboxJob,
        uid: int | None,
        group: ControlGroup | None,
        descriptors: Sequence[int],
        *,
        count_processes: bool,
    ) -> int:
        """Put a runner into the sandbox of `first_process`, its number and a pidfd of it; return the runner's number.

        `descriptors` are its input, output and error, and what its exit status is written to. Raises
        InfrastructureError where that fails.
        """
        number, pidfd = first_process
        names = NAMESPACES if uid is not None else (*NAMESPACES, "user")
        doors = group.doors if group else ()
        order = {
            "uid": uid,
            "env": variables(job),
            "cpu_ids": job.cpu_ids,
            "bounds": bounds(job, count_processes=count_processes),
            "groups": len(doors),
        }
        with self._lock, ExitStack() as stack:
            if not self.is_alive():
                raise _none()
            given = [*descriptors, stack.enter_context(_file(compiled_filter()))]
            given += [stack.enter_context(_opened(path, os.O_WRONLY)) for path in doors]
            given += [stack.enter_context(_opened(f"/proc/{number}/ns/{name}", os.O_RDONLY)) for name in names]
            if _is_over(pidfd):
                raise _died_early()  # and what was opened may be another's that has got its number
            try:
                socket.send_fds(self._socket, [json.dumps(order).encode()], given)
            except OSError as error:
                raise self._failed("is gone") from error
            said = self._answer(FORK_S)
            if not said.isdigit():
                self._failures += 1 if said else MOST_FAILURES  # an answer that comes late would be taken for the next
                raise self._failed("could not fork into a sandbox")
            self._failures, self.has_forked = 0, True
            return int(said)

    def is_alive(self) -> bool:
        """Return whether it can still fork."""
        return self._failures < MOST_FAILURES and self._process.poll() is None

    def _answer(self, seconds: float) -> bytes:
        self._socket.settimeout(seconds)
        try:
            return self._socket.recv(100)
        except OSError:
            return b""

    def _failed(self, how: str) -> InfrastructureError:
        said = ""
        with contextlib.suppress(OSError):  # nothing, or closed meanwhile
            said = os.read(self._said, 1 << 16).decode("utf-8", "replace").strip()[-500:]
        return InfrastructureError(
            "infrastructure.sandbox",
            f"The process that sandboxes are forked from {how}: {said or 'it said nothing'}",
            hint="Run: grader doctor",
        )

    def _end(self) -> None:
        """Kill it and let bwrap see it go, so that nothing of it is left for others to take away."""
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self._process.wait(END_S)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Kill it and let go of what it held; the sandboxes that it forked into go on."""
        with self._lock:
            self._held.close()


class Zygotes:
    """The zygotes of one grader, one for each set of variables and mounts; nearly always one.

    Those used last are kept, for each holds the whole stack; what was forked from one that is ended goes on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._living: dict[str, Zygote] = {}
        self._failures: Counter[str] = Counter()

    def one_for(self, job: SandboxJob, program: str, environment: BuiltEnvironment, *, may_load: bool) -> Zygote:
        """Return the one that `job`'s process can be forked from; with `may_load` it is started if need be.

        Raises InfrastructureError where there is none; having tried twice to start one, at once.
        """
        kind = json.dumps([job.argv, variables(job), str(job.mounts), str(environment.path)])
        if not may_load:
            known = self._living.get(kind)
            if known is None or not known.is_alive():
                raise _none()
            return known
        with self._lock:
            known = self._living.get(kind)
            if known is not None and known.is_alive():
                self._living[kind] = self._living.pop(kind)  # to the end: it is the last used
                return known
            if known is not None:
                self._failures[kind] += not known.has_forked
                self._living.pop(kind).close()
            if self._failures[kind] >= MOST_FAILURES:
                raise _none()
            try:
                self._living[kind] = Zygote(program, job, environment)
            except InfrastructureError:
                self._failures[kind] += 1
                raise
            while len(self._living) > MOST_LIVING:
                self._living.pop(next(iter(self._living))).close()
            return self._living[kind]

    def close(self) -> None:
        """End them all."""
        with self._lock:
            while self._living:
                self._living.popitem()[1].close()


@contextmanager
def _file(data: bytes) -> Iterator[int]:
    descriptor = os.memfd_create("grader", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: str, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC)
    except OSError as error:
        raise _died_early() from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_over(pidfd: int) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))


def _none() -> InfrastructureError:
    return InfrastructureError("infrastructure.sandbox", "There is no process here that sandboxes can be forked from.")


def _died_early() -> InfrastructureError:
    return InfrastructureError("infrastructure.sandbox", "A sandbox died while it was made.")
