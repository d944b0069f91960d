"""Signing in and out with a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.identity import COOKIE, refuse_cross_site
from api.pages.page import page
from api.problems import Problem
from api.services import Served
from api.signing_in import end_session, forget_cookie, set_cookie, sign_in
from grader.store.database import transaction
from grader.store.secrets_shown import find_token

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"


@router.get("/static/pages.css")
def style() -> FileResponse:
    """Return the style sheet of all pages."""
    return FileResponse(STATIC / "pages.css", media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/sign-in")
def sign_in_form(served: Served) -> HTMLResponse:
    """Show the form."""
    return page("sign_in.html.j2", problem="", email="", oidc=served.provider is not None)


@router.post("/sign-in")
def sign_in_by_form(
    request: Request,
    served: Served,
    email: Annotated[str, Form(max_length=254)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Sign somebody in, or say on the form why not."""
    refuse_cross_site(request, served)
    try:
        begun = sign_in(served, request, email, password)
    except Problem as problem:
        said = f"{problem.detail} {problem.hint}".strip()
        oidc = served.provider is not None
        return page("sign_in.html.j2", problem.status, problem=said, email=email, oidc=oidc)
    answer = RedirectResponse("/", 303)
    set_cookie(answer, served, begun)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, served: Served) -> Response:
    """End the session of this browser."""
    refuse_cross_site(request, served)
    secret = request.cookies.get(COOKIE)
    if secret:
        with transaction(served.engine) as session:
            row = find_token(session, secret)
            if row is not None and row.kind == "session":
                end_session(session, row, f"user:{row.user_id}")
    answer = RedirectResponse("/sign-in", 303)
    forget_cookie(answer, served)
    return answer
