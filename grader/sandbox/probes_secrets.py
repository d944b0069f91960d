"""Probes of what the host knows: labels, the worker's secrets, the host's files, another candidate's sandbox."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.sandbox.probe import Probe, ProbeBench
from grader.sandbox.probes_others import OTHERS

_SAMPLE = 5

# A file that was last changed before the canary was planted cannot hold it.
_LABELS = """
import hashlib, stat
sizes = {size: digests for size, digests in FACTS['digests']}
deadline, complete = time.monotonic() + 90, True
for folder, folders, names in os.walk('/', onerror=None):
    if folder == '/':
        folders[:] = sorted(set(folders) - {'proc', 'sys'}, key=lambda name: (name in ('usr', 'env'), name))
    if time.monotonic() > deadline or found:
        complete = bool(found)
        break
    for name in names:
        path = os.path.join(folder, name)
        try:
            state = os.lstat(path)
            if not stat.S_ISREG(state.st_mode) or state.st_size > 1 << 28:
                continue
            if CANARY in name or (state.st_ctime >= FACTS['planted'] and CANARY.encode() in open(path, 'rb').read()):
                found.append(f'a planted label file was found: {path}')
            elif state.st_size in sizes and hashlib.sha256(open(path, 'rb').read()).hexdigest() in sizes[state.st_size]:
                found.append(f"an assignment's hidden file was found: {path}")
        except OSError:
            pass
if not complete:
    found.append('there was too much to search within 90 s')
"""
_SECRETS = """
import glob
for pattern in ('environ', 'cmdline', 'fd/*', 'root/proc/self/environ'):
    for name in glob.glob(f'/proc/[0-9]*/{pattern}'):
        number = name.rpartition('/')[2]
        if pattern == 'fd/*' and number in ('0', '1', '2'):
            continue
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            if CANARY.encode() in os.read(descriptor, 1 << 20):
                found.append(f"a secret of the worker was read from {name}")
        except OSError:
            pass
        finally:
            os.close(descriptor)
if CANARY in str(os.environ):
    found.append("a secret of the worker is in the sandbox's environment")
"""
_FILES = """
import socket
for path, size, changed in FACTS['files']:
    try:
        with open(path, 'rb') as file:
            state = os.fstat(file.fileno())
            if (state.st_size, state.st_mtime_ns) == (size, changed):
                found.append(f'the host file {path} can be read')
    except OSError:
        pass
for path in FACTS['sockets']:
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(2)
            door.connect(path)
        found.append(f'the socket {path} can be reached')
    except OSError:
        pass
"""
_SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/dbus/system_bus_socket",
    "/run/systemd/private",
)


def _labels(bench: ProbeBench) -> list[str]:
    place = bench.folder / "labels"
    place.mkdir(exist_ok=True)
    planted = place / f"{bench.canary}.csv"
    planted.write_text(f"id,label\n1,{bench.canary}\n")
    digests: dict[int, list[str]] = {}
    for path in bench.hidden:
        if 0 < path.stat().st_size < 1 << 28:
            digests.setdefault(path.stat().st_size, []).append(hashlib.sha256(path.read_bytes()).hexdigest())
    facts = {"planted": planted.stat().st_ctime - 2, "digests": list(digests.items())}
    try:
        return bench.found(_LABELS, facts)
    finally:
        planted.unlink()


def _secrets(bench: ProbeBench) -> list[str]:
    with _planted_secrets(bench):
        return bench.found(_SECRETS)


@contextmanager
def _planted_secrets(bench: ProbeBench) -> Iterator[None]:
    """Keep a secret where a careless worker would have it: variables, command line, an inheritable open file."""
    name, file = f"GRADER_{bench.canary.upper().replace('-', '_')}", bench.folder / "secret"
    file.write_text(bench.canary)
    descriptor = os.open(file, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    os.environ[name] = bench.canary
    words = [sys.executable, "-c", "import time; time.sleep(600)", bench.canary]
    neighbour = subprocess.Popen(words, env={name: bench.canary}, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        neighbour.kill()
        neighbour.wait()
        del os.environ[name]
        os.close(descriptor)
        file.unlink()


def _files(bench: ProbeBench) -> list[str]:
    folders = (Path.home(), Path.home() / ".ssh", bench.home, bench.folder, Path.cwd(), Path("/root"), Path("/boot"))
    paths = [Path("/etc/shadow"), Path("/etc/machine-id"), *(path for place in folders for path in _some_files(place))]
    mark = bench.folder / "host-file"
    mark.write_text("of the host")
    states = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in (*paths, mark) if path.is_file()]
    return bench.found(_FILES, {"files": states, "sockets": _SOCKETS})


def _some_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_size)[:_SAMPLE]
    except OSError:
        return []


_ADVICE = "Grade nothing here: what a submission must not see can be seen. See docs/reference/doctor.md."
SECRETS = (
    Probe("labels", "Hidden labels are nowhere to be found, searched by content", _ADVICE, _labels),
    Probe("secrets", "The worker's secrets are in no process, variable or open file", _ADVICE, _secrets),
    Probe("host_files", "The host's files and service sockets cannot be opened", _ADVICE, _files),
    OTHERS,
)
