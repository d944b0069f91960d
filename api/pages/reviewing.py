"""A reviewer's pages: the list of submissions, the ranking of an assignment, and each report as it is read."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from api.identity import Asker, asker_of_browser
from api.pages.page import page, problem_page
from api.paging import Cursor, newest_first, page_of
from api.problems import Problem
from api.routes.ranking import get_ranking, list_unscored
from api.routes.reports import get_report_page
from api.services import Served, Services
from grader.store.database import reading
from grader.store.tables import StoredSubmission

router = APIRouter(include_in_schema=False)
MOST = 50


@router.get("/")
def submissions(request: Request, served: Served, cursor: Cursor = None) -> Response:
    """Show what was handed in, newest first."""
    asker = reviewer(request, served)
    if asker is None:
        return RedirectResponse("/sign-in", 303)
    query = newest_first(select(StoredSubmission), StoredSubmission.created_at, StoredSubmission.id, cursor, MOST)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
        found = page_of(rows, MOST, lambda row: row, lambda row: (row.created_at, row.id))
    return page("submissions.html.j2", asker=asker, rows=found.items, next=found.next)


@router.get("/ranking/{slug}")
def ranking(request: Request, served: Served, slug: str, cursor: Cursor = None) -> Response:
    """Show the ranking of an assignment, what has no score, and where to export it."""
    asker = reviewer(request, served)
    if asker is None:
        return RedirectResponse("/sign-in", 303)
    try:
        found, unscored = get_ranking(served, asker, slug, cursor, MOST), list_unscored(served, asker, slug, None, MOST)
    except Problem as problem:
        return problem_page(problem, "No ranking")
    return page(
        "ranking.html.j2",
        asker=asker,
        slug=slug,
        ranked=found.items,
        next=found.next,
        unscored=[] if cursor else unscored.items,
        more_unscored=unscored.next is not None,
    )


@router.get("/submissions/{submission_id}")
def report(request: Request, served: Served, submission_id: str) -> Response:
    """Show the report, or how far it is. Candidates, whom a check run leads here, go on to what they may read."""
    asker = asker_of_browser(request, served)
    if asker is not None and asker.kind == "candidate":
        return RedirectResponse(f"/hand-in/results/{quote(submission_id, safe='')}", 303)
    if asker is None or not asker.may("review"):
        return RedirectResponse("/sign-in", 303)
    with reading(served.engine) as session:
        row = session.get(StoredSubmission, submission_id)
    if row is None:
        return page("problem.html.j2", 404, title="Not found", detail="There is no such submission.", hint="")
    if row.report_id is None:
        return page("submission.html.j2", asker=asker, row=row)
    return get_report_page(served, asker, submission_id)


def reviewer(request: Request, served: Services) -> Asker | None:
    """Return who is signed in and may read and review, None where it is nobody, or a candidate."""
    asker = asker_of_browser(request, served)
    return asker if asker is not None and asker.may("review") else None
