"""The one place that picks the concrete parts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.assignment import find_assignment
from grader.errors import InfrastructureError
from grader.evidence import SubprocessCodeReader
from grader.model import Assignment
from grader.pipeline import Parts
from grader.plugins import load_criteria
from grader.ports import ProgressListener
from grader.sandbox import choose_sandbox
from grader.settings import Settings


@contextmanager
def grading_parts(
    settings: Settings, *, sandbox: str, listener: ProgressListener, allow_local_git: bool
) -> Iterator[Parts]:
    """Yield the parts for a batch of gradings, with a private scratch folder that is gone afterwards.

    Raises InfrastructureError when no sandbox can be used; nothing is ever run without one.
    """
    chosen = choose_sandbox(
        sandbox, settings.home, image=settings.docker_image or None, runtime=settings.docker_runtime or None
    )
    with private_scratch(settings) as scratch:
        yield Parts(
            sandbox=chosen,
            reader=SubprocessCodeReader(),
            criteria=load_criteria(),
            scratch=scratch,
            listener=listener,
            allow_local_git=allow_local_git,
        )


@contextmanager
def private_scratch(settings: Settings) -> Iterator[Path]:
    """Yield a folder of this process's own, removed afterwards with everything in it."""
    try:
        settings.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=settings.scratch))
    except OSError as error:
        raise InfrastructureError(
            "infrastructure.internal",
            f"{settings.scratch} cannot be written: {error.strerror}",
            hint="Set GRADER_HOME to a folder you may write to.",
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def assignment_for(settings: Settings, slug: str | None) -> Assignment | None:
    """Return the assignment named by slug or path, None without one."""
    return find_assignment(slug, settings.assignment_roots) if slug else None
