"""What the service forgets after a time: messages that were sent, steps of what is through, answers to be repeated, and
sessions that are over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, or_, select, tuple_
from sqlalchemy.orm import Session

from grader.store.clock import databases_now
from grader.store.database import reading, transaction
from grader.store.erasing import ERASED
from grader.store.tables import StoredSubmission, Token
from grader.store.tables_of_operation import Delivery, Event, RepeatedRequest, WorkerSeen

MOST_AT_ONCE = 500  # of each kind: no writer waits long for it
THROUGH = ("published", ERASED)


def clear_some(engine: Engine, keep: timedelta, most: int = MOST_AT_ONCE) -> bool:
    """Delete some of what is older than `keep` by the database's clock; return whether there was any.

    What is still to be sent, and the steps of a submission that is not through, stay however old they are. Raises
    InfrastructureError.
    """
    with reading(engine) as session:  # looking keeps no writer waiting
        found = _Old.found(session, keep, most)
    if found.is_empty():
        return False
    with transaction(engine) as session:
        found.delete(session)
    return True


class _Old:
    """Keys of what may go."""

    def __init__(self) -> None:
        self.deliveries: list[str] = []
        self.events: list[int] = []
        self.requests: list[tuple[str, str]] = []
        self.workers: list[str] = []
        self.sessions: list[str] = []

    @classmethod
    def found(cls, session: Session, keep: timedelta, most: int) -> _Old:
        """Return what is old now."""
        found, before = cls(), databases_now(session) - keep
        sent = select(Delivery.id).where(Delivery.next_at.is_(None), Delivery.created_at < before)
        found.deliveries = list(session.scalars(sent.limit(most)))
        found.events = _events(session, before, most)
        answered = select(RepeatedRequest.owner, RepeatedRequest.key).where(RepeatedRequest.created_at < before)
        found.requests = [(owner, key) for owner, key in session.execute(answered.limit(most))]
        ended = select(WorkerSeen.id).where(WorkerSeen.stopped_at < before)
        found.workers = list(session.scalars(ended.limit(most)))
        over = or_(Token.expires_at < before, Token.revoked_at < before)
        found.sessions = list(session.scalars(select(Token.id).where(Token.kind == "session", over).limit(most)))
        return found

    def is_empty(self) -> bool:
        """Return whether there is nothing."""
        return not (self.deliveries or self.events or self.requests or self.workers or self.sessions)

    def delete(self, session: Session) -> None:
        """Delete it; a message that is to be sent again by now stays."""
        session.execute(delete(Delivery).where(Delivery.id.in_(self.deliveries), Delivery.next_at.is_(None)))
        session.execute(delete(Event).where(Event.id.in_(self.events)))
        owned = tuple_(RepeatedRequest.owner, RepeatedRequest.key)
        session.execute(delete(RepeatedRequest).where(owned.in_(self.requests)))
        session.execute(delete(WorkerSeen).where(WorkerSeen.id.in_(self.workers)))
        session.execute(delete(Token).where(Token.id.in_(self.sessions)))


def _events(session: Session, before: datetime, most: int) -> list[int]:
    """Return events from before then of submissions that are through. The oldest have the lowest ids: nothing that is
    younger is looked at, and times need no index.
    """
    last = 0
    while True:
        told = select(Event.id, Event.at, StoredSubmission.state).join(StoredSubmission).where(Event.id > last)
        rows = session.execute(told.order_by(Event.id).limit(most)).all()
        found = [key for key, at, state in rows if at < before and state in THROUGH]
        if found or not rows or rows[-1].at >= before:
            return found
        last = rows[-1].id
