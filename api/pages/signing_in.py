"""Signing in and out with a browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.identity import COOKIE, refuse_cross_site
from api.pages.page import page
from api.services import Served, Services
from grader.store.base import utc_now
from grader.store.database import transaction
from grader.store.people import find_by_password
from grader.store.secrets_shown import find_token, new_token

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
SIGNED_IN_FOR = timedelta(hours=12)


@router.get("/static/pages.css")
def style() -> FileResponse:
    """Return the style sheet of all pages."""
    return FileResponse(STATIC / "pages.css", media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/sign-in")
def sign_in_form() -> HTMLResponse:
    """Show the form."""
    return page("sign_in.html.j2", problem="")


@router.post("/sign-in")
def sign_in(
    request: Request,
    served: Served,
    email: Annotated[str, Form(max_length=320)],
    password: Annotated[str, Form(max_length=1024)],
) -> Response:
    """Sign somebody in, or say that e-mail and password do not fit."""
    refuse_cross_site(request, served)
    with transaction(served.engine) as session:
        user = find_by_password(session, email, password)
        if user is None:
            return page("sign_in.html.j2", 401, problem="E-mail and password do not fit.")
        secret, _ = new_token(session, "session", user_id=user.id, expires_at=utc_now() + SIGNED_IN_FOR)
    answer = RedirectResponse("/", 303)
    keep(answer, served, secret, SIGNED_IN_FOR)
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
                row.revoked_at = utc_now()
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def keep(answer: Response, served: Services, secret: str, age: timedelta) -> None:
    """Let the browser keep a secret where no script can read it and no other site's form can send it."""
    secure = served.settings.public_url.startswith("https://")
    answer.set_cookie(COOKIE, secret, max_age=int(age.total_seconds()), httponly=True, samesite="lax", secure=secure)
