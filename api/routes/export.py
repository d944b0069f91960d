"""All submissions of an assignment as one file, CSV or JSON, made while it is sent: it never lies in memory whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from api.identity import Asker, Reader
from api.problems import answers
from api.routes.assignments import readable
from api.routes.invitations import Person, persons_of
from api.services import Served, Services
from grader.report.ranking import guarded
from grader.store.audit import note
from grader.store.database import reading, transaction
from grader.store.reviews import decisions, overridden
from grader.store.tables import StoredSubmission

router = APIRouter(tags=["export"])
COLUMNS = (
    "submission",
    "kind",
    "candidate",
    "email",
    "attempt",
    "state",
    "outcome",
    "failure_code",
    "score",
    "low",
    "high",
    "overrides",
    "decision",
    "created_at",
    "finished_at",
)
AT_ONCE = 500
CODES = ("identity.missing", "identity.forbidden", "request.not_found", "request.invalid")
Row = dict[str, Any]
Slug = Annotated[str, Path(max_length=64)]


@router.get(
    "/assignments/{slug}/export.csv",
    responses={
        200: {"description": "One line a submission, oldest first.", "content": {"text/csv": {}}},
        **answers(*CODES),
    },
    response_class=StreamingResponse,
)
def export_csv(served: Served, asker: Reader, slug: Slug) -> StreamingResponse:
    """Export all submissions as CSV. A text that a spreadsheet would run as a formula begins with an apostrophe.

    Names and e-mail addresses are left empty where the reader may not see them.
    """
    _begin(served, asker, slug)
    return _file(_csv(_rows(served, asker, slug)), "text/csv; charset=utf-8", f"{slug}.csv")


@router.get(
    "/assignments/{slug}/export.json",
    responses={
        200: {"description": "{assignment, submissions[]}, oldest first.", "content": {"application/json": {}}},
        **answers(*CODES),
    },
    response_class=StreamingResponse,
)
def export_json(served: Served, asker: Reader, slug: Slug) -> StreamingResponse:
    """Export all submissions as JSON, with the fields of the CSV."""
    _begin(served, asker, slug)
    return _file(_json(slug, _rows(served, asker, slug)), "application/json", f"{slug}.json")


def _begin(served: Services, asker: Asker, slug: str) -> None:
    with transaction(served.engine) as session:
        readable(session, slug, asker)
        note(session, asker.label, "assignment.export", slug)


def _file(body: Iterator[str], media_type: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(body, media_type=media_type, headers=headers)


def _csv(rows: Iterator[Row]) -> Iterator[str]:
    yield _line(COLUMNS)
    for row in rows:
        yield _line(guarded(value) for value in row.values())


def _line(values: Iterable[Any]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerow(values)
    return target.getvalue()


def _json(slug: str, rows: Iterator[Row]) -> Iterator[str]:
    yield f'{{"assignment": {json.dumps(slug)}, "submissions": ['
    before = "\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _rows(served: Services, asker: Asker, slug: str) -> Iterator[Row]:
    """Yield a row a submission; some hundred at a time, so that a slow reader keeps no transaction open."""
    query = select(StoredSubmission).where(StoredSubmission.assignment == slug)
    query = query.order_by(StoredSubmission.created_at, StoredSubmission.id).limit(AT_ONCE)
    page, full = query, True
    while full:
        with reading(served.engine) as session:
            rows = session.scalars(page).all()
            shown = _shown(session, asker, rows)
        yield from shown
        full = len(rows) == AT_ONCE
        if full:
            created, last = StoredSubmission.created_at, rows[-1]
            behind = and_(created == last.created_at, StoredSubmission.id > last.id)
            page = query.where(or_(created > last.created_at, behind))


def _shown(session: Session, asker: Asker, rows: Sequence[StoredSubmission]) -> list[Row]:
    ids, people = [row.id for row in rows], persons_of(session, rows, asker)
    overrides, decided = overridden(session, ids), decisions(session, ids)
    return [_row(row, people.get(row.id), overrides.get(row.id, 0), decided.get(row.id)) for row in rows]


def _row(row: StoredSubmission, person: Person | None, overrides: int, decision: str | None) -> Row:
    values = (
        row.id,
        row.kind,
        person.name if person else None,
        person.email if person else None,
        row.attempt,
        row.state,
        row.outcome,
        row.failure_code,
        row.score,
        row.low,
        row.high,
        overrides,
        decision,
        row.created_at.isoformat(),
        row.finished_at.isoformat() if row.finished_at else None,
    )
    return dict(zip(COLUMNS, values, strict=True))
