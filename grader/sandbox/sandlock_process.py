"""One of sandlock's sandboxes: a process that Landlock, seccomp and a supervisor keep to what it may reach."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended
from grader.sandbox import sandlock_keeper
from grader.sandbox.confined_process import KILL_S, ConfinedProcess, close, is_readable, killed_from_outside
from grader.sandbox.confinement import inner_command
from grader.sandbox.disk import DiskUse, folder_use
from grader.sandbox.environment import BuiltEnvironment
from grader.sandbox.inside import HOME, memory_file_systems, variables
from grader.sandbox.process_tree import descendants
from grader.sandbox.result import Death
from grader.sandbox.rights import bounding_set_is_empty, holds, is_root
from grader.sandbox.seccomp import compiled_filter
from grader.sandbox.slots import give_to_slot
from grader.sandbox.strays import Strays

PORTS = 10  # a kernel listens on five, and there are two where the one that waits cannot be taken
PORTS_VARIABLE = "KERNEL_PORTS"
_FIRST_PORT = 10_000  # services with well-known ports lie below
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_RANDOM = ("/dev/random", "/dev/urandom")
_ETC_SHOWN = ("/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache")

# Nothing can be shown elsewhere than where it lies, and that may be in closed folders: the slot's user may walk through
# them. What it may read there, Landlock says.
TO_WALK = "CAP_DAC_READ_SEARCH"
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
    """Where the sandbox has what others have in fixed places; its own folders are in `folder`, removed with it."""

    def __init__(self, folder: Path, job: SandboxJob, packages: Path, uid: int | None) -> None:
        """Make those that are in memory elsewhere, with the font cache, which others link to by its fixed name."""
        self._most = job.limits.disk_files
        self.written = {place.target: folder / str(number) for number, place in enumerate(memory_file_systems(job))}
        for made in self.written.values():
            made.mkdir(mode=0o700)
        fonts = self.written[HOME] / Path(variables(job)["MPLCONFIGDIR"]).relative_to(HOME)
        fonts.mkdir(parents=True)
        for cache in (packages / "share" / "matplotlib").glob("*.json"):
            shutil.copy(cache, fonts)
        if uid is not None:
            give_to_slot(tuple(self.written.values()), uid)
        self._real = {"/work": job.workspace, "/out": job.output, "/env": packages, **self.written}
        self._real |= {mount.target: mount.source for mount in job.mounts}

    def real(self, words: str) -> str:
        """Return paths, parted as in PATH, with the fixed places that they begin with replaced by where those are."""
        return os.pathsep.join(map(self._real_path, words.split(os.pathsep)))

    def _real_path(self, path: str) -> str:
        for above in (PurePosixPath(path), *PurePosixPath(path).parents):
            if str(above) in self._real:
                return str(self._real[str(above)] / PurePosixPath(path).relative_to(above))
        return path

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
        self._gone, alive = self._pipe()
        self._strays = Strays(uid, (job.workspace, job.output, *places.written.values()))
        keeper = [sys.executable, "-I", sandlock_keeper.__file__, str(order), str(alive)]
        self._process = subprocess.Popen(
            [*pin, *_as_user(uid), *keeper],
            stdin=self._door,
            stdout=self._stdout_end,
            stderr=self._stderr_end,
            env={"HOME": "/"},  # sandlock looks for one; it keeps nothing there
            cwd="/",
            pass_fds=(order, alive),
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

        Raises InfrastructureError when something stays, and when it was the keeper that was killed: then nothing is
        known of the work.
        """
        if not self._end_keeper():
            raise InfrastructureError("infrastructure.sandbox", "A killed sandbox did not go away.")
        cpu_s = self._reap()
        if self._process.returncode < 0:
            self._strays.end()
            raise killed_from_outside(self._process.returncode)
        return Death(killed_for, self._process.returncode, wall_s, self._stdout.log, self._stderr.log, cpu_s)

    def _end_keeper(self) -> bool:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
        return is_readable(self._pidfd, KILL_S) and is_readable(self._gone, KILL_S)

    def _kill_and_reap(self) -> None:
        if self._pidfd < 0 or not self._end_keeper():
            for process in descendants(self.roots, sys.maxsize)[0]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.kill()
        if self._process.wait() < 0:
            self._strays.end()
        self._dead = True


def _as_user(uid: int | None) -> list[str]:
    """Return the words before a command that make it the slot's user, or, as root, our own without any right."""
    if uid is not None:
        user = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        return _with_rights(f"-all,+{TO_WALK.removeprefix('CAP_').lower()}", *user)
    if not is_root() or bounding_set_is_empty():
        return []
    if not holds("CAP_SETPCAP"):
        raise InfrastructureError(
            "infrastructure.sandbox",
            "sandlock cannot take its rights from a work here: this is root without CAP_SETPCAP.",
            hint="Run the grader as an ordinary user, or with no capability at all.",
        )
    return _with_rights("-all")


def _with_rights(rights: str, *user: str) -> list[str]:
    sets = (f"--{kind}={rights}" for kind in ("bounding-set", "inh-caps", "ambient-caps"))
    return ["/usr/bin/setpriv", *user, *sets, "--"]


def _order(job: SandboxJob, environment: BuiltEnvironment, uid: int | None, places: Places) -> dict[str, Any]:
    """Return what the keeper is told: sandlock's settings, and the command."""
    ports = free_ports(PORTS) if job.gets_ready else []
    packages = job.environment or environment.path
    system = [found for path in _SYSTEM for found in _shown(Path(path))]
    shown = [*system, *map(Path, (*_RANDOM, *_DEVICES, *_ETC_SHOWN)), Path("/proc"), environment.base_prefix, packages]
    found = {name: places.real(value) for name, value in variables(job).items()}
    found |= {"JUPYTER_ALLOW_INSECURE_WRITES": "1"}  # modes are not set
    found |= {PORTS_VARIABLE: " ".join(map(str, ports))} if ports else {}
    settings = {
        "name": secrets.token_hex(8),
        "cwd": job.workspace,
        "fs_readable": [*(path for path in shown if path.exists()), *(mount.source for mount in job.mounts)],
        "fs_writable": [job.workspace, job.output, *places.written.values(), *_DEVICES],
        "net_allow": [f"tcp://127.0.0.1:{port}" for port in ports],
        "net_allow_bind": ports,
        "clean_env": True,
        "env": found,
        "max_processes": job.limits.processes,
        "max_open_files": job.limits.open_files,
        "no_coredump": True,
    }
    given = base64.b64encode(compiled_filter(beside_the_host=True)).decode()
    here = job.model_copy(update={"argv": tuple(map(places.real, job.argv))})
    inner = inner_command(here, None, count_processes=uid is not None)
    command = [f"{packages}/bin/python", "-I", "-S", "-c", _FILTERED, given, *inner]
    return {"settings": settings, "command": command, "parent": os.getpid()}


def _shown(folder: Path) -> Iterator[Path]:
    """Yield what a work may read in a folder of the system: all but what was installed there for other uses."""
    if folder != Path("/usr"):
        yield folder
        return
    yield from (path for path in folder.iterdir() if path.name != "local")


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback device that nobody listens on now.

    A kernel takes them seconds or minutes later, so they are none of those that the system gives to whoever connects,
    while there are others.
    """
    found: list[int] = []
    with ExitStack() as stack:
        for port in (*_of_no_connection(50 * count), *[0] * count):
            if len(found) == count:
                break
            with contextlib.suppress(OSError):  # somebody listens there
                server = stack.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(int(server.getsockname()[1]))
    return found


def _of_no_connection(count: int) -> list[int]:
    """Return ports at random that the system gives to nobody by itself, so many where there are."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    apart = [*range(_FIRST_PORT, low), *range(max(high + 1, _FIRST_PORT), 1 << 16)]
    return random.SystemRandom().sample(apart, min(count, len(apart)))
