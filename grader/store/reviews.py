"""What reviewers say of a submission: acts that are added and never changed, and what they come to."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import get_args

from pydantic import TypeAdapter
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.model import Verdict
from grader.store.base import utc_now
from grader.store.github_answers import note_change
from grader.store.tables import Invitation, Review, StoredSubmission
from grader.store.webhooks import emit

KINDS = ("override", "comment", "decision", "release")
DECISIONS = ("advance", "decline")
MOST_CHARACTERS = 10_000
VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
# made once: to make it takes longer than to ask it
_OF_MANY = (
    select(Review)
    .where(Review.submission_id.in_(bindparam("submissions", expanding=True)), Review.kind == bindparam("kind"))
    .order_by(Review.created_at, Review.id)
)


def reviews_of(session: Session, submission_id: str) -> list[Review]:
    """Return all that was said, the oldest first."""
    query = select(Review).where(Review.submission_id == submission_id).order_by(Review.created_at, Review.id)
    return list(session.scalars(query))


def version_of(session: Session, submission: StoredSubmission) -> str:
    """Return a word that is another one once there is another report, another review, or a decision."""
    said = session.scalar(select(func.count()).select_from(Review).where(Review.submission_id == submission.id))
    invitation = session.get(Invitation, submission.invitation_id) if submission.invitation_id else None
    decided = "d" if invitation is not None and invitation.decided_at else ""
    told = f"{submission.report_id or '-'}.{said}{decided}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]  # candidates see it, and not how much was said


def add_review(session: Session, submission: StoredSubmission, review: Review) -> Review:
    """Add what a reviewer says; a decision closes the invitation, whose candidate may then be seen.

    Raises UsageError where the parts of the review do not fit each other.
    """
    _check(review)
    session.add(review)
    invitation = session.get(Invitation, submission.invitation_id) if submission.invitation_id else None
    if review.kind == "decision" and invitation is not None:
        invitation.decided_at = invitation.decided_at or utc_now()
    session.flush()
    note_change(session, submission.invitation_id)
    if review.kind == "decision":
        about = {"submission": submission.id, "assignment": submission.assignment, "verdict": review.verdict}
        emit(session, "review.decided", **about)
    return review


def overrides_in(reviews: Iterable[Review]) -> dict[str, Review]:
    """Return the override of each criterion that holds: the last one, unless that takes the earlier ones back."""
    last = {review.criterion: review for review in reviews if review.kind == "override" and review.criterion}
    return {name: review for name, review in last.items() if name and review.verdict is not None}


def verdicts_in(reviews: Iterable[Review]) -> dict[str, Verdict]:
    """Return the verdict of each criterion that a reviewer judged otherwise."""
    return {name: VERDICT.validate_python(review.verdict) for name, review in overrides_in(reviews).items()}


def overridden(session: Session, submission_ids: Sequence[str]) -> dict[str, int]:
    """Return of each submission that has overrides how many hold."""
    said = reviews_of_many(session, submission_ids, "override")
    return {submission_id: len(held) for submission_id, rows in said.items() if (held := overrides_in(rows))}


def decisions(session: Session, submission_ids: Sequence[str]) -> dict[str, str]:
    """Return of each submission that has a decision the one that holds."""
    said = reviews_of_many(session, submission_ids, "decision")
    return {submission_id: rows[-1].verdict or "" for submission_id, rows in said.items()}


def reviews_of_many(session: Session, submission_ids: Sequence[str], kind: str) -> dict[str, list[Review]]:
    """Return the reviews of a kind by submission, each one's oldest first."""
    found: dict[str, list[Review]] = {}
    for row in session.scalars(_OF_MANY, {"submissions": submission_ids, "kind": kind}):
        found.setdefault(row.submission_id, []).append(row)
    return found


def decision_in(reviews: Iterable[Review]) -> Review | None:
    """Return the decision that holds: the last one."""
    found = [review for review in reviews if review.kind == "decision"]
    return found[-1] if found else None


def is_released(session: Session, submission: StoredSubmission) -> bool:
    """Return whether the candidate may see the result: there is a decision, or a reviewer released it."""
    invitation = session.get(Invitation, submission.invitation_id) if submission.invitation_id else None
    if invitation is not None and invitation.decided_at is not None:
        return True
    query = select(Review.id).where(Review.submission_id == submission.id, Review.kind.in_(("decision", "release")))
    return session.scalar(query.limit(1)) is not None


def _check(review: Review) -> None:
    if review.kind not in KINDS:
        raise UsageError(f"there is no review of the kind {review.kind!r}: choose one of {', '.join(KINDS)}")
    if review.kind != "release" and not review.text.strip():
        raise UsageError("say why, in `text`")
    if len(review.text) > MOST_CHARACTERS:
        raise UsageError(f"`text` has at most {MOST_CHARACTERS:,} characters")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in review.text if char not in "\n\r\t"):
        raise UsageError("`text` holds characters that no one can see")
    if (review.kind == "override") != (review.criterion is not None):
        raise UsageError("an override names a criterion, and nothing else does")
    allowed: dict[str, tuple[str | None, ...]] = {"override": (*get_args(Verdict), None), "decision": DECISIONS}
    if review.verdict not in allowed.get(review.kind, (None,)):
        known = ", ".join(word for word in allowed.get(review.kind, ()) if word) or "none"
        raise UsageError(f"{review.verdict!r} is no verdict of a review of this kind; there are: {known}")
