"""The Docker backend."""

from __future__ import annotations

import threading
from pathlib import Path

from grader.errors import InfrastructureError
from grader.model import SandboxJob, SandboxResult


class DockerSandbox:
    """Runs jobs in containers of the grader's own image."""

    name = "docker"

    def __init__(self, home: Path, image: str | None = None, runtime: str | None = None) -> None:
        self._home, self._image, self._runtime = home, image, runtime

    def why_unavailable(self) -> str | None:
        """Return why it cannot be used."""
        return "It is not built yet."

    def environment_digest(self) -> str:
        """Return the image's."""
        raise InfrastructureError("infrastructure.no_environment", "The image is not built.")

    def sweep(self) -> None:
        """Remove what is left."""

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Run it."""
        raise InfrastructureError("infrastructure.no_sandbox", "The image is not built.")
