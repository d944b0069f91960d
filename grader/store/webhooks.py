"""Webhooks: addresses that are told of events. What is to be told is stored in the transaction in which it happens."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.store.base import new_id, utc_now
from grader.store.tables_of_operation import Delivery, Webhook

EVENTS = ("submission.received", "submission.published", "review.decided", "batch.finished")
TEST = "webhook.test"
SECRET_PREFIX = "whsec_"  # as the Standard Webhooks specification marks them
SECRET_BYTES = 32
WAITS_S = (10, 60, 300, 1800, 7200, 21600, 43200)  # after each try that failed; after the last one it is given up
CLAIMED_FOR = timedelta(seconds=60)  # longer than a try may take: who claimed it is gone then


@dataclass(frozen=True)
class Message:
    """One delivery that this process has claimed, for its try number `number`."""

    id: str
    webhook_id: str
    url: str
    secret: str
    body: str
    number: int


def add_webhook(session: Session, url: str, events: Sequence[str], created_by: str) -> Webhook:
    """Add an address, with a new secret that is told its owner once."""
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    row = Webhook(url=url, secret=secret, events=" ".join(sorted(set(events))), created_by=created_by)
    session.add(row)
    session.flush()
    return row


def emit(session: Session, event: str, **data: Any) -> None:
    """Store what happened for each address that wants to hear of it. `data` holds nothing personal and no answer."""
    for row in session.scalars(select(Webhook).where(Webhook.disabled_at.is_(None))):
        if event in row.events.split():
            send(session, row, event, data)


def send(session: Session, webhook: Webhook, event: str, data: dict[str, Any]) -> Delivery:
    """Store one message for one address, to be sent at once."""
    now, key = utc_now(), new_id()
    body = json.dumps({"id": key, "event": event, "at": now.isoformat(), "data": data})
    row = Delivery(id=key, webhook_id=webhook.id, event=event, body=body, created_at=now, next_at=now)
    session.add(row)
    return row


def disable(session: Session, webhook: Webhook) -> None:
    """Tell an address nothing more, also not what waits to be told."""
    webhook.disabled_at = webhook.disabled_at or utc_now()
    session.execute(
        update(Delivery)
        .where(Delivery.webhook_id == webhook.id, Delivery.next_at.is_not(None))
        .values(next_at=None, problem="The webhook was disabled.")
    )


def is_any_due(session: Session) -> bool:
    """Return whether something is to be sent now."""
    return session.scalar(select(Delivery.id).where(Delivery.next_at <= utc_now()).limit(1)) is not None


def claim(session: Session, most: int) -> list[Message]:
    """Claim what is to be sent now: nobody else sends it, unless this process is not heard of for CLAIMED_FOR."""
    now = utc_now()
    query = (
        select(Delivery, Webhook)
        .join(Webhook)
        .where(Delivery.next_at <= now, Webhook.disabled_at.is_(None))
        .order_by(Delivery.next_at)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    claimed = session.execute(query).all()
    for row, _ in claimed:
        row.tries, row.next_at = row.tries + 1, now + CLAIMED_FOR
    return [Message(row.id, to.id, to.url, to.secret, row.body, row.tries) for row, to in claimed]


def settle(session: Session, message: Message, status: int | None, problem: str) -> None:
    """Note how a try went: delivered where there is no problem, else tried again later, and at last given up."""
    row = session.scalar(
        select(Delivery).where(Delivery.id == message.id, Delivery.tries == message.number).with_for_update()
    )
    if row is None or row.delivered_at is not None or row.next_at is None:  # another's try by now, or disabled
        return
    row.status, row.problem = status, problem[:500]
    if not problem:
        row.delivered_at, row.next_at = utc_now(), None
    elif message.number > len(WAITS_S):
        row.next_at = None
    else:
        row.next_at = utc_now() + timedelta(seconds=WAITS_S[message.number - 1])


def state_of(row: Delivery) -> str:
    """Return where a delivery has come to: "delivered", "waiting" or "given_up"."""
    if row.delivered_at is not None:
        return "delivered"
    return "waiting" if row.next_at is not None else "given_up"
