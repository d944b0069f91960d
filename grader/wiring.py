"""The one place that picks the concrete parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from grader.assignment import find_assignment
from grader.evidence import SubprocessCodeReader
from grader.model import Assignment
from grader.pipeline import Parts, RetryPolicy, private_scratch
from grader.plugins import load_criteria
from grader.ports import ProgressListener
from grader.sandbox import RequestedEnvironments, choose_sandbox, package_index
from grader.scoring import check_rubric
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
    reader = SubprocessCodeReader()
    with private_scratch(settings.scratch) as scratch, closing(chosen), closing(reader):
        yield Parts(
            sandbox=chosen,
            reader=reader,
            criteria=load_criteria(),
            scratch=scratch,
            listener=listener,
            environments=RequestedEnvironments(
                chosen,
                settings.home,
                package_index(settings.index_url, settings.index_ca),
                most_bytes=settings.environments_bytes,
                seconds=settings.environment_seconds,
            ),
            retry=RetryPolicy(settings.tries, settings.retry_wait),
            allow_local_git=allow_local_git,
        )


def assignment_for(settings: Settings, slug: str | None) -> Assignment | None:
    """Return the assignment named by slug or path, None without one.

    Raises UsageError or AssignmentError, also when it names a criterion that is not installed.
    """
    if slug is None:
        return None
    assignment = find_assignment(slug, settings.assignment_roots)
    if assignment.rubric.named:
        check_rubric(assignment, load_criteria())
    return assignment
