"""An assignment's examples graded as any work is, for `grader assignment check`."""

from __future__ import annotations

import threading

from rich.console import Console

from grader.authoring.result import ExampleGrade
from grader.cli.batch import grade_all
from grader.cli.progress import Progress
from grader.errors import InfrastructureError
from grader.model import Assignment, Report
from grader.settings import Settings
from grader.wiring import grading_parts


def grade_examples(
    assignment: Assignment, settings: Settings, console: Console, *, sandbox: str, jobs: int
) -> list[ExampleGrade]:
    """Return the grades of the examples in their stated order, then of those that must get no score.

    Raises InfrastructureError when one could not be run.
    """
    names = (*assignment.examples.order, *assignment.examples.unscored)
    if not names:
        return []
    reports: dict[str, Report] = {}
    cancel = threading.Event()
    with (
        Progress(console, names) as progress,
        grading_parts(
            settings, sandbox=sandbox, listener=progress, allow_local_git=False, assignment=assignment
        ) as parts,
    ):
        sources = {name: str(assignment.root / "examples" / name) for name in names}
        grade_all(
            sources, assignment, parts, jobs, cancel, lambda graded: reports.__setitem__(graded.name, graded.report)
        )
    if cancel.is_set():
        raise InfrastructureError("infrastructure.cancelled", "The check was stopped before every example was graded.")
    return [_grade(name, reports[name], progress.seconds(name)) for name in names]


def _grade(name: str, report: Report, seconds: float) -> ExampleGrade:
    failure = report.failure
    if report.outcome == "infrastructure_failed":
        said = failure.message if failure else "no reason was given"
        raise InfrastructureError("infrastructure.sandbox", f"The example {name} could not be graded: {said}")
    return ExampleGrade(
        name=name,
        outcome=failure.code if failure else report.outcome,
        score=report.score,
        low=report.low,
        high=report.high,
        seconds=round(seconds, 1),
        said=failure.message if failure else report.unscored_reason or "",
    )
