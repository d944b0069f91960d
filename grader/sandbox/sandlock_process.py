"""One of sandlock's sandboxes: a process that Landlock, seccomp and a supervisor keep to what it may reach."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended
from grader.sandbox import sandlock_keeper
from grader.sandbox.confined_process import KILL_S, ConfinedProcess, close, is_readable
from grader.sandbox.confinement import etc_files, inner_command
from grader.sandbox.disk import DiskUse, folder_use
from grader.sandbox.environment import BuiltEnvironment
from grader.sandbox.inside import memory_file_systems, variables
from grader.sandbox.process_tree import descendants
from grader.sandbox.result import Death
from grader.sandbox.seccomp import compiled_filter

PORTS = 10  # a kernel listens on five, and there are two where the one that waits cannot be taken
PORTS_VARIABLE = "KERNEL_PORTS"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_ETC_SHOWN = ("/etc/fonts", "/etc/alternatives")

# The supervisor opens files for the work, in its own name: it is the slot's user too, so what it makes is the work's,
# and has besides only what it takes to read an environment that lies in a closed folder, and to give that up.
_SUPERVISOR_RIGHTS = "-all,+dac_override,+setpcap"
# Installs the filter of system calls, and becomes the command.
_FILTERED = """
import base64, ctypes, os, struct, sys
words = base64.b64decode(sys.argv[1])
room = ctypes.create_string_buffer(words, len(words))
given = ctypes.create_string_buffer(struct.pack('@HP', len(words) // 8, ctypes.addressof(room)))
if ctypes.CDLL(None, use_errno=True).prctl(22, 2, given, 0, 0):
    sys.exit(f'the filter of system calls was refused: {os.strerror(ctypes.get_errno())}')
os.execv(sys.argv[2], sys.argv[2:])
"""


class Places:
    """The folders of one sandbox that are in memory on other backends, in `folder`, which is removed with them."""

    def __init__(self, folder: Path, job: SandboxJob, uid: int | None) -> None:
        """Make them, and the few files of /etc."""
        self._most = job.limits.disk_files
        self.written = {place.target: folder / str(number) for number, place in enumerate(memory_file_systems(job))}
        for made in self.written.values():
            made.mkdir(mode=0o700)
            if uid is not None:
                os.chown(made, uid, uid)
        self.etc = folder / "etc"
        self.etc.mkdir(mode=0o755)
        for path, text in etc_files(uid, network=False).items():
            (self.etc / Path(path).name).write_text(text)

    def use(self) -> DiskUse:
        """Return what they hold now."""
        return sum((folder_use(place, self._most) for place in self.written.values()), DiskUse())

    def full(self) -> bool:
        """Return False: they have no size of their own."""
        return False

    def close(self) -> None:
        """Nothing is held open."""


class SandlockProcess(ConfinedProcess):
    """A sandbox set up and waiting for `go`. Its only root is the keeper, which ends when nothing in it runs."""

    made_by = "sandlock"

    def __init__(self, job: SandboxJob, environment: BuiltEnvironment, uid: int | None, places: Places) -> None:
        """Start it and wait until it stands; raises InfrastructureError when it does not."""
        super().__init__(job.limits.log_bytes)
        try:
            self._start(job, environment, uid, places)
        except BaseException:
            self._clean_up()
            raise

    def _start(self, job: SandboxJob, environment: BuiltEnvironment, uid: int | None, places: Places) -> None:
        order = self._file(json.dumps(_order(job, environment, uid, places), default=str).encode())
        pin = ["/usr/bin/taskset", "-c", ",".join(map(str, job.cpu_ids))] if job.cpu_ids else []
        keeper = [sys.executable, "-I", sandlock_keeper.__file__, str(order)]
        self._process = subprocess.Popen(
            [*pin, *_as_user(uid), *keeper],
            stdin=self._door,
            stdout=self._stdout_end,
            stderr=self._stderr_end,
            env={"HOME": "/"},  # sandlock looks for one; it keeps nothing there
            cwd="/",
            pass_fds=(order,),
            start_new_session=True,
        )
        self._dead = False
        self._pidfd = os.pidfd_open(self._process.pid)
        self._open.append(self._pidfd)
        self.roots = (self._process.pid,)
        close(self._theirs)
        self._wait_until_it_stands()
        self.memory = places

    def end(self, killed_for: Ended | None, wall_s: float) -> Death:
        """Have the keeper kill what is left, and take in the last words; returns what is known of the end.

        Raises InfrastructureError when something stays.
        """
        if not self._end_keeper():
            raise InfrastructureError("infrastructure.sandbox", "A killed sandbox did not go away.")
        cpu_s = self._reap()
        return Death(killed_for, self._process.returncode, wall_s, self._stdout.log, self._stderr.log, cpu_s)

    def _end_keeper(self) -> bool:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
        return is_readable(self._pidfd, KILL_S)

    def _kill_and_reap(self) -> None:
        if self._pidfd < 0 or not self._end_keeper():
            for process in descendants(self.roots, sys.maxsize)[0]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.kill()
        self._process.wait()
        self._dead = True


def _as_user(uid: int | None) -> list[str]:
    if uid is None:
        return []
    words = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    return [*words, *(f"--{kind}={_SUPERVISOR_RIGHTS}" for kind in ("bounding-set", "inh-caps", "ambient-caps")), "--"]


def _without_rights(uid: int | None) -> list[str]:
    if uid is None:
        return []
    return ["/usr/bin/setpriv", *(f"--{kind}=-all" for kind in ("bounding-set", "inh-caps", "ambient-caps")), "--"]


def _order(job: SandboxJob, environment: BuiltEnvironment, uid: int | None, places: Places) -> dict[str, Any]:
    """Return what the keeper is told: sandlock's settings, and the command."""
    ports = free_ports(PORTS) if job.gets_ready else []
    packages = job.environment or environment.path
    base = environment.base_prefix
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = [base / "lib" / version / "site-packages", Path("/usr/lib/python3/dist-packages")]
    others += [] if base.is_relative_to("/usr/local") else [Path("/usr/local")]
    shown = {"/env": packages, "/etc": places.etc, **{mount.target: mount.source for mount in job.mounts}}
    shown |= {path: Path(path) for path in _ETC_SHOWN if Path(path).is_dir()}
    found = variables(job) | {"JUPYTER_ALLOW_INSECURE_WRITES": "1"}  # the modes that it wants cannot be set
    found["PATH"] = f"{packages}/bin:/usr/local/bin:/usr/bin:/bin"  # no program is found through a link out of /env
    found |= {PORTS_VARIABLE: " ".join(map(str, ports))} if ports else {}
    settings = {
        "name": secrets.token_hex(8),
        "chroot": "/",
        "cwd": "/work",
        "fs_mount": {"/work": job.workspace, "/out": job.output, **places.written},
        "fs_mount_ro": shown,
        "fs_readable": [*filter(os.path.exists, (*_SYSTEM, *_DEVICES)), "/proc", base, packages],
        "fs_denied": [path for path in others if path.is_dir()],
        "net_allow": [f"tcp://127.0.0.1:{port}" for port in ports],
        "net_allow_bind": ports,
        "clean_env": True,
        "env": found,
        "max_processes": job.limits.processes,
        "max_open_files": job.limits.open_files,
        "no_coredump": True,
    }
    given = base64.b64encode(compiled_filter(unix_sockets=False)).decode()
    inner = inner_command(job, None, count_processes=uid is not None)
    command = [f"{packages}/bin/python", "-I", "-S", "-c", _FILTERED, given, *_without_rights(uid), *inner]
    return {"settings": settings, "command": command, "parent": os.getpid()}


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback device that nobody listens on now."""
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]
