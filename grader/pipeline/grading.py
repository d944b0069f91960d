"""One grading from SOURCE to Report: the stages in their order, and every failure turned into a report."""

from __future__ import annotations

import importlib
import secrets
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

from grader.assignment import deal
from grader.errors import GraderError, SubmissionError
from grader.intake import make_plan, take
from grader.model import (
    Assignment,
    CodeFacts,
    Deal,
    Evidence,
    Failure,
    HiddenResult,
    Outcome,
    RunPlan,
    RunResult,
    Submission,
)
from grader.pipeline.records import Collected, Graded, Grading, Parts
from grader.pipeline.reporting import failure_of, make_report, outcome_of, reference_to, refused, without_logs
from grader.sandbox import execute


def grade(
    source: str,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    after_run: Callable[[], None] = lambda: None,
) -> Graded:
    """Grade one SOURCE and return the report; a submission's failure, or ours, is a report too.

    `cpu_ids` are the CPUs this grading may use; `after_run` is called when it no longer needs them for the work.
    Raises AssignmentError or UsageError, which no report can carry.
    """
    grading = Grading(source, name, assignment, parts, secrets.token_hex(8), cpu_ids, cancel, after_run)
    try:
        collected = _collect(grading)
    finally:
        shutil.rmtree(grading.scratch, ignore_errors=True)
    grading.step("score")
    report = make_report(grading, collected)
    return Graded(name, report, without_logs(collected.evidence), collected.executed, collected.logs)


def _collect(grading: Grading) -> Collected:
    parts, has_hidden_data = grading.parts, grading.assignment is not None
    grading.step("intake")
    try:
        snapshot = grading.scratch / "snapshot"
        submission = take(grading.source, snapshot, parts.intake_limits, allow_local_git=parts.allow_local_git)
    except GraderError as error:
        evidence = Evidence(failure=failure_of(error), has_hidden_data=has_hidden_data)
        return Collected(refused(grading.source, grading.name), evidence, outcome_of(error))
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="beside-the-run") as beside:
        facts = beside.submit(parts.reader.read, submission)
        try:
            return _run(grading, submission, facts, beside)
        except GraderError as error:
            evidence = Evidence(
                files=submission.files,
                code=facts.result(),
                failure=failure_of(error),
                has_hidden_data=has_hidden_data,
            )
            return Collected(reference_to(submission, grading.name), evidence, outcome_of(error))


def _run(grading: Grading, submission: Submission, facts: Future[CodeFacts], beside: Executor) -> Collected:
    assignment = grading.assignment
    grading.step("plan")
    plan = make_plan(submission, assignment, grading.limits)
    dealt = deal(assignment, grading.run_id) if assignment else None
    beside.submit(_import_ahead)  # after dealing, which would otherwise share the interpreter with it
    grading.step("sandbox", plan.entry_point.path or " ".join(plan.entry_point.argv))
    result = execute(
        submission,
        plan,
        assignment=assignment,
        deal=dealt,
        sandbox=grading.parts.sandbox,
        run_id=grading.run_id,
        scratch=grading.parts.scratch,
        cpu_ids=grading.cpu_ids,
        cancel=grading.cancel,
    )
    grading.after_run()
    grading.step("collect")
    failure, hidden = _hidden(result, assignment, dealt)
    outcome: Outcome = "completed"
    if failure:
        outcome = "limit_exceeded" if result.limit_exceeded else "submission_failed"
    return Collected(
        submission=reference_to(submission, grading.name),
        evidence=_evidence(submission, plan, result, failure, hidden, facts, assignment),
        outcome=outcome,
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
        from grader.evidence import evaluate_hidden  # needs NumPy, which was loaded while the sandbox was busy

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


def _import_ahead() -> None:
    """Load what scoring and reporting need while the sandbox is busy."""
    for module in ("numpy.random", "grader.evidence.hidden", "grader.report.markdown", "grader.report.html"):
        importlib.import_module(module)
    from grader.report.html import page_template

    page_template()


def _read_if_there(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
