"""What is handed in: whether an invitation allows it, stored with its place in line, and found again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.store.base import utc_now
from grader.store.tables import Invitation, Review, StoredAssignment, StoredSubmission
from grader.store.tables_of_operation import RepeatedRequest
from grader.store.webhooks import emit


@dataclass(frozen=True)
class Received:
    """What came in: of a file its kind and the key of its bytes, of a git address the address."""

    kind: str
    bytes: int = 0
    blob: str | None = None
    address: str | None = None

    def digest(self, *more: str | None) -> str:
        """Return what tells one request from another."""
        return hashlib.sha256(repr((self.kind, self.blob, self.address, *more)).encode()).hexdigest()


def attempts_used(session: Session, invitation_id: str) -> int:
    """Return how many submissions count against the invitation: not those that failed on our side."""
    return (
        session.scalar(
            select(func.count())
            .select_from(StoredSubmission)
            .where(StoredSubmission.invitation_id == invitation_id, StoredSubmission.attempt.is_not(None))
        )
        or 0
    )


def why_not(session: Session, invitation: Invitation) -> str | None:
    """Return the code of the problem where the invitation does not allow a submission now, None where it does."""
    if invitation.revoked_at is not None or invitation.decided_at is not None:
        return "invitation.closed"
    if was_released(session, invitation):
        return "invitation.released"
    if session.get_one(StoredAssignment, invitation.assignment).closed_at is not None:
        return "submission.assignment_closed"
    if invitation.deadline is not None and invitation.deadline <= utc_now():
        return "invitation.over"
    if attempts_used(session, invitation.id) >= invitation.attempts:
        return "invitation.attempts"
    return None


def was_released(session: Session, invitation: Invitation) -> bool:
    """Return whether a result of the invitation was released: who knows a score could try to raise it."""
    theirs = select(StoredSubmission.id).where(StoredSubmission.invitation_id == invitation.id)
    query = select(Review.id).where(Review.submission_id.in_(theirs), Review.kind == "release")
    return session.scalar(query.limit(1)) is not None


def add_submission(
    session: Session, assignment: str, received: Received, invitation: Invitation | None = None
) -> StoredSubmission:
    """Store what came in, as the invitation's next attempt where there is one; the caller puts it in line."""
    attempt = None if invitation is None else attempts_used(session, invitation.id) + 1
    submission = StoredSubmission(
        assignment=assignment,
        invitation_id=invitation.id if invitation else None,
        name="",
        kind=received.kind,
        blob=received.blob,
        address=received.address,
        bytes=received.bytes,
        attempt=attempt,
        state="queued",
    )
    session.add(submission)
    session.flush()
    # a file's or a repository's own name often names its author: reviews are blind
    submission.name = f"submission-{submission.id[:8]}"
    emit(session, "submission.received", submission=submission.id, assignment=assignment)
    return submission


def repeated(session: Session, owner: str, key: str) -> RepeatedRequest | None:
    """Return the request that `owner` made before under this Idempotency-Key."""
    return session.get(RepeatedRequest, (owner, key))


def remember(session: Session, owner: str, key: str, digest: str, submission_id: str) -> None:
    """Note what the request under this Idempotency-Key came to."""
    session.add(RepeatedRequest(owner=owner, key=key, digest=digest, submission_id=submission_id))
