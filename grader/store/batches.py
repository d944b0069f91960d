"""Regrades in bulk: which submissions one takes, how far it is, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from grader.store.base import utc_now
from grader.store.tables import Batch, BatchItem, StoredReport, StoredSubmission
from grader.store.tables_of_operation import Job
from grader.store.webhooks import emit

KINDS = ("score", "run")
MOST_ITEMS = 5000
IN_LINE = ("queued", "waiting")
OPEN = (*IN_LINE, "grading")


@dataclass(frozen=True)
class Choice:
    """Which submissions are meant: all of the assignment that fit whatever is said here."""

    assignment: str
    kind: str
    submissions: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def told(self) -> dict[str, Any]:
        """Return what was said, for the batch to keep."""
        said = {name: value for name, value in asdict(self).items() if value and name not in ("assignment", "kind")}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}


@dataclass(frozen=True)
class Progress:
    """How many items a batch has, and how many of them are where; `changed` ones have another score or verdict."""

    items: int = 0
    done: int = 0
    failed: int = 0
    dropped: int = 0
    left: int = 0
    changed: int = 0


def choose(session: Session, choice: Choice) -> list[StoredSubmission]:
    """Return, locked, at most one more than MOST_ITEMS of the submissions meant, the oldest first.

    They have a report, are in nobody's work or line, and have what is needed: stored evidence to be scored again, or
    what was handed in to be run again.
    """
    query = _wanted(choice).limit(MOST_ITEMS + 1).with_for_update(of=StoredSubmission)
    session.scalars(query).all()
    # asked once they are locked: whoever had them locked may have put them in line
    return list(session.scalars(query.execution_options(populate_existing=True)))


def add_batch(
    session: Session, choice: Choice, reason: str, asked_by: str, submissions: Sequence[StoredSubmission]
) -> Batch:
    """Add a batch with these submissions as its items; the caller puts each in line."""
    batch = Batch(
        assignment=choice.assignment, kind=choice.kind, reason=reason, asked_by=asked_by, chosen=choice.told()
    )
    session.add(batch)
    session.flush()
    session.add_all(BatchItem(batch_id=batch.id, submission_id=row.id, before_id=row.report_id) for row in submissions)
    session.flush()
    return batch


def end_item(
    session: Session,
    batch_id: str,
    submission_id: str,
    state: str,
    *,
    after_id: str | None = None,
    changes: dict[str, Any] | None = None,
    problem: str = "",
) -> None:
    """End one item, and the batch with its last one."""
    batch = _locked(session, batch_id)
    item = session.get_one(BatchItem, (batch_id, submission_id))
    item.state, item.after_id, item.problem, item.done_at = state, after_id, problem, utc_now()
    item.changes, item.changed = changes, bool(changes and changes["changed"])
    _end_if_through(session, batch)


def cancel(session: Session, batch_id: str) -> tuple[Batch, list[str]]:
    """Drop what is not begun and return the batch with the ids of the jobs that are to leave the line."""
    now = utc_now()
    query = select(Job).where(Job.batch_id == batch_id, Job.state.in_(IN_LINE)).order_by(Job.id).with_for_update()
    jobs = list(session.scalars(query))  # before the batch is locked: who ends an item locks in this order
    batch = _locked(session, batch_id)
    batch.cancelled_at = batch.cancelled_at or now
    for job in jobs:
        job.state, job.finished_at, job.deadline_at = "dropped", now, None
        item = session.get_one(BatchItem, (batch_id, job.submission_id))
        item.state, item.problem, item.done_at = "dropped", "The batch was cancelled.", now
    _end_if_through(session, batch)
    return batch, [job.id for job in jobs]


def is_cancelled(session: Session, batch_id: str) -> bool:
    """Return whether nothing more of the batch is to be begun; it stays so, or not, till the transaction ends."""
    return (
        session.get_one(Batch, batch_id, with_for_update={"read": True}, populate_existing=True).cancelled_at
        is not None
    )


def drop_items(session: Session, submission_ids: Sequence[str], why: str) -> None:
    """Drop what is left of these submissions in any batch; their jobs are ended by the caller, before."""
    left = select(BatchItem).where(BatchItem.submission_id.in_(submission_ids), BatchItem.state == "left")
    for item in session.scalars(left.order_by(BatchItem.batch_id)).all():
        end_item(session, item.batch_id, item.submission_id, "dropped", problem=why)


def progress_of(session: Session, batch_ids: Sequence[str]) -> dict[str, Progress]:
    """Return how far each of these batches is."""
    query = (
        select(BatchItem.batch_id, BatchItem.state, BatchItem.changed, func.count())
        .where(BatchItem.batch_id.in_(batch_ids))
        .group_by(BatchItem.batch_id, BatchItem.state, BatchItem.changed)
    )
    counted: dict[str, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, state, changed, count in session.execute(query):
        for name in ("items", state, *(["changed"] if changed else [])):
            counted[batch_id][name] = counted[batch_id].get(name, 0) + count
    return {batch_id: Progress(**counts) for batch_id, counts in counted.items()}


def _wanted(choice: Choice) -> Select[StoredSubmission]:
    at_work = exists().where(Job.submission_id == StoredSubmission.id, Job.state.in_(OPEN))
    query = (
        select(StoredSubmission)
        .join(StoredReport, StoredReport.id == StoredSubmission.report_id)
        .where(
            StoredSubmission.assignment == choice.assignment,
            StoredSubmission.state == "published",
            ~at_work,
        )
    )
    if choice.kind == "score":
        kept = StoredReport.evidence_blob.is_not(None)
        query = query.where(kept, StoredReport.outcome != "infrastructure_failed")  # it was never looked at
    else:
        query = query.where(StoredSubmission.blob.is_not(None) | StoredSubmission.address.is_not(None))
    if choice.submissions:
        query = query.where(StoredSubmission.id.in_(choice.submissions))
    if choice.outcomes:
        query = query.where(StoredSubmission.outcome.in_(choice.outcomes))
    if choice.since is not None:
        query = query.where(StoredSubmission.created_at >= choice.since)
    if choice.until is not None:
        query = query.where(StoredSubmission.created_at < choice.until)
    return query.order_by(StoredSubmission.created_at, StoredSubmission.id)


def _locked(session: Session, batch_id: str) -> Batch:
    # two last items that end at once would else each take the other for left; jobs may be added meanwhile
    return session.get_one(Batch, batch_id, with_for_update={"key_share": True}, populate_existing=True)


def _end_if_through(session: Session, batch: Batch) -> None:
    session.flush()
    left = exists().where(BatchItem.batch_id == batch.id, BatchItem.state == "left")
    if batch.finished_at is None and not session.scalar(select(left)):
        batch.finished_at = utc_now()
        emit(session, "batch.finished", batch=batch.id, assignment=batch.assignment, kind=batch.kind)
