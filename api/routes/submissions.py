"""Submissions: handed in as a file or a git address, listed, and followed while they are graded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Header, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker, Known
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.receiving import (
    keeping_nothing_refused,
    kept_once,
    put_in_line,
    refuse_large_archive,
    refuse_where_not_allowed,
    say_where,
    stored,
)
from api.services import Served, Services
from grader.intake.git import is_git_address, parse_address
from grader.store.database import reading, transaction
from grader.store.submissions import Received, remember, repeated
from grader.store.tables import Invitation, StoredSubmission
from grader.store.tables_of_operation import Event

router = APIRouter(tags=["submissions"])
KINDS = {".zip": "archive", ".gz": "tar", ".tgz": "tar", ".ipynb": "notebook", ".py": "script"}
State = Literal["queued", "waiting", "grading", "published", "erased"]
TOLD_EVERY_S = 0.5
TOLD = {
    "id": "7",
    "event": "step",
    "data": '{"state": "grading", "step": "sandbox", "detail": "work.ipynb, cell 3 of 24"}',
}
SERVER_SENT = {"type": "object", "properties": {name: {"type": "string", "examples": [TOLD[name]]} for name in TOLD}}


class SubmissionView(BaseModel):
    """A submission and where it has come to. Of a candidate's own the score is null: reviewers release results."""

    id: str = Field(examples=["7f0c1e5b9a3d4c2f8e6b1a0d"])
    assignment: str = Field(examples=["churn"])
    name: str = Field(examples=["submission-7f0c1e5b"])
    kind: str = Field(examples=["archive"])
    bytes: int = Field(examples=[48211])
    attempt: int | None = Field(description="Null where it costs none: our side failed, or nobody was invited.")
    state: State
    step: str = Field(description="What is being done now.", examples=["sandbox"])
    detail: str = Field(description="To what, such as the cell being run.", examples=["work.ipynb, cell 3 of 24"])
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None = Field(examples=["completed"])
    failure_code: str | None
    score: float | None
    low: float | None
    high: float | None


def shown(row: StoredSubmission, asker: Asker) -> SubmissionView:
    """Return what the asker may see of a submission."""
    view = SubmissionView.model_validate(row, from_attributes=True)
    if asker.kind == "candidate":
        return view.model_copy(update={"score": None, "low": None, "high": None})
    return view


def visible(session: Session, submission_id: str, asker: Asker) -> StoredSubmission:
    """Return the submission. Raises Problem where there is none, or it is another candidate's."""
    row = session.get(StoredSubmission, submission_id)
    allowed = row is not None and (asker.may("read") or row.invitation_id == asker.invitation_id is not None)
    if row is None or not allowed:
        raise Problem("request.not_found", "There is no such submission.")
    return row


@router.post(
    "/submissions",
    status_code=201,
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "invitation.over",
        "invitation.attempts",
        "invitation.closed",
        "invitation.released",
        "submission.assignment_closed",
        "request.not_found",
        "submission.key_reused",
        "request.too_large",
        "request.too_slow",
        "request.cut_short",
        "request.invalid",
        "address.inside",
        "storage.full",
        "service.unavailable",
        "request.too_many",
    ),
)
def hand_in(
    served: Served,
    asker: Known,
    response: Response,
    file: Annotated[UploadFile | None, File(description="A .zip, .tar.gz, .ipynb or .py.")] = None,
    git: Annotated[
        str | None,
        Form(
            max_length=2000,
            description="An https address, with an optional @REF.",
            examples=["https://git.example.org/ada/churn@main"],
        ),
    ] = None,
    assignment: Annotated[
        str | None, Form(max_length=64, description="Where nobody was invited: what it is for.")
    ] = None,
    idempotency_key: Annotated[str | None, Header(max_length=255, min_length=1)] = None,
) -> SubmissionView:
    """Hand in a file or a git address, exactly one of them; it is queued when this answers.

    A candidate's invitation says for what. Sent again with the same `Idempotency-Key`, the same submission is answered.
    """
    if asker.is_run:
        raise Problem("identity.forbidden", "A run hands in its commit.", hint="POST it to /api/v1/commits.")
    with reading(served.engine) as session:  # what will be refused need not be stored first
        if not (idempotency_key and repeated(session, asker.label, idempotency_key)):
            invitation = session.get(Invitation, asker.invitation_id) if asker.invitation_id else None
            if invitation and assignment not in (None, invitation.assignment):
                raise Problem("request.invalid", "assignment: it is not the one of the invitation.")
            refuse_where_not_allowed(session, asker, invitation, invitation.assignment if invitation else assignment)
    received = _received(served, file, git)
    with keeping_nothing_refused(served, received.blob):
        return kept_once(lambda: _handed_in(served, asker, response, received, file, assignment, idempotency_key))


def _handed_in(
    served: Services,
    asker: Asker,
    response: Response,
    received: Received,
    file: UploadFile | None,
    assignment: str | None,
    idempotency_key: str | None,
) -> SubmissionView:
    with transaction(served.engine) as session:
        invitation = _invitation(session, asker)
        slug = invitation.assignment if invitation else assignment
        digest = received.digest(slug)
        before = repeated(session, asker.label, idempotency_key) if idempotency_key else None
        if before is not None:
            if before.digest != digest or before.submission_id is None:
                raise Problem("submission.key_reused")
            response.status_code = 200
            say_where(response, before.submission_id)
            return shown(session.get_one(StoredSubmission, before.submission_id), asker)
        refuse_where_not_allowed(session, asker, invitation, slug)
        assert slug is not None  # just proven
        submission = put_in_line(session, served, asker, slug, received, file=file, invitation=invitation)
        if idempotency_key:
            remember(session, asker.label, idempotency_key, digest, submission.id)
        say_where(response, submission.id)
        return shown(submission, asker)


@router.get("/submissions", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_submissions(
    served: Served,
    asker: Known,
    assignment: str | None = None,
    state: State | None = None,
    outcome: str | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SubmissionView]:
    """List submissions, newest first; a candidate sees their own."""
    query = select(StoredSubmission)
    if not asker.may("read"):
        if asker.invitation_id is None:
            raise Problem("identity.forbidden", "This needs the scope 'read'.")
        query = query.where(StoredSubmission.invitation_id == asker.invitation_id)
    for column, wanted in (
        (StoredSubmission.assignment, assignment),
        (StoredSubmission.state, state),
        (StoredSubmission.outcome, outcome),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    query = newest_first(query, StoredSubmission.created_at, StoredSubmission.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
    return page_of(rows, limit, lambda row: shown(row, asker), lambda row: (row.created_at, row.id))


@router.get("/submissions/{submission_id}", responses=answers("identity.missing", "request.not_found"))
def get_submission(served: Served, asker: Known, submission_id: str) -> SubmissionView:
    """Return one submission and where it has come to: poll this, or follow its events."""
    with reading(served.engine) as session:
        return shown(visible(session, submission_id, asker), asker)


@router.get(
    "/submissions/{submission_id}/events",
    responses={
        200: {
            "description": "Server-sent events `step`: a JSON object with state, step and detail; at last `done`.",
            "content": {"text/event-stream": {"schema": SERVER_SENT}},
        },
        **answers("identity.missing", "request.not_found", "request.invalid"),
    },
    response_class=StreamingResponse,
)
def follow(
    request: Request,
    served: Served,
    asker: Known,
    submission_id: str,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**53)] = None,
) -> StreamingResponse:
    """Follow a submission: each step as it begins, also those before. `Last-Event-ID` goes on after that one."""
    with reading(served.engine) as session:
        visible(session, submission_id, asker)
    told = _told(request, served, submission_id, last_event_id or 0)
    return StreamingResponse(told, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _told(request: Request, served: Services, submission_id: str, last: int) -> AsyncIterator[str]:
    while not await request.is_disconnected():
        events, state = await asyncio.to_thread(_since, served, submission_id, last)
        for event in events:
            last = event.id
            body = {"state": event.state, "step": event.step, "detail": event.detail, "at": event.at.isoformat()}
            yield f"id: {event.id}\nevent: step\ndata: {json.dumps(body)}\n\n"
        if state in (None, "published", "erased"):
            yield f"event: done\ndata: {json.dumps({'state': state})}\n\n"
            return
        if not events:
            yield ": still at it\n\n"
        await asyncio.sleep(TOLD_EVERY_S)


def _since(served: Services, submission_id: str, last: int) -> tuple[list[Event], str | None]:
    with reading(served.engine) as session:
        # the state first: what is told after it would otherwise be missed
        row = session.get(StoredSubmission, submission_id)
        query = select(Event).where(Event.submission_id == submission_id, Event.id > last).order_by(Event.id)
        return list(session.scalars(query)), row.state if row else None


def _received(served: Services, file: UploadFile | None, git: str | None) -> Received:
    if (file is None) == (not git):
        raise Problem("request.invalid", "Send either `file` or `git`.")
    if git:
        if not is_git_address(git, allow_local=False):
            raise Problem("request.invalid", "git: it is no https address of a repository.")
        parse_address(git, allow_local=False)
        return Received("git", address=git)
    assert file is not None  # one of them is there
    suffix = Path(file.filename or "").suffix.lower()
    if suffix not in KINDS:
        raise Problem("request.invalid", "file: its name must end in .zip, .tar.gz, .tgz, .ipynb or .py.")
    if file.size == 0:
        raise Problem("request.invalid", "file: it is empty.")
    refuse_large_archive(file, KINDS[suffix])
    key, size = stored(served, file)
    return Received(KINDS[suffix], bytes=size, blob=key)


def _invitation(session: Session, asker: Asker) -> Invitation | None:
    if asker.invitation_id is None:
        return None
    return session.get(Invitation, asker.invitation_id, with_for_update=True)
