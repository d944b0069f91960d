"""Webhooks: addresses that are told of events, the log of what was sent to them, and a test."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Admin
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served
from grader.errors import UsageError
from grader.jobs.webhook_address import place_of
from grader.store.audit import note
from grader.store.database import reading, transaction
from grader.store.tables_of_operation import Delivery, Webhook
from grader.store.webhooks import EVENTS, TEST, add_webhook, disable, send, state_of

router = APIRouter(tags=["webhooks"])
EventName = Literal["submission.received", "submission.published", "review.decided", "batch.finished"]
MANAGED = ("identity.missing", "identity.forbidden", "request.not_found", "request.invalid")
CHANGED = (*MANAGED, "request.cross_site")


class NewWebhook(BaseModel):
    """An address and what it wants to hear of."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] = Field(
        examples=["https://hooks.example.org/grader"]
    )
    events: Annotated[list[EventName], Field(min_length=1, max_length=len(EVENTS))]


class WebhookView(BaseModel):
    """An address that is told of events; since `disabled_at` it is told nothing."""

    id: str = Field(examples=["3c1a9e7d5b2f4c6e8a0d1b3f"])
    url: str
    events: list[str] = Field(examples=[["submission.published"]])
    created_at: datetime
    disabled_at: datetime | None


class WebhookTold(WebhookView):
    """A webhook with the secret that signs what is sent there; it is told this once."""

    secret: str = Field(examples=["whsec_…"])


class DeliveryView(BaseModel):
    """One message: how often it was tried, what was answered, and when it is tried next."""

    id: str
    event: str = Field(examples=["submission.published"])
    state: Literal["waiting", "delivered", "given_up"]
    tries: int
    status: int | None = Field(description="The HTTP status of the last answer.", examples=[200])
    problem: str
    created_at: datetime
    delivered_at: datetime | None
    next_at: datetime | None


@router.post(
    "/webhooks",
    status_code=201,
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.invalid", "address.inside"
    ),
)
def add(served: Served, asker: Admin, given: NewWebhook, response: Response) -> WebhookTold:
    """Add an address. Only https addresses on the public web are taken, and hosts that the operator named."""
    try:
        place = place_of(given.url, served.settings.private_hosts)
    except UsageError as error:
        raise Problem("address.inside", f"url: {error.message}.", hint=error.hint) from error
    with transaction(served.engine) as session:
        assert asker.user_id is not None  # a candidate has no scope
        row = add_webhook(session, given.url, given.events, asker.user_id)
        note(session, asker.label, "webhook.add", row.id, host=place.host, events=row.events)
        response.headers["Location"] = f"/api/v1/webhooks/{row.id}"
        return WebhookTold(**_shown(row).model_dump(), secret=row.secret)


@router.get("/webhooks", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_webhooks(served: Served, _asker: Admin, cursor: Cursor = None, limit: Limit = 50) -> Page[WebhookView]:
    """List webhooks, newest first."""
    query = newest_first(select(Webhook), Webhook.created_at, Webhook.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
    return page_of(rows, limit, _shown, lambda row: (row.created_at, row.id))


@router.get("/webhooks/{webhook_id}", responses=answers(*MANAGED))
def get_webhook(served: Served, _asker: Admin, webhook_id: str) -> WebhookView:
    """Return one webhook."""
    with reading(served.engine) as session:
        return _shown(_found(session, webhook_id))


@router.post("/webhooks/{webhook_id}/disable", responses=answers(*CHANGED))
def disable_webhook(served: Served, asker: Admin, webhook_id: str) -> WebhookView:
    """Tell an address nothing more, for good, also not what waits to be told."""
    with transaction(served.engine) as session:
        row = _found(session, webhook_id)
        disable(session, row)
        note(session, asker.label, "webhook.disable", row.id)
        return _shown(row)


@router.post("/webhooks/{webhook_id}/test", status_code=202, responses=answers(*CHANGED, "conflict"))
def test_webhook(served: Served, asker: Admin, webhook_id: str) -> DeliveryView:
    """Send `webhook.test` there, as everything else is sent: look it up among the deliveries."""
    with transaction(served.engine) as session:
        row = _found(session, webhook_id)
        if row.disabled_at is not None:
            raise Problem("conflict", "The webhook is disabled.", hint="Add the address anew.")
        delivery = send(session, row, TEST, {})
        note(session, asker.label, "webhook.test", row.id)
        session.flush()
        return _delivery(delivery)


@router.get("/webhooks/{webhook_id}/deliveries", responses=answers(*MANAGED))
def list_deliveries(
    served: Served, _asker: Admin, webhook_id: str, cursor: Cursor = None, limit: Limit = 50
) -> Page[DeliveryView]:
    """List what was, or is to be, sent to an address, newest first."""
    query = select(Delivery).where(Delivery.webhook_id == webhook_id)
    query = newest_first(query, Delivery.created_at, Delivery.id, cursor, limit)
    with reading(served.engine) as session:
        _found(session, webhook_id)
        rows = session.scalars(query).all()
    return page_of(rows, limit, _delivery, lambda row: (row.created_at, row.id))


def _found(session: Session, webhook_id: str) -> Webhook:
    row = session.get(Webhook, webhook_id)
    if row is None:
        raise Problem("request.not_found", "There is no such webhook.")
    return row


def _shown(row: Webhook) -> WebhookView:
    return WebhookView(
        id=row.id,
        url=row.url,
        events=row.events.split(),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _delivery(row: Delivery) -> DeliveryView:
    fields = {name: getattr(row, name) for name in DeliveryView.model_fields if name != "state"}
    return DeliveryView.model_validate(fields | {"state": state_of(row)})
