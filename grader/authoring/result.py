"""What one check of an assignment came to, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model import Record

Status = Literal["ok", "warning", "defect", "not_checked"]


@dataclass(frozen=True)
class Finding:
    """What a check found: where, and how to mend it; `note` says what was seen where all is well."""

    status: Status
    what: str
    where: str = ""
    mend: str = ""


def ok(note: str = "") -> Finding:
    """Return that all is well, with what was looked at."""
    return Finding("ok", note)


def defect(what: str, *, where: str, mend: str) -> Finding:
    """Return that the assignment is not sound before this is mended."""
    return Finding("defect", what, where, mend)


def warning(what: str, *, where: str, mend: str) -> Finding:
    """Return what the author should look at, and what does not make the assignment unsound."""
    return Finding("warning", what, where, mend)


def not_checked(reason: str) -> Finding:
    """Return that there was nothing to check, or no means to, and why."""
    return Finding("not_checked", reason)


class CheckResult(Record):
    """One check's finding as it is shown and written; `id` is stable."""

    id: str
    title: str
    status: Status
    what: str = ""
    where: str = ""
    mend: str = ""


class ExampleGrade(Record):
    """What an example's grading came to; score and interval 0..100, null where it was not scored."""

    name: str
    outcome: str
    score: float | None
    low: float | None
    high: float | None
    seconds: float
    said: str = ""


class Proof(Record):
    """All findings on an assignment, in the order of the checks, and its examples' grades in their stated order."""

    slug: str
    sound: bool
    checks: tuple[CheckResult, ...]
    examples: tuple[ExampleGrade, ...] = ()
    tau: float | None = None


def result(id: str, title: str, finding: Finding, accepted: dict[str, str]) -> CheckResult:
    """Return the finding under its check's id; a defect that the author accepts with a reason is a warning."""
    if finding.status == "defect" and id in accepted:
        finding = warning(f"{finding.what} Accepted: {accepted[id]}", where=finding.where, mend=finding.mend)
    return CheckResult(
        id=id, title=title, status=finding.status, what=finding.what, where=finding.where, mend=finding.mend
    )


def is_sound(checks: tuple[CheckResult, ...]) -> bool:
    """Return whether no check found a defect."""
    return all(item.status != "defect" for item in checks)
