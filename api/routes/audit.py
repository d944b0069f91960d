"""The audit log, for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.identity import Admin
from api.moments import Moment
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import answers
from api.services import Served
from grader.store.database import reading
from grader.store.tables_of_operation import AuditEntry

router = APIRouter(tags=["audit"])
Word = Annotated[str | None, Query(max_length=200)]


class AuditView(BaseModel):
    """One act: who did what to what."""

    id: int
    at: datetime
    actor: str = Field(examples=["user:9d1c2b3a4f5e6d7c8b9a0f1e"])
    action: str = Field(examples=["invitation.make"])
    object: str = Field(description="The id of what it was done to.", examples=["5e0d7c1b2a3f4e5d6c7b8a90"])
    detail: dict[str, Any]


@router.get("/audit", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_audit(
    served: Served,
    _asker: Admin,
    actor: Word = None,
    action: Word = None,
    object: Word = None,
    since: Moment | None = None,
    until: Moment | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditView]:
    """List what was done, newest first. `action` also finds all that begin with it and a dot: `invitation`."""
    query = select(AuditEntry)
    if actor is not None:
        query = query.where(AuditEntry.actor == actor)
    if action is not None:
        begins = AuditEntry.action.startswith(f"{action}.", autoescape=True)
        query = query.where((AuditEntry.action == action) | begins)
    if object is not None:
        query = query.where(AuditEntry.object == object)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    query = newest_first(query, AuditEntry.at, AuditEntry.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
    return page_of(
        rows, limit, lambda row: AuditView.model_validate(row, from_attributes=True), lambda row: (row.at, row.id)
    )
