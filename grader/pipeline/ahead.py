"""Sandboxes started ahead of the works that they are for."""

from __future__ import annotations

import secrets

from grader.model import Assignment
from grader.pipeline.records import Parts, granted_limits
from grader.sandbox import empty_job


def start_ahead(assignment: Assignment | None, parts: Parts, cpu_ids: tuple[int, ...]) -> None:
    """Begin to start a sandbox, without waiting, for the next work to be graded on `cpu_ids`.

    Works that bring their own requirements have no environment yet that one could be started with.
    """
    if assignment is not None and assignment.environment != "fixed":
        return
    root = parts.scratch / f"ahead-{secrets.token_hex(8)}"
    parts.sandbox.prepare(empty_job(root, granted_limits(assignment, cpu_ids), cpu_ids))
