"""Batches: many submissions of an assignment graded again, with who asked, how far it is, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker, Known, Reader
from api.moments import Moment
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served
from grader.store.audit import note
from grader.store.batches import MOST_ITEMS, Choice, Progress, add_batch, cancel, choose, progress_of
from grader.store.database import reading, transaction
from grader.store.tables import Batch, StoredAssignment, StoredSubmission, User

router = APIRouter(tags=["batches"])
Kind = Literal["score", "run"]
Outcome = Literal["completed", "submission_failed", "limit_exceeded", "infrastructure_failed"]
SCOPES: dict[str, str] = {"score": "review", "run": "author"}
MOST_NAMED = 1000


class NewBatch(BaseModel):
    """What is graded again, and why. `score` scores stored evidence by today's rubric and runs nothing; `run` runs what
    was handed in once more. Of the assignment's submissions all that have a report are meant, or those that fit what
    else is said.
    """

    assignment: Annotated[str, StringConstraints(max_length=64)] = Field(examples=["churn"])
    kind: Kind
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] = Field(
        examples=["The weights of version 1.1."]
    )
    submissions: Annotated[list[Annotated[str, StringConstraints(max_length=32)]], Field(max_length=MOST_NAMED)] = []
    outcomes: Annotated[list[Outcome], Field(max_length=4)] = []
    since: Moment | None = Field(default=None, description="Handed in then or later.")
    until: Moment | None = Field(default=None, description="Handed in before then.")


class ProgressView(BaseModel):
    """How many of the `items` are `done`, `failed` on our side, `dropped`, or `left`. Of those that are done `changed`
    have another score, verdict or outcome than before.
    """

    items: int
    done: int
    failed: int
    dropped: int
    left: int
    changed: int


class BatchView(BaseModel):
    """A batch and how far it is. It is over once `finished_at` says when."""

    id: str = Field(examples=["0b7e2c9d4f1a4d3c8b6a5e70"])
    assignment: str = Field(examples=["churn"])
    kind: Kind
    reason: str
    chosen: dict[str, object] = Field(description="What the submissions were chosen by; empty where all were meant.")
    asked_by: str = Field(examples=["Grace Hopper"])
    progress: ProgressView
    created_at: datetime
    cancelled_at: datetime | None
    finished_at: datetime | None


ASKED = answers(
    "identity.missing",
    "identity.forbidden",
    "request.cross_site",
    "request.not_found",
    "request.invalid",
    "batch.empty",
    "batch.too_large",
    "conflict",
    "service.unavailable",
)


@router.post("/batches", status_code=201, responses=ASKED)
def ask_for_batch(served: Served, asker: Known, given: NewBatch, response: Response) -> BatchView:
    """Grade many submissions again. Needs the scope `review` to score them, `author` to run them.

    They wait behind all that somebody waits for, and stay published with the report that they have until there is
    another one. What our side fails on keeps it.
    """
    _refuse_without_scope(asker, given.kind)
    choice = Choice(
        given.assignment, given.kind, tuple(given.submissions), tuple(given.outcomes), given.since, given.until
    )
    with transaction(served.engine) as session:
        rows = _chosen(session, choice)
        assert asker.user_id is not None  # a candidate has no scope
        batch = add_batch(session, choice, given.reason, asker.user_id, rows)
        served.line.join_all(session, rows, given.kind, batch.id)
        note(session, asker.label, "batch.ask", batch.id, assignment=batch.assignment, kind=batch.kind, items=len(rows))
        response.headers["Location"] = f"/api/v1/batches/{batch.id}"
        return _shown(session, [batch])[0]


@router.get("/batches", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_batches(
    served: Served,
    _asker: Reader,
    assignment: str | None = None,
    open: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BatchView]:
    """List batches, newest first; `open` ones are not finished."""
    query = select(Batch)
    if assignment is not None:
        query = query.where(Batch.assignment == assignment)
    if open is not None:
        query = query.where(Batch.finished_at.is_(None) if open else Batch.finished_at.is_not(None))
    query = newest_first(query, Batch.created_at, Batch.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
        shown = {view.id: view for view in _shown(session, rows)}
    return page_of(rows, limit, lambda row: shown[row.id], lambda row: (row.created_at, row.id))


@router.get(
    "/batches/{batch_id}",
    responses=answers("identity.missing", "identity.forbidden", "request.not_found", "request.invalid"),
)
def get_batch(served: Served, _asker: Reader, batch_id: str) -> BatchView:
    """Return one batch and how far it is."""
    with reading(served.engine) as session:
        return _shown(session, [found(session, batch_id)])[0]


@router.post(
    "/batches/{batch_id}/cancel",
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.not_found", "request.invalid"
    ),
)
def cancel_batch(served: Served, asker: Known, batch_id: str) -> BatchView:
    """Cancel a batch: what is not begun is dropped, what is being graded is finished. It needs what asking needs."""
    with transaction(served.engine) as session:
        if not asker.may("read"):
            raise Problem("identity.forbidden", "This needs the scope 'read'.")
        _refuse_without_scope(asker, found(session, batch_id).kind)
        batch, jobs = cancel(session, batch_id)
        note(session, asker.label, "batch.cancel", batch.id, dropped=len(jobs))
        view = _shown(session, [batch])[0]
    if jobs:
        served.line.leave(*jobs)
    return view


def found(session: Session, batch_id: str) -> Batch:
    """Return the batch. Raises Problem where there is none."""
    row = session.get(Batch, batch_id)
    if row is None:
        raise Problem("request.not_found", "There is no such batch.")
    return row


def _refuse_without_scope(asker: Asker, kind: str) -> None:
    if not asker.may(SCOPES[kind]):
        raise Problem("identity.forbidden", f"This needs the scope {SCOPES[kind]!r}.")


def _chosen(session: Session, choice: Choice) -> list[StoredSubmission]:
    if session.get(StoredAssignment, choice.assignment) is None:
        raise Problem("request.not_found", "There is no such assignment.")
    rows = choose(session, choice)
    missing = set(choice.submissions) - {row.id for row in rows}
    if missing:
        raise Problem("request.invalid", f"submissions: {min(missing)} cannot be graded again in this way now.")
    if not rows:
        raise Problem("batch.empty")
    if len(rows) > MOST_ITEMS:
        raise Problem("batch.too_large", hint="Choose by `since` and `until`, and ask for several batches.")
    return rows


def _shown(session: Session, rows: Sequence[Batch]) -> list[BatchView]:
    progress = progress_of(session, [row.id for row in rows])
    users = session.scalars(select(User).where(User.id.in_({row.asked_by for row in rows})))
    names = {user.id: user.name or user.email for user in users}
    return [_view(row, names.get(row.asked_by, ""), progress[row.id]) for row in rows]


def _view(row: Batch, name: str, progress: Progress) -> BatchView:
    return BatchView.model_validate(
        {
            **{field: getattr(row, field) for field in BatchView.model_fields if field not in ("asked_by", "progress")},
            "asked_by": name,
            "progress": ProgressView.model_validate(progress, from_attributes=True),
        }
    )
