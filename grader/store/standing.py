"""Which submissions stand in rankings: of each candidate the last that counts, and all that nobody was invited for.

It is written down as it changes: to ask who comes later of each row that is shown took most of a ranking's time.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.store.posting import POSTED
from grader.store.tables import Invitation, StoredSubmission


def lock_standing(session: Session, invitation_id: str | None) -> None:
    """Let nobody else write down which of the invitation's submissions stand, before what is read to settle it."""
    if invitation_id is not None:
        session.execute(select(Invitation.id).where(Invitation.id == invitation_id).with_for_update())


def lock_attempts(session: Session, submission_id: str) -> list[StoredSubmission]:
    """Return the submission, locked with its candidate's others: all in the order in which whoever locks several does,
    the oldest first, so that none waits for another in a circle.
    """
    submission = session.get_one(StoredSubmission, submission_id)
    meant = StoredSubmission.id == submission_id
    if submission.invitation_id is not None:
        meant = StoredSubmission.invitation_id == submission.invitation_id
    rows = select(StoredSubmission).where(meant).order_by(StoredSubmission.created_at, StoredSubmission.id)
    return list(session.scalars(rows.with_for_update().execution_options(populate_existing=True)))


def settle_standing(attempts: Sequence[StoredSubmission]) -> None:
    """Write down which of a candidate's attempts stand, the oldest first; what nobody was invited for is alone.

    What our side lost is no attempt and takes no one's place; it stands itself while nothing that counts is later.
    """
    is_followed = False
    for row in reversed([row for row in attempts if row.state == "published"]):
        # what was graded elsewhere, by whatever rubric and limits, is no match for what was graded here
        row.stands = not is_followed and row.kind != POSTED
        is_followed = is_followed or row.attempt is not None
