"""What every request is served with: the database, the files, the line, and what the operator has set."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from api.github import GithubTokens
from api.limits import PROOFS_AT_ONCE, AtOnce, Buckets, SigningIn
from api.oidc import Provider
from grader.jobs.line import Line
from grader.jobs.spans import Spans
from grader.settings import Settings
from grader.store.blobs import Blobs


@dataclass(frozen=True)
class Services:
    """The parts of one process of the API."""

    settings: Settings
    engine: Engine
    blobs: Blobs
    line: Line
    askers: Buckets
    signing_in: SigningIn
    provider: Provider | None
    github: GithubTokens
    spans: Spans
    proving: AtOnce = field(default_factory=lambda: AtOnce(PROOFS_AT_ONCE))

    @property
    def uploads(self) -> Path:
        """The folder in which files lie while they come in."""
        folder = self.settings.home / "service" / "uploads"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


async def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to.

    Like other dependencies that ask no database it is a coroutine: a function would be sent to a thread and back.
    """
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]
