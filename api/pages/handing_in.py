"""A candidate's pages: the brief, what was handed in and where it has come to, the form to hand in, and the result."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi import Response as Answer
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from api.identity import COOKIE, Asker, asker_of_browser, known, refuse_cross_site
from api.pages.page import page, problem_page
from api.problems import HINTS, PROBLEMS, Problem
from api.routes.results import get_result
from api.routes.submissions import hand_in as hand_in_over_the_api
from api.services import Served, Services
from api.signing_in import is_https
from grader.errors import GraderError
from grader.intake import IntakeLimits
from grader.model import Span
from grader.report.candidate import CandidateFailure
from grader.report.formats import where
from grader.store.database import reading
from grader.store.reviews import is_released
from grader.store.submissions import attempts_used, why_not
from grader.store.tables import Invitation, StoredAssignment, StoredSubmission

router = APIRouter(include_in_schema=False)
OPEN = ("queued", "waiting", "grading")
KEPT_FOR = timedelta(days=60)
CHOOSE_AGAIN = "Another work was handed in with this page before. Choose this one again."
NO_INVITATION = "This link is of no invitation that is open. Ask whoever sent it to you for another one."


@router.get("/i/{token}")
def open_invitation(served: Served, token: str) -> Response:
    """Let the browser keep the invitation, and go on to the page whose address does not hold it."""
    asker = known(served, token)
    if asker is None or asker.kind != "candidate":
        return _no_invitation()
    answer = RedirectResponse("/hand-in", 303, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(KEPT_FOR.total_seconds()),
        httponly=True,
        secure=is_https(served),
        samesite="lax",
    )
    return answer


@router.get("/hand-in")
def show(request: Request, served: Served, form: bool = False) -> HTMLResponse:
    """Show the page of the invitation that the browser keeps; with `form` it stays as it is while a work is graded."""
    asker = _candidate(request, served)
    return _no_invitation() if asker is None else _shown(served, asker, form=form)


@router.get("/hand-in/results/{submission_id}")
def result(request: Request, served: Served, submission_id: str) -> HTMLResponse:
    """Show what the candidate may read of a result, or say why not yet."""
    asker = _candidate(request, served)
    if asker is None:
        return _no_invitation()
    try:
        told = get_result(served, asker, submission_id, Answer())
    except Problem as problem:
        return problem_page(problem, "No result")
    return page("result.html.j2", result=told, places=_place)


@router.post("/hand-in")
def hand_in(
    request: Request,
    served: Served,
    file: Annotated[UploadFile | None, File()] = None,
    git: Annotated[str, Form(max_length=2000)] = "",
    key: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Hand in by the form; what is wrong is said on the page. The same form sent twice is one submission."""
    refuse_cross_site(request, served)
    asker = _candidate(request, served)
    if asker is None:
        return _no_invitation()
    chosen = file if file is not None and file.filename else None
    try:
        hand_in_over_the_api(served, asker, Answer(), chosen, git.strip() or None, None, key or None)
    except Problem as problem:
        if problem.code == "submission.key_reused":  # a page that was gone back to, and another work
            return _shown(served, asker, CHOOSE_AGAIN, problem.status)
        return _shown(served, asker, f"{problem.detail} {problem.hint}".strip(), problem.status)
    except GraderError as error:
        return _shown(served, asker, f"{error.message} {error.hint}", error.http_status)
    return RedirectResponse("/hand-in", 303)


def _candidate(request: Request, served: Services) -> Asker | None:
    asker = asker_of_browser(request, served)
    return asker if asker is not None and asker.kind == "candidate" else None


def _shown(served: Services, asker: Asker, problem: str = "", status: int = 200, *, form: bool = False) -> HTMLResponse:
    with reading(served.engine) as session:
        invitation = session.get_one(Invitation, asker.invitation_id)
        reason = why_not(session, invitation)
        rows = session.scalars(
            select(StoredSubmission)
            .where(StoredSubmission.invitation_id == invitation.id)
            .order_by(StoredSubmission.created_at.desc())
        ).all()
        running = any(row.state in OPEN for row in rows)
        released = {row.id for row in rows if row.report_id and is_released(session, row)}
        return page(
            "hand_in.html.j2",
            status,
            assignment=session.get_one(StoredAssignment, invitation.assignment),
            invitation=invitation,
            used=attempts_used(session, invitation.id),
            submissions=rows,
            released=released,
            waits=any(row.report_id for row in rows) and not released,
            running=running,
            form=form or bool(problem) or not running,  # a page that is loaded anew forgets what was chosen in it
            closed=f"{PROBLEMS[reason][1]} {HINTS[reason]}" if reason else "",
            problem=problem,
            most_mb=IntakeLimits().packed_bytes // 1_000_000,
            key=secrets.token_hex(16),
        )


def _place(of: CandidateFailure | Span) -> str:
    return where(of.path, of.cell, of.line)


def _no_invitation() -> HTMLResponse:
    return page("problem.html.j2", 404, title="No invitation", detail=NO_INVITATION, hint="")
