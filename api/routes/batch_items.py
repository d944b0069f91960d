"""A batch item by item: the report before, the one after, and what is different between them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.identity import Reader
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import answers
from api.routes.batches import found
from api.services import Served
from grader.store.database import reading
from grader.store.tables import BatchItem, StoredSubmission

router = APIRouter(tags=["batches"])
State = Literal["left", "done", "failed", "dropped"]


class VerdictChanged(BaseModel):
    """A criterion with another verdict; null where the criterion was, or is, not there."""

    criterion: str = Field(examples=["data_preparation.preprocessing_leakage"])
    before: str | None = Field(examples=["needs_human"])
    after: str | None = Field(examples=["not_met"])


class ChangesView(BaseModel):
    """What is different between the report before and the one after."""

    before: float | None = Field(description="The score before.", examples=[61.2])
    after: float | None = Field(description="The score after.", examples=[64.0])
    outcome_before: str = Field(examples=["completed"])
    outcome_after: str = Field(examples=["completed"])
    rubric_before: str
    rubric_after: str
    verdicts: list[VerdictChanged]
    texts_changed: bool = Field(description="Whether a reason, advice or question reads otherwise.")


class ItemView(BaseModel):
    """One submission of a batch. `changes` is null until it is done, and where the reports cannot be compared."""

    submission: str = Field(examples=["7f0c1e5b9a3d4c2f8e6b1a0d"])
    name: str = Field(examples=["submission-7f0c1e5b"])
    state: State
    problem: str = Field(description="Why it is not done, where it is not.")
    before_report: str | None = Field(description="The id of the report that it had.")
    after_report: str | None = Field(description="The id of the report that it got.")
    changed: bool
    changes: ChangesView | None
    done_at: datetime | None


@router.get(
    "/batches/{batch_id}/items",
    responses=answers("identity.missing", "identity.forbidden", "request.not_found", "request.invalid"),
)
def list_items(
    served: Served,
    _asker: Reader,
    batch_id: str,
    state: State | None = None,
    changed: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ItemView]:
    """List the submissions of a batch, the last handed in first, with what is different. Overrides are not in it."""
    query = select(BatchItem, StoredSubmission).join(StoredSubmission).where(BatchItem.batch_id == batch_id)
    if state is not None:
        query = query.where(BatchItem.state == state)
    if changed is not None:
        query = query.where(BatchItem.changed == changed)
    query = newest_first(query, StoredSubmission.created_at, StoredSubmission.id, cursor, limit)
    with reading(served.engine) as session:
        found(session, batch_id)
        rows = session.execute(query).all()
    return page_of(rows, limit, lambda row: _view(*row), lambda row: (row[1].created_at, row[1].id))


def _view(item: BatchItem, submission: StoredSubmission) -> ItemView:
    return ItemView.model_validate(
        {
            "submission": submission.id,
            "name": submission.name,
            "state": item.state,
            "problem": item.problem,
            "before_report": item.before_id,
            "after_report": item.after_id,
            "changed": item.changed,
            "changes": item.changes,
            "done_at": item.done_at,
        }
    )
