"""Who asks, and whether they may: API tokens, sessions of browsers, and candidates with their invitation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.limits import refuse
from api.problems import Problem
from api.services import Served, Services
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.people import ROLES
from grader.store.repositories import RUN
from grader.store.secrets_shown import find_token, is_to_be_noted
from grader.store.tables import Token, User

COOKIE = "thg_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(auto_error=False, description="An API token, or a candidate's invitation token.")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The session of a browser that is signed in.")

Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
Cookie = Annotated[str | None, Security(_cookie)]


@dataclass(frozen=True)
class Asker:
    """Somebody who is known: a user with the `scopes` of this token, or a candidate with their invitation."""

    kind: Literal["user", "candidate"]
    scopes: frozenset[str]
    token_id: str
    user_id: str | None = None
    name: str = ""
    role: str = ""
    invitation_id: str | None = None
    sees_names: bool = False  # of candidates, also before there is a decision

    @property
    def label(self) -> str:
        """How the audit log names them."""
        return f"user:{self.user_id}" if self.user_id else f"invitation:{self.invitation_id}"

    @property
    def is_run(self) -> bool:
        """Whether it is a run of GitHub Actions, which a candidate's repository began."""
        return RUN in self.scopes

    def may(self, scope: str) -> bool:
        """Return whether they have the scope."""
        return scope in self.scopes


def asker_of(
    request: Request,
    served: Served,
    bearer: Bearer,
    cookie: Cookie,
) -> Asker:
    """Return who asks. Raises Problem where nobody is known, they ask too often, or it is another site that asks."""
    secret = bearer.credentials if bearer else cookie
    asker = known(served, secret) if secret else None
    if asker is None:
        raise nobody_known()
    note_asker(request, served, asker)
    if bearer is None:
        refuse_cross_site(request, served)
    return asker


def nobody_known(**headers: str) -> Problem:
    """Return the problem of a request that shows no secret which is good now."""
    hint = "Send `Authorization: Bearer TOKEN`, or sign in."
    return Problem("identity.missing", hint=hint, headers={"WWW-Authenticate": "Bearer", **headers})


def secret_of(request: Request) -> str | None:
    """Return the secret that a request shows, as `asker_of` is given it; None where it shows none."""
    scheme, secret = get_authorization_scheme_param(request.headers.get("Authorization"))
    return secret if scheme.lower() == "bearer" else request.cookies.get(COOKIE)


def asker_of_browser(request: Request, served: Services) -> Asker | None:
    """Return whose secret a browser keeps, None where it keeps none that is good."""
    secret = request.cookies.get(COOKIE)
    return known(served, secret) if secret else None


def note_asker(request: Request, served: Services, asker: Asker) -> None:
    """Note for the log who asks. Raises Problem where they ask too often."""
    request.state.asker = asker.label
    wait = served.askers.take(asker.label)
    if wait:
        raise refuse(wait)


def known(served: Services, secret: str) -> Asker | None:
    """Return whose secret it is, None where it is nobody's."""
    with reading(served.engine) as session:
        row = find_token(session, secret)
        if row is None:
            return None
        asker = asker_by(session, row)
        note = is_to_be_noted(row)
    if asker is not None and asker.kind == "user" and not served.settings.blind_review:
        asker = replace(asker, sees_names=True)
    if note and asker is not None:
        with transaction(served.engine) as session:
            session.execute(update(Token).where(Token.id == row.id).values(used_at=utc_now()))
    return asker


def refuse_cross_site(request: Request, served: Services) -> None:
    """Raise Problem where another site's page made the request, or a browser does not say which one did."""
    if request.method in SAFE:
        return
    untold = request.headers.get("sec-fetch-site") is None and request.headers.get("origin") is None
    if untold or is_cross_site(request, served):
        raise Problem("request.cross_site")


def is_cross_site(request: Request, served: Services) -> bool:
    """Return whether a browser says that another site's page made the request."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:  # no page can set it, and browsers hide the origin of a page that sends no referrer
        return site not in ("same-origin", "none")
    own = {request.url.netloc, urlsplit(served.settings.public_url).netloc}
    return origin is not None and urlsplit(origin).netloc not in own


def needs(scope: str) -> Callable[[Asker], Awaitable[Asker]]:
    """Return a dependency that lets through whoever has `scope`."""

    async def check(asker: Annotated[Asker, Depends(asker_of)]) -> Asker:
        if not asker.may(scope):
            raise Problem("identity.forbidden", f"This needs the scope {scope!r}.")
        return asker

    return check


def asker_by(session: Session, row: Token) -> Asker | None:
    """Return who has this token, which is good now; None where they may not sign in any more."""
    user = session.get(User, row.user_id) if row.user_id else None
    if row.kind in ("invitation", RUN):
        scopes = frozenset({"candidate", RUN} if row.kind == RUN else {"candidate"})
        return Asker("candidate", scopes, row.id, invitation_id=row.invitation_id)
    if user is None or user.disabled_at is not None:
        return None
    allowed = ROLES[user.role]
    scopes = allowed & frozenset(row.scopes.split()) if row.kind == "api" else allowed
    return Asker("user", scopes, row.id, user.id, user.name or user.email, user.role)


Known = Annotated[Asker, Depends(asker_of)]
Reader = Annotated[Asker, Depends(needs("read"))]
Reviewer = Annotated[Asker, Depends(needs("review"))]
Author = Annotated[Asker, Depends(needs("author"))]
Admin = Annotated[Asker, Depends(needs("admin"))]


async def _signed_in(asker: Known) -> Asker:
    if asker.kind != "user":
        raise Problem("identity.forbidden", "This is for people who sign in, not for candidates.")
    return asker


SignedIn = Annotated[Asker, Depends(_signed_in)]
