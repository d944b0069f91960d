"""The checks in their order: each a pure function from the assignment under proof to a finding, under a stable id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.assignment import load_assignment
from grader.authoring.result import CheckResult, Finding, defect, not_checked, ok, result
from grader.authoring.subject import Subject, read_subject
from grader.errors import AssignmentError

SCHEMA, DIRECTION = "schema", "metric.direction"


class Check(NamedTuple):
    """One check: its id, what holds where it passes, and the function."""

    id: str
    title: str
    look: Callable[[Subject], Finding]


FIRST = {
    SCHEMA: "Settings and tables can be read and fit each other",
    DIRECTION: "The reference is better than the baseline, as the metric counts",
}
CHECKS: tuple[Check, ...] = ()


def check_folder(folder: Path) -> tuple[Subject | None, list[CheckResult]]:
    """Return the assignment under proof, None where it cannot be read, and the findings of all pure checks."""
    try:
        subject = read_subject(load_assignment(folder))
    except AssignmentError as error:
        return None, list(_unreadable(error))
    accepted = subject.assignment.check.accept
    first = [CheckResult(id=name, title=title, status="ok") for name, title in FIRST.items()]
    return subject, [*first, *(result(item.id, item.title, item.look(subject), accepted) for item in CHECKS)]


def _unreadable(error: AssignmentError) -> Iterator[CheckResult]:
    """Yield the loader's refusal under the id that it belongs to; the rest could not be looked at."""
    wrong = DIRECTION if error.key == "metric.reference" else SCHEMA
    if wrong == DIRECTION:
        mend = "Swap the two marks, or choose the metric that counts the other way; reference.py prints them."
    else:
        mend = error.hint or "Mend what is named; docs/reference/assignment.md has every key."
    where = f"{error.path}: {error.key}" if error.key else str(error.path)
    told = error.message.removeprefix(f"{where}: ").removeprefix(f"{error.path}: ")
    for name, title in (*FIRST.items(), *((item.id, item.title) for item in CHECKS)):
        finding = defect(told, where=where, mend=mend) if name == wrong else not_checked("the folder cannot be read")
        yield result(name, title, ok() if (name, wrong) == (SCHEMA, DIRECTION) else finding, {})
