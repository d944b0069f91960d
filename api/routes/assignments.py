"""Assignments: published by their authors, read by reviewers and by the candidates who are invited, closed."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker, Author, Known
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served
from grader.errors import host_shortage
from grader.jobs.assignments import publish_assignment, unpacked_assignment
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.tables import Invitation, StoredAssignment
from grader.wiring import packet_of

router = APIRouter(tags=["assignments"])


class AssignmentView(BaseModel):
    """An assignment as it stands now."""

    slug: str = Field(examples=["churn"])
    version: str = Field(examples=["1.0"])
    title: str = Field(examples=["Who will leave?"])
    track: str = Field(examples=["hybrid"])
    published_at: datetime
    closed_at: datetime | None = Field(description="Since when nothing is taken in for it; null while it is open.")


class AssignmentWhole(AssignmentView):
    """An assignment with what candidates read."""

    brief: str = Field(description="Its README.md, as Markdown.", examples=["# Who will leave?\n"])
    packet: bool = Field(description="Whether its packet can be downloaded.")


def whole(row: StoredAssignment) -> AssignmentWhole:
    """Return the assignment with its brief."""
    fields = AssignmentView.model_validate(row, from_attributes=True).model_dump()
    return AssignmentWhole(**fields, brief=row.brief, packet=row.packet is not None)


def readable(session: Session, slug: str, asker: Asker) -> StoredAssignment:
    """Return the assignment. Raises Problem where there is none, or a candidate is not invited to it."""
    row = session.get(StoredAssignment, slug)
    if row is None or not (asker.may("read") or slug == _invited_to(session, asker)):
        raise Problem("request.not_found", "There is no such assignment.")
    return row


@router.post(
    "/assignments",
    status_code=201,
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "request.cross_site",
        "request.invalid",
        "request.too_large",
        "request.too_slow",
        "request.cut_short",
        "storage.full",
        "service.unavailable",
    ),
)
def publish(
    served: Served,
    asker: Author,
    response: Response,
    file: Annotated[UploadFile, File(description="A .zip of the assignment's folder.")],
    slug: Annotated[
        str | None,
        Form(
            max_length=64,
            description="Its name, where the archive holds no one folder that says it.",
            examples=["churn"],
        ),
    ] = None,
) -> AssignmentWhole:
    """Publish an assignment, or a new version of the one of its name; works are graded by it from now on.

    It is refused where it is not sound, or where the packet that candidates get would hold something of the hidden
    part. To prove that may take half a minute.
    """
    with host_shortage(), tempfile.TemporaryDirectory(dir=served.uploads) as folder:
        archive = Path(folder) / "assignment.zip"
        with archive.open("wb") as copy:
            shutil.copyfileobj(file.file, copy, 1 << 20)
        assignment = unpacked_assignment(archive, Path(folder), slug)
        packet = packet_of(assignment)
        with transaction(served.engine) as session:
            row = publish_assignment(session, served.blobs, assignment, packet)
            note(session, asker.label, "assignment.publish", row.slug, version=row.version, digest=row.digest)
            response.headers["Location"] = f"/api/v1/assignments/{row.slug}"
            return whole(row)


@router.get("/assignments", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_assignments(
    served: Served, asker: Known, closed: bool | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[AssignmentView]:
    """List assignments, the last published first; a candidate sees the one they are invited to."""
    query = select(StoredAssignment)
    if closed is not None:
        query = query.where(StoredAssignment.closed_at.is_not(None) if closed else StoredAssignment.closed_at.is_(None))
    query = newest_first(query, StoredAssignment.published_at, StoredAssignment.slug, cursor, limit)
    with reading(served.engine) as session:
        if not asker.may("read"):
            if asker.invitation_id is None:
                raise Problem("identity.forbidden", "This needs the scope 'read'.")
            query = query.where(StoredAssignment.slug == _invited_to(session, asker))
        rows = session.scalars(query).all()
    return page_of(
        rows,
        limit,
        lambda row: AssignmentView.model_validate(row, from_attributes=True),
        lambda row: (row.published_at, row.slug),
    )


@router.get("/assignments/{slug}", responses=answers("identity.missing", "request.not_found"))
def get_assignment(served: Served, asker: Known, slug: str) -> AssignmentWhole:
    """Return one assignment with its brief."""
    with reading(served.engine) as session:
        return whole(readable(session, slug, asker))


@router.get(
    "/assignments/{slug}/packet",
    responses={
        200: {"description": "What candidates get.", "content": {"application/zip": {}}},
        **answers("identity.missing", "request.not_found", "service.unavailable"),
    },
    response_class=Response,
)
def get_packet(served: Served, asker: Known, slug: str) -> Response:
    """Download the packet: the brief, the public data, and a starter, as one zip archive."""
    with reading(served.engine) as session:
        packet = readable(session, slug, asker).packet
    if packet is None:
        raise Problem("request.not_found", "The assignment was published without a packet.")
    return download(served.blobs.get(packet), "application/zip", f"{slug}.zip")


@router.post(
    "/assignments/{slug}/close",
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site", "request.not_found"),
)
def close(served: Served, asker: Author, slug: str) -> AssignmentView:
    """Close an assignment: nothing more is handed in for it. What is in line is graded; publishing opens it again."""
    with transaction(served.engine) as session:
        row = session.get(StoredAssignment, slug)
        if row is None:
            raise Problem("request.not_found", "There is no such assignment.")
        if row.closed_at is None:
            row.closed_at = utc_now()
            note(session, asker.label, "assignment.close", slug)
        return AssignmentView.model_validate(row, from_attributes=True)


def download(data: bytes, media_type: str, name: str, **headers: str) -> Response:
    """Return a file that a browser saves and never shows."""
    shown = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=shown | headers)


def _invited_to(session: Session, asker: Asker) -> str | None:
    invitation = session.get(Invitation, asker.invitation_id) if asker.invitation_id else None
    return invitation.assignment if invitation else None
