"""A reviewer's pages: the list of submissions, and each report as it is read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from api.identity import COOKIE, Asker, known
from api.pages.page import page
from api.paging import Cursor, newest_first, page_of
from api.reviewed import after_review, known_report
from api.services import Served, Services
from grader.model import Report
from grader.report import render_html
from grader.store.database import reading
from grader.store.tables import StoredReport, StoredSubmission

router = APIRouter(include_in_schema=False)
MOST = 50
REPORT_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@router.get("/")
def submissions(request: Request, served: Served, cursor: Cursor = None) -> Response:
    """Show what was handed in, newest first."""
    asker = _reviewer(request, served)
    if asker is None:
        return RedirectResponse("/sign-in", 303)
    query = newest_first(select(StoredSubmission), StoredSubmission.created_at, StoredSubmission.id, cursor, MOST)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
        found = page_of(rows, MOST, lambda row: row, lambda row: (row.created_at, row.id))
    return page("submissions.html.j2", asker=asker, rows=found.items, next=found.next)


@router.get("/submissions/{submission_id}")
def report(request: Request, served: Served, submission_id: str) -> Response:
    """Show the report; where there is none yet, how far it is."""
    asker = _reviewer(request, served)
    if asker is None:
        return RedirectResponse("/sign-in", 303)
    with reading(served.engine) as session:
        row = session.get(StoredSubmission, submission_id)
        stored = session.get(StoredReport, row.report_id) if row and row.report_id else None
    if row is None:
        return page("problem.html.j2", 404, title="Not found", detail="There is no such submission.", hint="")
    if stored is None:
        return page("submission.html.j2", asker=asker, row=row)
    found = Report.model_validate_json(served.blobs.get(stored.blob))
    with reading(served.engine) as session:
        _, reviewed = after_review(found, known_report(session, submission_id, asker))
    return HTMLResponse(render_html(found, reviewed), headers=REPORT_HEADERS)


def _reviewer(request: Request, served: Services) -> Asker | None:
    secret = request.cookies.get(COOKIE)
    asker = known(served, secret) if secret else None
    return asker if asker is not None and asker.may("read") else None
