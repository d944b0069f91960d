"""One grading from SOURCE to Report: the stages in their order, and every failure turned into a report."""

from __future__ import annotations

import hashlib
import importlib
import secrets
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import grader
from grader.assignment import deal
from grader.errors import GraderError, InfrastructureError, LimitError, SubmissionError
from grader.evidence import evaluate_hidden
from grader.intake import IntakeLimits, make_plan, take
from grader.model import (
    Assignment,
    CodeFacts,
    Deal,
    Evidence,
    Failure,
    HiddenResult,
    Limits,
    Outcome,
    Receipt,
    Report,
    RunPlan,
    RunResult,
    Submission,
    SubmissionRef,
)
from grader.plugins import Criterion
from grader.ports import CodeReader, ProgressListener, Sandbox
from grader.report import build_report
from grader.sandbox import execute
from grader.scoring import rubric_version, score

LOG_TAIL = 4000
NO_DATA = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Parts:
    """The concrete parts a grading is made with; `scratch` is a private folder that the caller removes."""

    sandbox: Sandbox
    reader: CodeReader
    criteria: tuple[Criterion, ...]
    scratch: Path
    listener: ProgressListener
    intake_limits: IntakeLimits = field(default_factory=IntakeLimits)
    allow_local_git: bool = False


@dataclass(frozen=True)
class Graded:
    """A finished grading: the report, the evidence under it, and what is stored beside them."""

    name: str
    report: Report
    evidence: Evidence
    executed: bytes | None = None
    logs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Collected:
    """What the stages up to scoring came to."""

    submission: SubmissionRef
    evidence: Evidence
    outcome: Outcome
    limits: Limits
    executed: bytes | None = None
    logs: dict[str, str] = field(default_factory=dict)


def grade(
    source: str,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
) -> Graded:
    """Grade one SOURCE and return the report; a submission's failure, or ours, is a report too.

    `cpu_ids` are the CPUs this grading may use. Raises AssignmentError or UsageError, which no report can carry.
    """
    run_id = secrets.token_hex(8)
    try:
        collected = _collect(source, name, assignment, parts, run_id, cpu_ids, cancel)
    finally:
        shutil.rmtree(parts.scratch / run_id, ignore_errors=True)
    parts.listener.step(name, "score")
    report = _report(collected, assignment, parts, run_id)
    evidence = _without_logs(collected.evidence)
    return Graded(name, report, evidence, collected.executed, collected.logs)


def failed_on_our_side(
    source: str, name: str, assignment: Assignment | None, parts: Parts, message: str, trace: str
) -> Graded:
    """Return the report of a grading that stopped on a defect of the grader; `trace` goes to the log only."""
    failure = Failure(
        code="infrastructure.internal",
        message=message,
        hint="This is not the submission's fault. Grade it again; if it fails again, report logs/grader.txt.",
    )
    evidence = Evidence(failure=failure, has_hidden_data=assignment is not None)
    limits = assignment.limits if assignment else Limits()
    collected = _Collected(refused(source, name), evidence, "infrastructure_failed", limits)
    report = _report(collected, assignment, parts, secrets.token_hex(8))
    return Graded(name, report, evidence, logs={"grader.txt": trace})


def rescore(
    report: Report, evidence: Evidence, assignment: Assignment | None, criteria: tuple[Criterion, ...]
) -> Report:
    """Score stored evidence again, running nothing; the same evidence and rubric give the same report."""
    fresh = score(evidence, criteria, assignment.weights if assignment else None)
    return report.model_copy(
        update={
            "score": fresh.value,
            "low": fresh.low,
            "high": fresh.high,
            "hidden_weight": fresh.hidden_weight,
            "hidden_score": fresh.hidden_score,
            "dimensions": fresh.dimensions,
            "questions": fresh.questions,
            "receipt": report.receipt.model_copy(update={"rubric_version": rubric_version(criteria)}),
        }
    )


def _collect(
    source: str,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    run_id: str,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
) -> _Collected:
    limits = _granted(assignment, cpu_ids)
    has_hidden_data = assignment is not None
    parts.listener.step(name, "intake")
    try:
        submission = take(
            source, parts.scratch / run_id / "snapshot", parts.intake_limits, allow_local_git=parts.allow_local_git
        )
    except GraderError as error:
        evidence = Evidence(failure=failure_of(error), has_hidden_data=has_hidden_data)
        return _Collected(refused(source, name), evidence, outcome_of(error), limits)
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="static") as pool:
        # The work is read, and what scoring and reporting will import is loaded, while the sandbox is busy.
        facts = pool.submit(parts.reader.read, submission)
        pool.submit(_import_ahead)
        try:
            return _run(submission, name, assignment, parts, run_id, cpu_ids, cancel, limits, facts)
        except GraderError as error:
            evidence = Evidence(
                files=submission.files,
                code=facts.result(),
                failure=failure_of(error),
                has_hidden_data=has_hidden_data,
            )
            return _Collected(reference_to(submission, name), evidence, outcome_of(error), limits)


def _run(
    submission: Submission,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    run_id: str,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    limits: Limits,
    facts: Future[CodeFacts],
) -> _Collected:
    parts.listener.step(name, "plan")
    plan = make_plan(submission, assignment, limits)
    dealt = deal(assignment, run_id) if assignment else None
    parts.listener.step(name, "sandbox", plan.entry_point.path or " ".join(plan.entry_point.argv))
    result = execute(
        submission,
        plan,
        assignment=assignment,
        deal=dealt,
        sandbox=parts.sandbox,
        run_id=run_id,
        scratch=parts.scratch,
        cpu_ids=cpu_ids,
        cancel=cancel,
    )
    parts.listener.step(name, "collect")
    failure, hidden = _hidden(result, assignment, dealt)
    outcome: Outcome = "completed"
    if failure:
        outcome = "limit_exceeded" if result.limit_exceeded else "submission_failed"
    return _Collected(
        submission=reference_to(submission, name),
        evidence=_evidence(submission, plan, result, failure, hidden, facts, assignment),
        outcome=outcome,
        limits=limits,
        executed=_read_if_there(result.collected / "executed.ipynb"),
        logs={"stdout.txt": result.sandbox.stdout, "stderr.txt": result.sandbox.stderr},
    )


def _hidden(
    result: RunResult, assignment: Assignment | None, dealt: Deal | None
) -> tuple[Failure | None, tuple[HiddenResult, ...]]:
    """Score the predictions when the run delivered any; what is wrong with them is the submission's failure."""
    if result.failure or assignment is None or dealt is None:
        return result.failure, ()
    predictions = _read_if_there(result.collected / "predictions.csv")
    try:
        if predictions is None:
            raise SubmissionError("predictions.missing", "The run ended well but wrote no predictions.csv.")
        return None, (evaluate_hidden(predictions, dealt, assignment),)
    except SubmissionError as error:
        return failure_of(error), ()


def _evidence(
    submission: Submission,
    plan: RunPlan,
    result: RunResult,
    failure: Failure | None,
    hidden: tuple[HiddenResult, ...],
    facts: Future[CodeFacts],
    assignment: Assignment | None,
) -> Evidence:
    return Evidence(
        files=submission.files,
        code=facts.result(),
        plan=plan,
        run=result,
        failure=failure,
        hidden=hidden,
        has_hidden_data=assignment is not None,
    )


def _report(collected: _Collected, assignment: Assignment | None, parts: Parts, run_id: str) -> Report:
    marks = score(collected.evidence, parts.criteria, assignment.weights if assignment else None)
    if collected.outcome == "infrastructure_failed":
        marks = marks.model_copy(update={"value": None, "low": None, "high": None, "hidden_score": None})
    run = collected.evidence.run
    receipt = Receipt(
        grader_version=grader.__version__,
        rubric_version=rubric_version(parts.criteria),
        environment_digest=run.environment_digest if run else "",
        data_digest=assignment.data_digest if assignment else NO_DATA,
        seed=assignment.seed if assignment else 0,
        limits=collected.limits,
        run_id=run_id,
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return build_report(
        assignment=assignment,
        submission=collected.submission,
        evidence=collected.evidence,
        score=marks,
        outcome=collected.outcome,
        sandbox_name=parts.sandbox.name,
        receipt=receipt,
    )


def _granted(assignment: Assignment | None, cpu_ids: tuple[int, ...]) -> Limits:
    limits = assignment.limits if assignment else Limits()
    return limits.model_copy(update={"cpus": max(1, min(limits.cpus, len(cpu_ids) or limits.cpus))})


def _import_ahead() -> None:
    for module in ("numpy", "grader.report.html", "grader.report.markdown"):
        importlib.import_module(module)


def _read_if_there(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _without_logs(evidence: Evidence) -> Evidence:
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
    )


def outcome_of(error: GraderError) -> Outcome:
    """Return the outcome that `error` means. Re-raises what is neither the submission's fault nor ours to retry."""
    if isinstance(error, LimitError):
        return "limit_exceeded"
    if isinstance(error, SubmissionError):
        return "submission_failed"
    if isinstance(error, InfrastructureError):
        return "infrastructure_failed"
    raise error
