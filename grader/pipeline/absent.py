"""What a work without an assignment lacked here: told apart from its own failures, which alone decide the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.evidence import absences
from grader.evidence.absence import NO_PACKAGE
from grader.model import Absence, CodeFacts, Failure, NotebookRun, RunPlan, RunResult, Submission
from grader.model.failure_class import failure_class
from grader.pipeline.runs import Run, Runs

NO_SUCH_MODULE = "Hand the module in, or declare the package that brings it."


def told_apart(runs: Runs, submission: Submission, plan: RunPlan, code: CodeFacts) -> tuple[Runs, tuple[Absence, ...]]:
    """Return the runs with the failure that counts, and what the others lacked.

    That is the first of the work's own; where it has none it is None if anything ran to its end, else the first.
    """
    first = runs.first
    failed = [(entry.path, run.failure) for entry, run in runs.each if run.failure is not None]
    if not failed or (first.failure is not None and failure_class(first.failure.code) == "infrastructure"):
        return runs, ()
    failures = [failure if failure.path else failure.model_copy(update={"path": path}) for path, failure in failed]
    paths = (entry.path for entry in submission.files)
    lacked = absences(failures, code, paths, brought=plan.environment == "requirements")
    advised = [advised_for_portfolio(failure, lacked.get(number)) for number, failure in enumerate(failures)]
    counts = _that_counts(advised, lacked, any_through=len(failures) < len(runs.each))
    return replace(runs, first=_with(first, counts, advised)), tuple(lacked.values())


def advised_for_portfolio(failure: Failure, absence: Absence | None) -> Failure:
    """Return the failure with advice for a work that nobody gave an assignment to."""
    if absence is not None:
        return failure.model_copy(update={"hint": absence.advice})
    return failure.model_copy(update={"hint": NO_SUCH_MODULE}) if failure.code == NO_PACKAGE else failure


def _that_counts(failures: Sequence[Failure], lacked: dict[int, Absence], *, any_through: bool) -> Failure | None:
    own = next((failure for number, failure in enumerate(failures) if number not in lacked), None)
    return own or (None if any_through else failures[0])


def _with(run: Run, counts: Failure | None, advised: Sequence[Failure]) -> Run:
    """Return the run with the failure that counts, and with the advice of each notebook's."""
    if run.result is None:
        return replace(run, failure=counts)
    remaining = iter(advised)
    books = tuple(_advised(book, next(remaining)) if book.failure else book for book in run.result.notebooks)
    result: RunResult = run.result.model_copy(
        update={
            "failure": counts,
            "limit_exceeded": counts is not None and failure_class(counts.code) == "limit",
            "notebooks": books,
        }
    )
    return replace(run, result=result, failure=counts)


def _advised(book: NotebookRun, failure: Failure) -> NotebookRun:
    return book.model_copy(update={"failure": failure})
