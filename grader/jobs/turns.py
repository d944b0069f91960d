"""Who is grading what: a worker's turn at a job, what it tells of it, and that what comes late counts for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.store.base import utc_now
from grader.store.batches import OPEN, end_item
from grader.store.clock import databases_now
from grader.store.github_answers import note_change
from grader.store.standing import lock_attempts, lock_standing, settle_standing
from grader.store.tables import StoredReport, StoredSubmission
from grader.store.tables_of_operation import Event, Job
from grader.store.webhooks import emit

MOST_TOLD = 200  # characters of what is said of a step
GRADED_WITHIN = timedelta(hours=6)
ERASED = "The submission was erased."
FAILED = "Our side failed; the report before stands."


@dataclass(frozen=True)
class Turn:
    """A worker's turn at a job, number `number` from 1; `failures` of our side went before it, in earlier jobs."""

    job_id: str
    submission_id: str
    worker_id: str
    number: int
    failures: int
    kind: str
    batch_id: str | None

    @property
    def bulk(self) -> bool:
        """Whether it is one of a batch: nobody follows it, and its submission stays published meanwhile."""
        return self.batch_id is not None


@dataclass(frozen=True)
class Made:
    """A report that was made and lies among the blobs, with the figures that lists and rankings show."""

    blob: str
    evidence_blob: str
    digest: str
    outcome: str
    failure_code: str | None
    score: float | None
    low: float | None
    high: float | None


def begin(session: Session, job_id: str, worker_id: str) -> Turn | None:
    """Take a turn at a job, which ends that of whoever had it; None where nobody wants it graded any more."""
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.state not in OPEN:
        return None
    submission = session.get_one(StoredSubmission, job.submission_id)
    if submission.state == "erased":
        _drop(session, job, ERASED)
        return None
    job.turn, job.worker_id, job.state = job.turn + 1, worker_id, "grading"
    job.started_at = job.started_at or utc_now()
    job.deadline_at = databases_now(session) + GRADED_WITHIN
    if not job.bulk:
        submission.come_to("grading")
        submission.started_at = submission.started_at or job.started_at
        session.add(Event(submission_id=job.submission_id, state="grading"))
        note_change(session, submission.invitation_id)
    return Turn(job.id, job.submission_id, worker_id, job.turn, job.failures, job.kind, job.batch_id)


def held(session: Session, turn: Turn) -> Job | None:
    """Return the job, locked, while the turn is still this one; None once another has it or it has ended."""
    return session.scalar(
        select(Job)
        .where(
            Job.id == turn.job_id,
            Job.turn == turn.number,
            Job.worker_id == turn.worker_id,
            Job.state == "grading",
        )
        .with_for_update()
    )


def tell(session: Session, turn: Turn, step: str, detail: str) -> bool:
    """Note the step that begins and return whether the turn still counts."""
    if held(session, turn) is None:
        return False
    if not turn.bulk:
        submission, told = session.get_one(StoredSubmission, turn.submission_id), detail[:MOST_TOLD]
        submission.step, submission.detail = step, told
        session.add(Event(submission_id=turn.submission_id, state="grading", step=step, detail=told))
    return True


def keep_files(session: Session, turn: Turn, blob: str) -> None:
    """Note what a git address held: whenever it is graded again, it is this."""
    if held(session, turn) is not None:
        session.get_one(StoredSubmission, turn.submission_id).blob = blob


def publish(session: Session, turn: Turn, made: Made, changes: dict[str, Any] | None = None) -> str | None:
    """Make the report the submission's own and end the job; return its id, None where the turn is over.

    A report on our own failure costs the candidate no attempt, and never takes the place of an earlier one. `changes`
    is what is different from the report before, where the job is one of a batch.
    """
    lock_standing(session, session.get_one(StoredSubmission, turn.submission_id).invitation_id)
    job = held(session, turn)
    if job is None:
        return None
    attempts = lock_attempts(session, turn.submission_id)
    submission = session.get_one(StoredSubmission, turn.submission_id)
    if submission.state == "erased":
        _drop(session, job, ERASED)
        return None
    report = StoredReport(
        submission_id=submission.id,
        job_id=job.id,
        origin="rescored" if turn.kind == "score" else "graded",
        blob=made.blob,
        evidence_blob=made.evidence_blob,
        digest=made.digest,
        outcome=made.outcome,
        score=made.score,
        low=made.low,
        high=made.high,
        batch_id=job.batch_id,
    )
    session.add(report)
    session.flush()
    failed = made.outcome == "infrastructure_failed"
    if not (failed and submission.report_id):
        submission.report_id, submission.outcome = report.id, made.outcome
        submission.failure_code = made.failure_code
        submission.score, submission.low, submission.high = made.score, made.low, made.high
    if failed and not turn.bulk:
        submission.attempt = None
    _end(job, "done")
    if job.batch_id is not None:
        state, problem = ("failed", FAILED) if failed else ("done", "")
        end_item(session, job.batch_id, submission.id, state, after_id=report.id, changes=changes, problem=problem)
    else:
        submission.come_to("published")
        submission.finished_at = job.finished_at
        session.add(Event(submission_id=submission.id, state="published", detail=submission.outcome or ""))
        about = {"submission": submission.id, "assignment": submission.assignment, "outcome": submission.outcome}
        emit(session, "submission.published", **about)
    settle_standing(attempts)
    note_change(session, submission.invitation_id)
    return report.id


def drop(session: Session, turn: Turn) -> Job | None:
    """End a turn whose job is to be tried again as another one, and return that job; None where the turn is over."""
    job = held(session, turn)
    if job is not None:
        _end(job, "dropped")
    return job


def _end(job: Job, state: str) -> None:
    job.state, job.finished_at, job.deadline_at = state, utc_now(), None


def _drop(session: Session, job: Job, why: str) -> None:
    _end(job, "dropped")
    if job.batch_id is not None:
        end_item(session, job.batch_id, job.submission_id, "dropped", problem=why)
