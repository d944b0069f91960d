"""The probe of another sandbox that runs at the same time: neither its processes, files, memory nor sockets."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.errors import InfrastructureError
from grader.sandbox.probe import Probe, ProbeBench

_UP_S = 60

_OTHER = """
import ctypes, socket
libc = ctypes.CDLL(None)
libc.shmget(FACTS['key'], 4096, 0o1666)
for place in ('.', '/tmp', '/dev/shm', '/run', os.environ.get('HOME', '.')):
    try:
        with open(f'{place}/{CANARY}', 'w') as file:
            file.write(CANARY)
    except OSError:
        pass
try:
    door = socket.socket(socket.AF_UNIX)
    door.bind('\\0' + CANARY)
    door.listen()
except OSError:
    pass
if os.fork() == 0:
    os.execvp(sys.executable, [sys.executable, '-c', 'import time; time.sleep(600)', CANARY])
open(FACTS['up'], 'w').close()
time.sleep(600)
"""
_LOOK = """
import ctypes, glob, socket
for name in glob.glob('/proc/[0-9]*/cmdline'):
    try:
        if CANARY.encode() in open(name, 'rb').read():
            found.append(f'a process of another sandbox is seen: {name}')
    except OSError:
        pass
for place in ('.', '/tmp', '/dev/shm', '/run', os.environ.get('HOME', '.'), FACTS['work']):
    if os.path.exists(f'{place}/{CANARY}'):
        found.append(f"another sandbox's file is seen: {place}/{CANARY}")
try:
    with socket.socket(socket.AF_UNIX) as door:
        door.connect('\\0' + CANARY)
    found.append("another sandbox's abstract socket can be reached")
except OSError:
    pass
libc = ctypes.CDLL(None)
segment = libc.shmget(FACTS['key'], 0, 0)
if segment != -1:
    found.append("another sandbox's shared memory can be attached")
    libc.shmctl(segment, 0, None)
"""


def _others(bench: ProbeBench) -> list[str]:
    facts = {"key": secrets.randbelow(1 << 30) + 1}
    with _another(bench, facts) as work:
        problems = bench.found(_LOOK, {**facts, "work": str(work)})
        return problems + [f"a sandbox wrote to the host's {path}" for path in _spilled(bench)]


@contextmanager
def _another(bench: ProbeBench, facts: dict[str, Any]) -> Iterator[Path]:
    """Keep another sandbox running meanwhile; yields its folder on the host."""
    up = f"up-{secrets.token_hex(8)}"
    job, cancel = bench.job(_OTHER, {**facts, "up": up}), threading.Event()
    runner = threading.Thread(target=bench.sandbox.run, args=(job, cancel))
    runner.start()
    deadline = time.monotonic() + _UP_S
    try:
        while not (found := list(bench.folder.glob(f"*/work/{up}"))):  # a warm one works in the folder it waited in
            if not runner.is_alive() or time.monotonic() > deadline:
                raise InfrastructureError("infrastructure.sandbox", "a second sandbox did not start beside the first")
            time.sleep(0.02)
        yield found[0].parent
    finally:
        cancel.set()
        runner.join()


def _spilled(bench: ProbeBench) -> list[Path]:
    """Return, and remove, files that the other sandbox could make on the host."""
    places = ("/tmp", "/dev/shm", "/run", str(Path.home()))
    spilled = [Path(place, bench.canary) for place in places if Path(place, bench.canary).exists()]
    for path in spilled:
        path.unlink()
    return spilled


OTHERS = Probe(
    "other_sandboxes",
    "Another sandbox's processes, files, memory and sockets are out of reach",
    "Grade one submission at a time here (--jobs 1), or use another sandbox. See docs/reference/doctor.md.",
    _others,
)
