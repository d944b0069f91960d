"""Sign-in with the company's own provider: the browser is sent there, and comes back known."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.oidc import Flow, Provider
from api.problems import Problem, answers
from api.services import Served, Services
from api.signing_in import begin_session, is_https, set_cookie
from grader.store.audit import note
from grader.store.database import transaction
from grader.store.people import find_by_identity

router = APIRouter(tags=["session"])
FLOW, FLOW_PATH, FLOW_S = "thg_oidc", "/api/v1/session/oidc", 600
NOT_BEGUN = "This sign-in was not begun in this browser, or too long ago."
Told = Annotated[str, Query(max_length=4000)]


@router.get(
    "/session/oidc",
    status_code=303,
    response_class=RedirectResponse,
    responses=answers("request.not_found", "identity.provider"),
)
def begin(served: Served) -> Response:
    """Send the browser to the company's own provider, where one is set."""
    url, flow = _provider(served).begin()
    answer = RedirectResponse(url, 303)
    kept = base64.urlsafe_b64encode(json.dumps([flow.state, flow.nonce, flow.verifier]).encode()).decode()
    answer.set_cookie(
        FLOW, kept, max_age=FLOW_S, path=FLOW_PATH, httponly=True, secure=is_https(served), samesite="lax"
    )
    return answer


@router.get(
    "/session/oidc/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=answers(
        "request.not_found", "request.invalid", "identity.refused", "identity.not_added", "identity.provider"
    ),
)
def end(
    request: Request, served: Served, state: Told = "", code: Told = "", error: Told = "", iss: Told = ""
) -> Response:
    """Take the browser back from the provider, signed in. Only people whom an admin has added by e-mail may."""
    provider, flow = _provider(served), _flow(request)
    if not secrets.compare_digest(state.encode(), flow.state.encode()) or iss not in ("", provider.issuer):
        raise Problem("identity.refused", NOT_BEGUN)
    if error or not code:
        raise Problem("identity.refused", "The provider did not sign you in.")
    who = provider.end(flow, code)
    with transaction(served.engine) as session:
        user, is_new = find_by_identity(session, who.issuer, who.subject, who.email)
        if user is None:
            raise Problem("identity.not_added")
        if is_new:
            note(session, f"user:{user.id}", "user.bind", user.id, issuer=who.issuer)
    answer = RedirectResponse("/", 303)
    set_cookie(answer, served, begin_session(served, user, "oidc"))
    answer.delete_cookie(FLOW, path=FLOW_PATH, httponly=True, secure=is_https(served), samesite="lax")
    return answer


def _provider(served: Services) -> Provider:
    if served.provider is None:
        raise Problem("request.not_found", "No provider of identities is set here.")
    return served.provider


def _flow(request: Request) -> Flow:
    """Return the sign-in that this browser began. Raises Problem where it began none."""
    try:
        state, nonce, verifier = json.loads(base64.urlsafe_b64decode(request.cookies.get(FLOW, "")))
        if not all(isinstance(part, str) and part and part.isascii() for part in (state, nonce, verifier)):
            raise ValueError("no flow")
    except (ValueError, TypeError, binascii.Error) as error:
        raise Problem("identity.refused", NOT_BEGUN) from error
    return Flow(state, nonce, verifier)
