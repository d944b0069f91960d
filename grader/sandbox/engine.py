"""The connection to a Docker engine, and the engine's exceptions turned into ours."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError

if TYPE_CHECKING:
    from docker import APIClient

HINT = "Is it running, and may this user talk to it (group docker)?"
TIMEOUT_S = 120
DEFAULT_HOST = "unix:///var/run/docker.sock"


@contextmanager
def engine(timeout_s: int | None = TIMEOUT_S) -> Iterator[APIClient]:
    """Yield a client of the engine that DOCKER_HOST or the usual socket names; None as time-out waits for ever.

    Raises InfrastructureError("infrastructure.sandbox") when it does not answer, or refuses what it is asked.
    """
    import docker  # takes a fifth of a second to import, which only its users should pay

    _knock()
    with told_as_ours():
        client = docker.from_env(timeout=timeout_s).api
        try:
            yield client
        finally:
            client.close()


@contextmanager
def told_as_ours() -> Iterator[None]:
    """Turn the engine's exceptions into InfrastructureError("infrastructure.sandbox")."""
    import docker
    import requests

    try:
        yield
    except docker.errors.APIError as error:
        raise InfrastructureError(
            "infrastructure.sandbox", f"The Docker engine refused: {error.explanation}"
        ) from error
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise _unreachable(error) from error


def _knock() -> None:
    """Try the engine's socket first: the reason is clear then, and the library would leave its own try open."""
    scheme, _, path = os.environ.get("DOCKER_HOST", DEFAULT_HOST).partition("://")
    if scheme != "unix":
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        try:
            door.connect(path)
        except OSError as error:
            raise _unreachable(error) from error


def _unreachable(error: Exception) -> InfrastructureError:
    reason = getattr(error, "strerror", None) or error
    return InfrastructureError("infrastructure.sandbox", f"The Docker engine does not answer: {reason}.", hint=HINT)
