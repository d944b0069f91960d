"""The one place that picks the concrete parts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import find_assignment
from grader.errors import AssignmentError
from grader.evidence import SubprocessCodeReader
from grader.model import Assignment, EnvironmentKind
from grader.pipeline import Parts, RetryPolicy, private_scratch
from grader.plugins import Rubric, load_rubric
from grader.ports import ProgressListener
from grader.sandbox import RequestedEnvironments, choose_sandbox, package_index
from grader.scoring import check_rubric
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.asking import Asker


@contextmanager
def grading_parts(
    settings: Settings,
    *,
    sandbox: str,
    listener: ProgressListener,
    allow_local_git: bool,
    assignment: Assignment | None = None,
    portfolio_environment: EnvironmentKind = "fixed",
) -> Iterator[Parts]:
    """Yield the parts for a batch of gradings, with a private scratch folder that is gone afterwards.

    Raises InfrastructureError when no sandbox can be used, for nothing is ever run without one, and AssignmentError
    where `assignment` gives a weight to what nobody judges.
    """
    rubric = load_rubric()
    check_terms(assignment, rubric)
    chosen = choose_sandbox(
        sandbox, settings.home, image=settings.docker_image or None, runtime=settings.docker_runtime or None
    )
    reader = SubprocessCodeReader()
    with private_scratch(settings.scratch) as scratch, closing(chosen), closing(reader):
        yield Parts(
            sandbox=chosen,
            reader=reader,
            criteria=rubric.criteria,
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
            plugins=rubric.plugins,
            left_out=rubric.left_out,
            asker=asker_of(settings),
            portfolio_environment=portfolio_environment,
        )


def asker_of(settings: Settings) -> Asker | None:
    """Return who asks the language model that the settings name, None without one: nothing is asked by default."""
    if not settings.lm_url:
        return None
    from grader.asking import AnswerCache, Asker, ChatEndpoint

    key = settings.lm_api_key.get_secret_value()
    endpoint = ChatEndpoint(settings.lm_url, settings.lm_model, key, settings.lm_seconds)
    return Asker(endpoint, AnswerCache(settings.home / "answers"), settings.lm_price_in, settings.lm_price_out)


def check_terms(assignment: Assignment | None, rubric: Rubric) -> None:
    """Raise AssignmentError for a dimension or criterion that the assignment names and nobody judges.

    Where a plugin was left out nothing is said: it may have judged it.
    """
    if assignment is None or rubric.left_out:
        return
    check_rubric(assignment, rubric.criteria)
    for name in assignment.weights.of_plugins:
        if name not in rubric.dimensions:
            known = ", ".join(sorted({"hidden", *rubric.dimensions}))
            raise AssignmentError(
                f"there is no such dimension; there are: {known}",
                path="assignment.toml",
                key=f"weights.{name}",
                hint="Install the plugin that declares it, or mend the name.",
            )


def assignment_for(settings: Settings, slug: str | None) -> Assignment | None:
    """Return the assignment named by slug or path, None without one. Raises UsageError or AssignmentError."""
    return None if slug is None else find_assignment(slug, settings.assignment_roots)


def packet_of(assignment: Assignment) -> bytes:
    """Return the packet that candidates get, a zip archive, proven to hold nothing of the hidden part.

    Raises AssignmentError where it does, or where the assignment names what nobody here judges.
    """
    from grader.assignment import PACKAGES
    from grader.authoring.pack import pack
    from grader.sandbox import package_list

    check_terms(assignment, load_rubric())
    with tempfile.TemporaryDirectory() as folder:
        pack(assignment, package_list(PACKAGES), Path(folder))
        return (Path(folder) / f"{assignment.slug}.zip").read_bytes()
