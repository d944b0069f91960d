"""From the stages' records to one Report: what is kept, and how much of it."""

from __future__ import annotations

from grader.model import (
    Assignment,
    AssignmentRef,
    CellRun,
    EnvironmentRef,
    Evidence,
    HiddenResult,
    Outcome,
    Receipt,
    Report,
    RunReport,
    Score,
    Submission,
    SubmissionRef,
)
from grader.report.unjudged import unjudged_of
from grader.report.visible import plain

LOG_TAIL_CHARACTERS = 8_000
TRACEBACK_CHARACTERS = 12_000
MESSAGE_CHARACTERS = 2_000
MAX_CELLS = 2_000
MAX_WARNINGS = 60


def build_report(
    *,
    assignment: Assignment | None,
    submission: Submission | SubmissionRef,
    evidence: Evidence,
    score: Score,
    outcome: Outcome,
    sandbox_name: str,
    receipt: Receipt,
) -> Report:
    """Return the report of one grading; pure, and bounded whatever the submission printed."""
    return Report(
        assignment=_assignment_ref(assignment),
        submission=_submission_ref(submission),
        outcome=outcome,
        failure=None if outcome == "completed" else evidence.failure or (evidence.run and evidence.run.failure),
        score=score.value,
        low=score.low,
        high=score.high,
        unscored_reason=score.unscored_reason,
        ungated=score.ungated,
        gates=score.gates,
        hidden_weight=score.hidden_weight,
        hidden_score=score.hidden_score,
        dimensions=score.dimensions,
        hidden=_hidden(evidence),
        twins=evidence.twins,
        stress=evidence.stress,
        traces=evidence.traces,
        tests=evidence.tests,
        history=evidence.history,
        unjudged=unjudged_of(evidence, score.dimensions) if assignment is None else (),
        run=run_report(evidence, sandbox_name),
        questions=score.questions,
        receipt=receipt,
    )


def _hidden(evidence: Evidence) -> tuple[HiddenResult, ...]:
    """Return the suites of the first run, which the score rests on, and then the stress run's."""
    stress = evidence.stress
    further = (stress.hidden, stress.on_messy) if stress else ()
    return (*evidence.hidden, *(suite for suite in further if suite))


def _assignment_ref(assignment: Assignment | None) -> AssignmentRef | None:
    if assignment is None:
        return None
    return AssignmentRef(
        slug=assignment.slug, version=assignment.version, digest=assignment.digest, title=assignment.title
    )


def _submission_ref(submission: Submission | SubmissionRef) -> SubmissionRef:
    if isinstance(submission, SubmissionRef):
        return submission
    return SubmissionRef(
        name=submission.name,
        digest=submission.digest,
        kind=submission.kind,
        files=len(submission.files),
        bytes=submission.bytes,
        commit=submission.commit,
        notes=submission.notes,
    )


def run_report(evidence: Evidence, sandbox_name: str) -> RunReport:
    """Return how the work was run, as far as it came."""
    plan, run = evidence.plan, evidence.run
    entry_point = plan.entry_point if plan else None
    if run is None:
        return RunReport(
            sandbox=sandbox_name, entry_point=entry_point, warnings=_warnings(evidence), tries=evidence.tries
        )
    return RunReport(
        sandbox=sandbox_name,
        runtime=run.sandbox.runtime,
        enforcement=run.sandbox.enforcement,
        entry_point=entry_point,
        wall_s=run.sandbox.wall_s,
        cpu_s=run.sandbox.cpu_s,
        peak_memory_bytes=run.sandbox.peak_memory_bytes,
        cells=tuple(_bounded_cell(cell) for cell in run.cells[:MAX_CELLS]),
        notebooks=run.notebooks,
        environment=run.environment or EnvironmentRef(name="fixed", digest=run.environment_digest),
        warnings=_warnings(evidence),
        tries=evidence.tries,
        log_tail=_log_tail(evidence),
    )


def _bounded_cell(cell: CellRun) -> CellRun:
    """Keep the end of a traceback: the last frame and the error stand there."""
    traceback = plain(cell.traceback)
    if len(traceback) > TRACEBACK_CHARACTERS:
        traceback = "[…]\n" + traceback[-TRACEBACK_CHARACTERS:]
    return cell.model_copy(update={"traceback": traceback, "message": cell.message[:MESSAGE_CHARACTERS]})


def _warnings(evidence: Evidence) -> tuple[str, ...]:
    """Return what the reader of a report should know besides the failure, each thing once, in the order of the run."""
    found = [*(evidence.plan.notes if evidence.plan else ()), *(evidence.run.warnings if evidence.run else ())]
    found += evidence.code.notes
    if evidence.code.failure:
        found.append(f"The code could not be read in full: {evidence.code.failure}")
    return tuple(dict.fromkeys(found))[:MAX_WARNINGS]


def _log_tail(evidence: Evidence) -> str:
    """Return the end of what the work printed: of stderr where there is any, else of stdout."""
    if evidence.run is None:
        return ""
    streams = evidence.run.sandbox
    text = plain(streams.stderr if streams.stderr.strip() else streams.stdout).strip("\n")
    return text if len(text) <= LOG_TAIL_CHARACTERS else "[…]\n" + text[-LOG_TAIL_CHARACTERS:]
