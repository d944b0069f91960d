"""Ubuntu 24.04 lets only named programs make user namespaces, which sandboxes are made of: on a runner, undone here."""

from __future__ import annotations

import subprocess
from pathlib import Path

NAME = "kernel.apparmor_restrict_unprivileged_userns"
SETTING = Path("/proc/sys", *NAME.split("."))


def allow(setting: Path = SETTING) -> None:
    """Allow them where they are restricted, and say so; where that fails, the grader will say what is missing."""
    try:
        is_restricted = setting.read_text().strip() == "1"
    except OSError:
        is_restricted = False
    if not is_restricted:
        print("User namespaces are not restricted by AppArmor: nothing to do.")
        return
    print(f"AppArmor restricts user namespaces: setting {NAME}=0 on this runner, for the sandbox.", flush=True)
    try:
        done = subprocess.run(["sudo", "-n", "sysctl", "--quiet", "--write", f"{NAME}=0"], check=False).returncode == 0
    except OSError:
        done = False
    if not done:
        print("That was not allowed: the sandbox may be unavailable.", flush=True)
