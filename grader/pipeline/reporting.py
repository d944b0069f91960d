"""From what was collected to a Report."""

from __future__ import annotations

import hashlib
import re
import secrets
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import grader
from grader.errors import GraderError, InfrastructureError, SubmissionError
from grader.model import Assignment, Evidence, Failure, Outcome, Receipt, Report, Score, Submission, SubmissionRef
from grader.model.failure_class import outcome_for
from grader.pipeline.records import Collected, Graded, Grading, Parts
from grader.plugins import Criterion
from grader.report import build_report
from grader.scoring import VERSION_LENGTH, rubric_digest, score

LOG_TAIL = 4000
RAISED_IN = re.compile(r'File ".*?([^/"]+/[^/"]+)", line (\d+)')
NO_DATA = hashlib.sha256(b"").hexdigest()


def make_report(grading: Grading, collected: Collected) -> Report:
    """Return the scored report of one grading; where our side failed there is no score, rather than a low one."""
    assignment, criteria = grading.assignment, grading.parts.criteria
    marks = _score(collected.evidence, criteria, assignment)
    if collected.outcome == "infrastructure_failed":
        none = dict.fromkeys(("value", "ungated", "low", "high", "hidden_score"))
        marks = marks.model_copy(update={**none, "gates": ()})
    run = collected.evidence.run
    digest = rubric_digest(criteria)
    receipt = Receipt(
        grader_version=grader.__version__,
        rubric_version=digest[:VERSION_LENGTH],
        rubric_digest=digest,
        plugins=grading.parts.plugins,
        left_out=grading.parts.left_out,
        weights=assignment.weights if assignment else None,
        rubric=assignment.rubric if assignment else None,
        assignment_digest=assignment.digest if assignment else "",
        language_model=collected.evidence.asked.use,
        environment_digest=run.environment_digest if run else "",
        data_digest=assignment.data_digest if assignment else NO_DATA,
        seed=assignment.seed if assignment else 0,
        limits=grading.limits,
        enforcement=run.sandbox.enforcement if run else None,
        run_id=grading.run_id,
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return build_report(
        assignment=assignment,
        submission=collected.submission,
        evidence=collected.evidence,
        score=marks,
        outcome=collected.outcome,
        sandbox_name=grading.parts.sandbox.name,
        receipt=receipt,
    )


def _score(evidence: Evidence, criteria: Sequence[Criterion], assignment: Assignment | None) -> Score:
    if assignment is None:
        return score(evidence, criteria, None)
    return score(evidence, criteria, assignment.weights, assignment.rubric)


def defect_of_ours(message: str, trace: str = "") -> Failure:
    """Return the failure of a grading that stopped on a defect of the grader, as `message` says."""
    return Failure(
        code="infrastructure.internal",
        message=message,
        hint="This is not the submission's fault. Grade it again; if it fails again, report logs/grader.txt.",
        observed=tuple(f"it was raised in {file}, line {line}" for file, line in RAISED_IN.findall(trace)[-1:]),
    )


def failed_on_our_side(
    source: str, name: str, assignment: Assignment | None, parts: Parts, failure: Failure, trace: str
) -> Graded:
    """Return the report of a grading that `failure` of ours ended; `trace` goes to the log only."""
    evidence = Evidence(failure=failure, has_hidden_data=assignment is not None)
    grading = Grading(source, name, assignment, parts, secrets.token_hex(8))
    report = make_report(grading, Collected(refused(source, name), evidence, "infrastructure_failed"))
    return Graded(name, report, evidence, logs={"grader.txt": trace})


def stopped_on_a_defect(
    source: str, name: str, assignment: Assignment | None, parts: Parts, error: Exception
) -> Graded:
    """Return the report of a grading that `error` ended, which is a defect of the grader's own."""
    message = f"The grader stopped on a defect of its own ({type(error).__name__})."
    trace = "".join(traceback.format_exception(error))
    return failed_on_our_side(source, name, assignment, parts, defect_of_ours(message, trace), trace)


def without_logs(evidence: Evidence) -> Evidence:
    """Stored evidence keeps only the end of the logs; they lie whole in logs/."""
    if evidence.run is None:
        return evidence
    sandbox = evidence.run.sandbox
    short = sandbox.model_copy(update={"stdout": sandbox.stdout[-LOG_TAIL:], "stderr": sandbox.stderr[-LOG_TAIL:]})
    return evidence.model_copy(update={"run": evidence.run.model_copy(update={"sandbox": short})})


def reference_to(submission: Submission, name: str) -> SubmissionRef:
    """Return what the report says of the submission."""
    return SubmissionRef(
        name=name,
        digest=submission.digest,
        kind=submission.kind,
        files=len(submission.files),
        bytes=submission.bytes,
        commit=submission.commit,
        notes=submission.notes,
    )


def refused(source: str, name: str) -> SubmissionRef:
    """Return what can be said of a SOURCE that intake refused: nothing of its content."""
    kinds = {".ipynb": "notebook", ".py": "script", ".zip": "archive", ".gz": "archive", ".tgz": "archive"}
    kind = "git" if "://" in source else kinds.get(Path(source).suffix.lower(), "folder")
    return SubmissionRef.model_validate({"name": name, "digest": "", "kind": kind, "files": 0, "bytes": 0})


def failure_of(error: GraderError) -> Failure:
    """Return the failure that a report shows for `error`."""
    return Failure(
        code=error.code,
        message=error.message,
        path=error.path,
        cell=error.cell,
        line=error.line,
        hint=error.hint,
        observed=error.observed,
    )


def outcome_of(error: GraderError) -> Outcome:
    """Return the outcome that `error` means. Re-raises what is neither the submission's fault nor ours to retry."""
    if isinstance(error, SubmissionError | InfrastructureError):
        return outcome_for(failure_of(error))
    raise error
