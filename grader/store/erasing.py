"""What is kept of a candidate, and taking it out of the tables: what names them, what they handed in, their tokens.

Figures stay without a name: scores, outcomes, times, and which verdicts reviewers gave.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from grader.store.base import utc_now
from grader.store.batches import drop_items
from grader.store.tables import (
    BoundRepository,
    Candidate,
    GithubAnswer,
    GithubCheck,
    GithubRun,
    Invitation,
    Review,
    StoredAssignment,
    StoredReport,
    StoredSubmission,
    Token,
)
from grader.store.tables_of_operation import ComingFile, Event, Job, RepeatedRequest

ERASED = "erased"


@dataclass(frozen=True)
class Traces:
    """What there is of a candidate: ids of submissions, of their jobs (those at work apart), and keys of blobs."""

    submissions: tuple[str, ...]
    jobs: tuple[str, ...]
    at_work: tuple[str, ...]
    keys: frozenset[str]


def traces_of(session: Session, candidate_id: str) -> Traces:
    """Return what there is of the candidate, and let nothing be added until the transaction ends: whoever is handing
    in or publishing just now is waited for, in the order in which they lock.
    """
    invited = select(Invitation.id).where(Invitation.candidate_id == candidate_id).order_by(Invitation.id)
    theirs = StoredSubmission.invitation_id.in_(list(session.scalars(invited.with_for_update())))
    at_theirs = select(Job.id).join(StoredSubmission).where(theirs).order_by(Job.id)
    session.execute(at_theirs.with_for_update(of=Job))
    rows = session.scalars(select(StoredSubmission).where(theirs).order_by(StoredSubmission.id).with_for_update()).all()
    ids = [row.id for row in rows]
    jobs = session.execute(select(Job.id, Job.worker_id, Job.finished_at).where(Job.submission_id.in_(ids))).all()
    reports = session.scalars(select(StoredReport).where(StoredReport.submission_id.in_(ids))).all()
    coming = session.scalars(select(ComingFile.key).where(ComingFile.submission_id.in_(ids))).all()
    keys = (
        set(coming)
        | {row.blob for row in rows}
        | {row.blob for row in reports}
        | {row.evidence_blob for row in reports}
    )
    return Traces(
        submissions=tuple(ids),
        jobs=tuple(job for job, _, _ in jobs),
        at_work=tuple(job for job, worker, finished in jobs if worker is not None and finished is None),
        keys=frozenset(key for key in keys if key),
    )


def erase_rows(session: Session, candidate: Candidate, traces: Traces) -> None:
    """Take out what names the candidate or was said of them, end what is in line, and let their tokens go.

    Blobs stay named in the rows until they are gone: see `forget_blobs`.
    """
    now, ids = utc_now(), traces.submissions
    candidate.name, candidate.email, candidate.erased_at = "", "", candidate.erased_at or now
    invitations = list(session.scalars(select(Invitation.id).where(Invitation.candidate_id == candidate.id)))
    session.execute(
        update(Invitation).where(Invitation.id.in_(invitations), Invitation.revoked_at.is_(None)).values(revoked_at=now)
    )
    for table in (GithubAnswer, GithubRun, BoundRepository):  # the answer before its check runs, as who tells it locks
        session.execute(delete(table).where(table.invitation_id.in_(invitations)))
    session.execute(delete(GithubCheck).where(GithubCheck.submission_id.in_(ids)))
    session.execute(delete(Token).where(Token.invitation_id.in_(invitations)))
    owners = [f"invitation:{invitation}" for invitation in invitations]
    session.execute(delete(RepeatedRequest).where(RepeatedRequest.owner.in_(owners)))
    session.execute(delete(Event).where(Event.submission_id.in_(ids)))
    session.execute(update(Review).where(Review.submission_id.in_(ids)).values(text=""))
    session.execute(
        update(Job)
        .where(Job.submission_id.in_(ids), Job.finished_at.is_(None))
        .values(state="dropped", finished_at=now, deadline_at=None)
    )
    drop_items(session, ids, "The submission was erased.")
    session.execute(
        update(StoredSubmission)
        .where(StoredSubmission.id.in_(ids))
        .values(state=ERASED, step="", detail="", name=ERASED, address=None, report_id=None, stands=False)
    )


def shared(session: Session, keys: Collection[str], submissions: Collection[str]) -> set[str]:
    """Return those of the keys that something else needs too: the same bytes are one blob, whoever sent them. Who is
    being erased just as well needs none, or two at once would leave it to each other.
    """
    erased = select(StoredSubmission.id).where(StoredSubmission.state == ERASED)
    reports = and_(StoredReport.submission_id.not_in(submissions), StoredReport.submission_id.not_in(erased))
    works = and_(StoredSubmission.id.not_in(submissions), StoredSubmission.state != ERASED)
    queries = (
        select(StoredSubmission.blob).where(StoredSubmission.blob.in_(keys), works),
        select(StoredReport.blob).where(StoredReport.blob.in_(keys), reports),
        select(StoredReport.evidence_blob).where(StoredReport.evidence_blob.in_(keys), reports),
        select(StoredAssignment.blob).where(StoredAssignment.blob.in_(keys)),
        select(StoredAssignment.packet).where(StoredAssignment.packet.in_(keys)),
    )
    return {key for query in queries for key in session.scalars(query) if key}


def forget_blobs(session: Session, submissions: Collection[str]) -> None:
    """Note that the blobs of these submissions, and of the reports on them, are gone."""
    session.execute(update(StoredSubmission).where(StoredSubmission.id.in_(submissions)).values(blob=None, bytes=0))
    session.execute(
        update(StoredReport)
        .where(StoredReport.submission_id.in_(submissions))
        .values(blob="", evidence_blob=None, digest="")
    )
