"""Names the grader process that something belongs to, so that the leavings of a dead one can be told from the rest."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


def owner_tag() -> str:
    """Return "PID-START" of this process; START tells it from a later process with the same id."""
    return _tag(os.getpid())


@cache
def _tag(process: int) -> str:
    return f"{process}-{_started(process)}"


def is_alive(name: str) -> bool:
    """Return whether the process that `name` ("PID-START" and more after a dot) was made by still runs.

    A name of another form is somebody else's: it counts as alive.
    """
    process, _, start = name.split(".", 1)[0].partition("-")
    if not (process.isdigit() and start.isdigit()):
        return True
    return _started(int(process)) == start


def _started(process: int) -> str:
    try:
        fields = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return fields.rpartition(")")[2].split()[19]


@cache
def host_id() -> str:
    """Return a name for this boot of this machine and this process's view of its processes."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}-{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116 - a magic link
