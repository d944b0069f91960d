"""Sandboxes started ahead of the runs that they are for."""

from __future__ import annotations

import secrets

from grader.model import AnyAssignment, Assignment
from grader.pipeline.records import Parts, granted_limits
from grader.sandbox import empty_job

CpuIds = tuple[int, ...]


def start_ahead(assignment: Assignment | None, parts: Parts, cpu_ids: CpuIds, *, is_only_work: bool = False) -> None:
    """Begin to start, without waiting, the sandboxes that the next work to be graded on `cpu_ids` begins with.

    `is_only_work` says that no other is expected. Works that bring their own requirements have no environment yet that
    one could be started with.
    """
    runs_again = assignment is not None and (assignment.stress.repeat or assignment.rounds is not None)
    alone = is_only_work and not runs_again
    for each in cpus_of_runs(assignment, cpu_ids):
        start_one_ahead(assignment, parts, cpu_ids, each, alone=alone)


def start_one_ahead(
    assignment: AnyAssignment | None, parts: Parts, granted: CpuIds, cpu_ids: CpuIds, *, alone: bool = False
) -> None:
    """Begin to start one sandbox on `cpu_ids`, of those `granted` to a grading; `alone` where no other is expected."""
    if assignment is not None and assignment.environment != "fixed":
        return
    root = parts.scratch / f"ahead-{secrets.token_hex(8)}"
    parts.sandbox.prepare(empty_job(root, granted_limits(assignment, granted), cpu_ids), alone=alone)


def cpus_of_runs(assignment: Assignment | None, granted: CpuIds) -> tuple[CpuIds, ...]:
    """Return the processors of each run that a grading begins with: the first one, and beside it the stress run where
    that is asked for and `granted` are twice what one run may use.
    """
    each = granted_limits(assignment, granted).cpus
    if assignment is None or not assignment.stress.repeat or len(granted) < 2 * each:
        return (granted,)
    return granted[:each], granted[each : 2 * each]
