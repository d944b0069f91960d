"""The session of a browser: begun with e-mail address and password, looked at, and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, SecretStr, StringConstraints

from api.identity import Known
from api.problems import Problem, answers
from api.services import Served
from api.signing_in import end_session, forget_cookie, set_cookie, sign_in
from grader.store.database import reading, transaction
from grader.store.people import ROLES
from grader.store.tables import Token

router = APIRouter(tags=["session"])


class Credentials(BaseModel):
    """What somebody signs in with."""

    email: Annotated[str, StringConstraints(max_length=254)] = Field(examples=["ada@example.org"])
    password: SecretStr = Field(max_length=1000, examples=["correct horse battery staple"])


class Me(BaseModel):
    """Who asks, and what they may do."""

    kind: Literal["user", "candidate"]
    id: str = Field(description="Of the user, or of the candidate's invitation.", examples=["3b1c5d9e7f20a4c68e1d5b7a"])
    name: str = Field(examples=["Ada Lovelace"])
    role: str = Field(description="Empty for a candidate.", examples=["reviewer"])
    scopes: list[str] = Field(examples=[["read", "review"]])
    expires_at: datetime | None = Field(description="When the session or token is over; null for never.")


@router.post(
    "/session",
    status_code=201,
    responses=answers("identity.refused", "request.cross_site", "request.too_many", "request.invalid"),
)
def begin(request: Request, served: Served, response: Response, given: Credentials) -> Me:
    """Sign in. The answer sets the cookie of the session, which scripts of a page cannot read."""
    begun = sign_in(served, request, given.email, given.password.get_secret_value())
    set_cookie(response, served, begun)
    user = begun.user
    return Me(
        kind="user",
        id=user.id,
        name=user.name or user.email,
        role=user.role,
        scopes=sorted(ROLES[user.role]),
        expires_at=begun.expires_at,
    )


@router.get("/session", responses=answers("identity.missing"))
def who_am_i(served: Served, asker: Known) -> Me:
    """Return who asks, by whatever they show: a session, an API token, or an invitation."""
    with reading(served.engine) as session:
        expires_at = session.get_one(Token, asker.token_id).expires_at
    return Me(
        kind=asker.kind,
        id=asker.user_id or asker.invitation_id or "",
        name=asker.name,
        role=asker.role,
        scopes=sorted(asker.scopes),
        expires_at=expires_at,
    )


@router.delete(
    "/session",
    status_code=204,
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site"),
)
def end(served: Served, response: Response, asker: Known) -> None:
    """Sign out: the session is over, for whoever else has its cookie too."""
    with transaction(served.engine) as session:
        row = session.get_one(Token, asker.token_id)
        if row.kind != "session":
            raise Problem("identity.forbidden", "This is a token, not a session.", hint="Take it back at /tokens.")
        end_session(session, row, asker.label)
    forget_cookie(response, served)
