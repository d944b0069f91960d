"""What this process may do: whether it is root, and which capabilities it holds."""

from __future__ import annotations

import os
from pathlib import Path

NUMBERS = {
    "CAP_CHOWN": 0,
    "CAP_DAC_READ_SEARCH": 2,
    "CAP_SETGID": 6,
    "CAP_SETUID": 7,
    "CAP_SETPCAP": 8,
    "CAP_SYS_ADMIN": 21,
}


def is_root() -> bool:
    """Return whether our user is number 0; in a user namespace or a container that may be worth little."""
    return os.geteuid() == 0


def holds(name: str, proc: Path = Path("/proc/self")) -> bool:
    """Return whether we have that capability."""
    return bool(_set(proc, "CapEff") >> NUMBERS[name] & 1)


def bounding_set_is_empty() -> bool:
    """Return whether no program that we start can gain a capability."""
    return _set(Path("/proc/self"), "CapBnd") == 0


def _set(proc: Path, kind: str) -> int:
    try:
        lines = (proc / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith(f"{kind}:")), 0)
