"""Picks the sandbox that submissions will run in. There is always one, or none is run at all."""

from __future__ import annotations

from pathlib import Path

from grader.errors import InfrastructureError, UsageError
from grader.ports import Sandbox
from grader.sandbox.bubblewrap import BubblewrapSandbox
from grader.sandbox.docker import DockerSandbox
from grader.sandbox.sandlock import SandlockSandbox

_FAILS = "What it fails is listed in docs/reference/sandbox.md#sandlock."


def choose_sandbox(name: str, home: Path, *, image: str | None = None, runtime: str | None = None) -> Sandbox:
    """Return the backend `name`: "bubblewrap", "docker", "sandlock", or "auto".

    "auto" takes bubblewrap when the kernel can hold its limits for it, else Docker when that is ready, else bubblewrap
    with cooperative limits; never sandlock, which stands less. Raises
    InfrastructureError("infrastructure.no_sandbox") saying what to install.
    """
    bubblewrap, docker, sandlock = backends = known_sandboxes(home, image, runtime)
    if name == "auto":
        return _best(bubblewrap, docker, sandlock)
    for backend in backends:
        if backend.name == name:
            reason = backend.why_unavailable()
            if reason is not None:
                raise InfrastructureError("infrastructure.no_sandbox", f"The {name} sandbox cannot be used: {reason}")
            backend.sweep()
            return backend
    raise UsageError(f"There is no sandbox {name!r}; choose auto, docker, bubblewrap or sandlock.")


def can_be_chosen(backend: Sandbox) -> bool:
    """Return whether "auto" may take it."""
    return backend.name != SandlockSandbox.name


def known_sandboxes(
    home: Path, image: str | None = None, runtime: str | None = None
) -> tuple[BubblewrapSandbox, DockerSandbox, SandlockSandbox]:
    """Return every backend, whether or not it can be used here."""
    return BubblewrapSandbox(home), DockerSandbox(home, image=image, runtime=runtime), SandlockSandbox(home)


def offer(sandlock: SandlockSandbox) -> str:
    """Return what to say of sandlock where nothing else can be had: whether it would work, how, and what it fails."""
    reason = sandlock.why_unavailable()
    if reason is not None:
        return f"sandlock needs neither, holds less, and cannot be used as things are: {reason}"
    return f"sandlock needs neither, holds less, and works here. To use it, name it: --sandbox sandlock. {_FAILS}"


def _best(bubblewrap: BubblewrapSandbox, docker: DockerSandbox, sandlock: SandlockSandbox) -> Sandbox:
    without = bubblewrap.why_unavailable()
    chosen: BubblewrapSandbox | DockerSandbox = bubblewrap
    if without is not None or bubblewrap.enforcement() == "cooperative":
        without_docker = docker.why_unavailable()
        if without_docker is None:
            chosen = docker
        elif without is not None:
            raise InfrastructureError(
                "infrastructure.no_sandbox",
                "No sandbox can be used, so nothing was run.",
                hint=f"bubblewrap: {without}\n  docker: {without_docker}\n  {offer(sandlock)}",
            )
    chosen.sweep()
    return chosen
