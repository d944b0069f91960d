"""Invitations: a candidate's leave to hand in, made, extended and taken back, and who may see whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.store.base import utc_now
from grader.store.secrets_shown import new_token
from grader.store.submissions import was_released
from grader.store.tables import Candidate, Invitation, StoredAssignment, Token

State = Literal["open", "over", "decided", "revoked"]
LONGEST_NAME = 200
MOST_ATTEMPTS = 100


@dataclass(frozen=True)
class Invited:
    """A new invitation, with the token that is told this once."""

    invitation: Invitation
    candidate: Candidate
    token: str


def invite(
    session: Session,
    assignment: str,
    name: str,
    email: str,
    deadline: datetime | None,
    attempts: int,
    created_by: str | None = None,
) -> Invited:
    """Invite somebody; who was invited before under this e-mail is the same candidate.

    Raises UsageError where the assignment is closed or not there, or what is given does not fit.
    """
    # locked, or two at once would each find that there is none yet; works may be handed in meanwhile
    stored = session.get(StoredAssignment, assignment, with_for_update={"key_share": True})
    if stored is None or stored.closed_at is not None:
        raise UsageError(f"there is no open assignment {assignment[:64]!r}", hint="Publish it first.")
    check_terms(deadline, attempts)
    candidate = _candidate(session, name, email)
    if open_invitation(session, assignment, candidate.email) is not None:
        hint = "Extend that invitation (grader invite --again), or take it back."
        raise UsageError(f"they are invited to {assignment} already", hint=hint)
    invitation = Invitation(
        assignment=assignment,
        candidate_id=candidate.id,
        attempts=attempts,
        deadline=deadline,
        created_by=created_by,
    )
    session.add(invitation)
    session.flush()
    return Invited(invitation, candidate, _token(session, invitation))


def open_invitation(session: Session, assignment: str, email: str) -> Invitation | None:
    """Return the invitation of who has this e-mail address that is neither taken back nor decided, or None."""
    query = select(Invitation).join(Candidate, Candidate.id == Invitation.candidate_id)
    query = query.where(
        Invitation.assignment == assignment,
        Candidate.email == email.strip().lower(),
        Candidate.erased_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.decided_at.is_(None),
    )
    return session.scalar(query.limit(1))


def state_of(invitation: Invitation) -> State:
    """Return how an invitation stands now."""
    if invitation.revoked_at is not None:
        return "revoked"
    if invitation.decided_at is not None:
        return "decided"
    return "over" if invitation.deadline is not None and invitation.deadline <= utc_now() else "open"


def check_terms(deadline: datetime | None, attempts: int) -> None:
    """Raise UsageError for a deadline that has passed, or a number of attempts that is none."""
    if deadline is not None and deadline <= utc_now():
        raise UsageError("the deadline has passed already", hint="Give one that is to come, with its time zone.")
    if not 1 <= attempts <= MOST_ATTEMPTS:
        raise UsageError(f"there are 1 to {MOST_ATTEMPTS} attempts")


def extend(session: Session, invitation: Invitation, deadline: datetime | None, attempts: int | None) -> None:
    """Give the invitation another deadline or number of attempts; None leaves either as it is. Raises UsageError."""
    if was_released(session, invitation):
        raise UsageError("a result of it was released: they know a score", hint="Make another invitation.")
    if invitation.revoked_at is not None or invitation.decided_at is not None:
        raise UsageError("the invitation was taken back, or the decision is made", hint="Make another invitation.")
    check_terms(deadline, invitation.attempts if attempts is None else attempts)
    invitation.deadline = deadline or invitation.deadline
    invitation.attempts = attempts or invitation.attempts


def take_back(session: Session, invitation: Invitation) -> None:
    """End an invitation: its tokens are good for nothing from now on. What was handed in stays."""
    invitation.revoked_at = invitation.revoked_at or utc_now()
    _revoke_tokens(session, invitation)


def renew_token(session: Session, invitation: Invitation) -> str:
    """Return a new token in place of the one that was lost, which is good no more. Raises UsageError."""
    if invitation.revoked_at is not None:
        raise UsageError("the invitation was taken back", hint="Make another one.")
    _revoke_tokens(session, invitation, Token.kind == "invitation")  # runs that wait for their report go on
    return _token(session, invitation)


def names_are_shown(invitation: Invitation, user_id: str | None, *, may_invite: bool) -> bool:
    """Return whether a user may see who the candidate is: reviews are blind until there is a decision, but whoever
    made the invitation, and may make some, knows.
    """
    return invitation.decided_at is not None or (
        may_invite and user_id is not None and invitation.created_by == user_id
    )


def whose_names_are_shown(user_id: str | None, *, may_invite: bool) -> ColumnElement[bool]:
    """Return the same as a condition on invitations."""
    made_by_them = Invitation.created_by == user_id if may_invite and user_id is not None else false()
    return or_(Invitation.decided_at.is_not(None), made_by_them)


def _candidate(session: Session, name: str, email: str) -> Candidate:
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"a name has 1 to {LONGEST_NAME} characters that can be seen")
    local, at, host = email.partition("@")
    if (
        not (local and at and host)
        or "@" in host
        or len(email) > LONGEST_NAME
        or not email.isprintable()
        or " " in email
    ):
        raise UsageError("that is no e-mail address")
    query = select(Candidate).where(Candidate.email == email, Candidate.erased_at.is_(None))
    known = session.scalar(query.with_for_update(read=True))  # who is being erased just now is nobody by then
    if known is not None:
        return known
    candidate = Candidate(name=name, email=email)
    session.add(candidate)
    session.flush()
    return candidate


def _token(session: Session, invitation: Invitation) -> str:
    return new_token(session, "invitation", invitation_id=invitation.id)[0]


def _revoke_tokens(session: Session, invitation: Invitation, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(Token)
        .where(Token.invitation_id == invitation.id, Token.revoked_at.is_(None), *which)
        .values(revoked_at=utc_now())
    )
