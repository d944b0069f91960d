"""One bwrap process: started with nothing of ours, held at the door until the host is ready, read, and killed whole."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended
from grader.sandbox.cgroups import ControlGroup
from grader.sandbox.confined_process import KILL_S, ConfinedProcess, close, is_readable, killed_from_outside
from grader.sandbox.confinement import (
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
from grader.sandbox.zygote import Zygote

# Enters the control groups before bwrap exists, so that everything after is inside from its first moment.
_LAUNCHER = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@"'


class BubblewrapProcess(ConfinedProcess):
    """A sandbox set up and waiting for `go`: `roots` are its first process, and the one forked into it if one was."""

    made_by = "bubblewrap"

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
        super().__init__(job.limits.log_bytes)
        self._group = group
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
        status, status_end = self._pipe()
        files = [(self._file(text.encode()), path) for path, text in etc_files(uid, network=job.network).items()]
        words = [*bwrap_arguments(job, environment, uid, files), *environment_words(job)]
        seccomp = self._file(compiled_filter())
        words += ["--json-status-fd", str(status_end), "--seccomp", str(seccomp)]
        arguments = self._file(b"".join(word.encode() + b"\0" for word in words))
        # a group counts them by itself: the other count may refuse one first, and nobody would know which limit it was
        count = group is None and (uid is not None or counts_processes_by_namespace())
        inner, stdin = inner_command(job, uid, count_processes=count), self._door
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
            stdout=self._stdout_end,
            stderr=self._stderr_end,
            env={},
            cwd="/",
            pass_fds=(status_end, arguments, seccomp, *(number for number, _ in files)),
            start_new_session=True,
        )
        self._dead = False
        self._wait_until_it_stands()
        first_process = int(json.loads(os.read(status, 4096).decode().splitlines()[0])["child-pid"])
        self.roots = (first_process,)
        self._pidfd = os.pidfd_open(first_process)
        self._open.append(self._pidfd)
        if zygote is not None:
            runner = (self._door, self._stdout_end, self._stderr_end, verdict)
            inside = zygote.fork_into((first_process, self._pidfd), job, uid, group, runner, count_processes=count)
            self.roots = (first_process, inside)
        close(self._theirs)
        self.memory = MemoryFileSystems(first_process, (place.target for place in memory_file_systems(job)))

    def end(self, killed_for: Ended | None, wall_s: float) -> Death:
        """Kill what is left, wait until nothing runs, take in the last words; returns what is known of the end.

        The first process of a namespace is gone only when every other one in it is, so waiting for it is enough.
        Raises InfrastructureError when it stays, and when bwrap itself was killed, which no work can do: nothing is
        known of the work then.
        """
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            if self._group is not None:
                self._group.let_die_fast()
        if not is_readable(self._pidfd, KILL_S):
            raise InfrastructureError("infrastructure.sandbox", "A killed sandbox did not go away.")
        used = self._reap()
        if killed_for is None and self._process.returncode < 0 and not (self._group and self._group.oom_kills()):
            raise killed_from_outside(self._process.returncode)
        cpu_s = used if len(self.roots) == 1 else None  # what is forked in is not its child
        return Death(killed_for, self._process.returncode, wall_s, self._stdout.log, self._stderr.log, cpu_s)

    def _kill_and_reap(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._dead = True
        if self._pidfd >= 0:
            is_readable(self._pidfd, KILL_S)
