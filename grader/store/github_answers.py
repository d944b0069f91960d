"""What GitHub is to be told of an invitation's submissions: noted as something changes, and told until it is told.

What is to be told is not kept: it is how the submissions stand when it is told, however often they changed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from grader.store.base import new_id, utc_now
from grader.store.locks import lock
from grader.store.tables import BoundRepository, GithubAnswer, GithubCheck

WAITS_S = (10, 60, 300, 1800, 7200, 21600, 43200)  # after each try that failed; after the last one it is given up
CLAIMED_FOR = timedelta(minutes=10)  # longer than one thing takes to be told: who claimed it is gone then
CLAIMING = -1  # its lock's number; those of blobs are none below 0


@dataclass(frozen=True)
class Claim:
    """An invitation of which this process tells GitHub, in the state after so many `changes`."""

    invitation_id: str
    id: str
    changes: int
    tries: int


def answer(session: Session, invitation_id: str, submission_id: str, folder: str) -> None:
    """Let GitHub be told what becomes of a submission that a run handed in; `folder` is where its paths begin."""
    if session.get(GithubAnswer, invitation_id) is None:
        session.add(GithubAnswer(invitation_id=invitation_id))
    if session.get(GithubCheck, submission_id) is None:
        session.add(GithubCheck(submission_id=submission_id, folder=folder))
    session.flush()
    note_change(session, invitation_id)


def note_change(session: Session, invitation_id: str | None) -> None:
    """Let GitHub be told anew; nothing for an invitation of which it is told nothing."""
    if invitation_id is None:
        return
    session.execute(
        update(GithubAnswer)
        .where(GithubAnswer.invitation_id == invitation_id)
        .values(changes=GithubAnswer.changes + 1, tries=0, next_at=utc_now())
    )


def begin_anew(session: Session) -> None:
    """Let what was given up be told again: whoever sets the App right begins the service anew."""
    given_up = and_(GithubAnswer.next_at.is_(None), GithubAnswer.problem != "")
    session.execute(update(GithubAnswer).where(given_up).values(tries=0, next_at=utc_now()))


def is_any_due(session: Session) -> bool:
    """Return whether something is to be told now."""
    return session.scalar(select(GithubAnswer.invitation_id).where(_is_due(utc_now())).limit(1)) is not None


def claim(session: Session, most: int) -> list[Claim]:
    """Claim what is to be told now: nobody else tells it, or another invitation of its repository, unless this process
    is not heard of for CLAIMED_FOR.
    """
    lock(session, CLAIMING)  # two at once would not see of each other that they claim two of one repository
    now = utc_now()
    query = select(GithubAnswer).where(_is_due(now)).order_by(GithubAnswer.next_at).limit(most)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.tries, row.claim, row.claimed_until = row.tries + 1, new_id(), now + CLAIMED_FOR
    return [Claim(row.invitation_id, row.claim or "", row.changes, row.tries) for row in rows]


def settle(session: Session, claimed: Claim, problem: str, after_s: float | None = None) -> None:
    """Note how a try went: told where there is no problem, else tried again later, and at last given up until something
    changes. Where GitHub asked to wait for `after_s` seconds it was none of the tries: it is told after that.
    """
    row = held(session, claimed)
    if row is None:
        return
    row.claim, row.claimed_until, row.problem = None, None, problem[:500]
    has_changed = row.changes != claimed.changes
    if not problem:
        row.tries, row.next_at = 0, utc_now() if has_changed else None
    elif after_s is not None:
        row.tries = max(0, row.tries - 1)
        row.next_at = utc_now() + timedelta(seconds=max(WAITS_S[0], after_s))
    elif has_changed or claimed.tries <= len(WAITS_S):
        row.next_at = utc_now() + timedelta(seconds=WAITS_S[0 if has_changed else claimed.tries - 1])
    else:
        row.next_at = None


def held(session: Session, claimed: Claim) -> GithubAnswer | None:
    """Return the row, locked, and claimed for CLAIMED_FOR from now; None once it is another's, or erased."""
    row = session.scalar(
        select(GithubAnswer)
        .where(GithubAnswer.invitation_id == claimed.invitation_id, GithubAnswer.claim == claimed.id)
        .with_for_update()
    )
    if row is not None:
        row.claimed_until = utc_now() + CLAIMED_FOR
    return row


def state_of(row: GithubAnswer) -> str:
    """Return where it has come to: "told", "waiting" or "given_up"."""
    if row.next_at is not None:
        return "waiting"
    return "given_up" if row.problem else "told"


def untold(session: Session) -> dict[str, int]:
    """Return of how many invitations GitHub is yet to be told, and of how many that was given up."""
    waiting, given_up = GithubAnswer.next_at.is_not(None), GithubAnswer.problem != ""
    query = select(func.count()).select_from(GithubAnswer)
    return {
        "waiting": session.scalar(query.where(waiting)) or 0,
        "given_up": session.scalar(query.where(~waiting, given_up)) or 0,
    }


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_free = or_(GithubAnswer.claimed_until.is_(None), GithubAnswer.claimed_until <= now)
    return and_(GithubAnswer.next_at <= now, is_free, ~_is_repository_claimed(now))


def _is_repository_claimed(now: datetime) -> ColumnElement[bool]:
    """Return whether another invitation of the same repository is being told: both would open its issue."""
    other, own, its = aliased(GithubAnswer), aliased(BoundRepository), aliased(BoundRepository)
    return exists().where(
        own.invitation_id == GithubAnswer.invitation_id,
        its.repository_id == own.repository_id,
        its.invitation_id != own.invitation_id,
        other.invitation_id == its.invitation_id,
        other.claimed_until > now,
    )
