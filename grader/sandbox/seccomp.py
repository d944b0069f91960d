"""The system calls that work inside a sandbox may make: one profile for every backend, everything else refused."""

from __future__ import annotations

import json
import platform

from grader.errors import InfrastructureError
from grader.sandbox.assets import sandbox_asset


def engine_profile() -> str:
    """Return the profile as the Docker engine takes it: JSON, without the comments."""
    profile = json.loads((sandbox_asset("seccomp") / "profile.json").read_text(encoding="utf-8"))
    for rule in profile["syscalls"]:
        rule.pop("comment", None)
    return json.dumps(profile)


def compiled_filter(*, beside_the_host: bool = False) -> bytes:
    """Return the profile as the kernel takes it: BPF instructions for this machine's processor.

    The one for a sandbox `beside_the_host` has no named sockets, and sets no modes, owners, times or attributes of
    files: Landlock does not hold those.

    Raises InfrastructureError where there is none for this processor: nothing is run without a filter.
    """
    kind = "-beside-the-host" if beside_the_host else ""
    path = sandbox_asset("seccomp") / f"{platform.machine()}{kind}.bpf"
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        message = f"There is no system-call filter for this machine's processor ({platform.machine()})."
        raise InfrastructureError("infrastructure.sandbox", message, hint="Use --sandbox docker.") from error
