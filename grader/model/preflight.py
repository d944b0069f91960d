"""What a candidates' preflight found: whether the work runs as it will at grading, and what it wrote. Never a score."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Failure, Outcome, Record
from grader.model.report import RunReport, SubmissionRef
from grader.model.submission import Limits

PREFLIGHT_VERSION = "1.0"
PreflightStage = Literal["intake", "plan", "environment", "run", "predictions", "outputs"]


class PreflightCheck(Record):
    """One stage: whether it was passed, null where it was not reached, and in a sentence what was found.

    Of stage "outputs" there is one for each table asked for beside the predictions, named in `file`.
    """

    id: PreflightStage
    file: str | None = None
    passed: bool | None
    found: str = ""


class PreflightAssignment(Record):
    """Which assignment, exactly."""

    slug: str
    version: str


class Preflight(Record):
    """One run on the public sample, in the sandbox and within the limits of a grading.

    `ready` says that it ran, that its predictions are valid and that every table asked for beside them can be read;
    `failure` why it would get no result, in the stage of the first check that was not passed. A table that is missing
    is no failure: at grading it costs what it would have earned.
    `written` are the first names in the output folder; `rows` is how many predictions were asked for.
    """

    schema_version: str = PREFLIGHT_VERSION
    grader_version: str
    assignment: PreflightAssignment
    submission: SubmissionRef
    ready: bool
    outcome: Outcome
    failure: Failure | None
    checks: tuple[PreflightCheck, ...]
    run: RunReport
    limits: Limits
    rows: int
    written: tuple[str, ...] = ()
