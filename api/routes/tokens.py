"""API tokens: made with no more scopes than their maker has, told once, listed, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker, SignedIn
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.secrets_shown import new_token
from grader.store.tables import Token

router = APIRouter(tags=["tokens"])
Scope = Literal["read", "review", "submit", "post", "author", "admin", "metrics"]


class NewToken(BaseModel):
    """A token to make."""

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = Field(
        default="", description="What it is for.", examples=["nightly export"]
    )
    scopes: list[Scope] = Field(min_length=1, max_length=7, examples=[["read"]])
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(default=90, description="Null for never.")


class TokenView(BaseModel):
    """A token, without its secret, which nobody can be told again."""

    id: str = Field(examples=["9c4e2a7b1d6f8035a2c4e6b8"])
    user_id: str = Field(examples=["3b1c5d9e7f20a4c68e1d5b7a"])
    name: str = Field(examples=["nightly export"])
    hint: str = Field(description="How the secret begins.", examples=["thg_api_Zk3q"])
    scopes: list[str] = Field(examples=[["read"]])
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="When it was last used, to a minute.")


class MadeToken(TokenView):
    """A new token, with its secret."""

    secret: str = Field(
        description="Told this once: keep it where secrets are kept.",
        examples=["thg_api_Zk3qV0m9Yl2sT8wB4nX6cR1eJ7uH5gD0aP3fK9iLoQw"],
    )


@router.post(
    "/tokens",
    status_code=201,
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site", "request.invalid"),
)
def make(served: Served, asker: SignedIn, given: NewToken) -> MadeToken:
    """Make a token. It may do no more than who makes it may, and one made by a token is not good for longer."""
    too_many = sorted(set(given.scopes) - asker.scopes)
    if too_many:
        raise Problem("identity.forbidden", f"You do not have the scope {too_many[0]!r} yourself.")
    with transaction(served.engine) as session:
        secret, row = new_token(
            session,
            "api",
            user_id=asker.user_id,
            scopes=tuple(sorted(set(given.scopes))),
            name=given.name,
            expires_at=_until(session, asker, given),
        )
        note(session, asker.label, "token.make", row.id, scopes=row.scopes)
        return MadeToken(**_told(row), secret=secret)


@router.get("/tokens", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_tokens(
    served: Served,
    asker: SignedIn,
    user_id: Annotated[str | None, Query(max_length=32, description="Another user's, for admins.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TokenView]:
    """List your tokens that were not taken back, newest first."""
    whose = user_id or asker.user_id
    if whose != asker.user_id and not asker.may("admin"):
        raise Problem("identity.forbidden", "This needs the scope 'admin'.")
    query = select(Token).where(Token.user_id == whose, Token.kind == "api", Token.revoked_at.is_(None))
    with reading(served.engine) as session:
        rows = session.scalars(newest_first(query, Token.created_at, Token.id, cursor, limit)).all()
    return page_of(rows, limit, lambda row: TokenView(**_told(row)), lambda row: (row.created_at, row.id))


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.not_found", "request.invalid"
    ),
)
def take_back(served: Served, asker: SignedIn, token_id: str) -> None:
    """Take a token back: it is good for nothing from now on. A token takes back none that may more than it may.

    Admins may take back anybody's.
    """
    with transaction(served.engine) as session:
        row = session.get(Token, token_id)
        own = row is not None and row.user_id == asker.user_id and asker.scopes.issuperset(row.scopes.split())
        allowed = own or asker.may("admin")
        if row is None or not allowed or row.kind != "api" or row.revoked_at is not None:
            raise Problem("request.not_found", "There is no such token.")
        row.revoked_at = utc_now()
        note(session, asker.label, "token.revoke", row.id)


def _until(session: Session, asker: Asker, given: NewToken) -> datetime | None:
    days = given.expires_in_days
    asked = None if days is None else utc_now() + timedelta(days=days)
    maker = session.get_one(Token, asker.token_id)
    if maker.kind != "api" or maker.expires_at is None:
        return asked
    return maker.expires_at if asked is None else min(asked, maker.expires_at)


def _told(row: Token) -> dict[str, object]:
    names = ("id", "user_id", "name", "hint", "created_at", "expires_at", "used_at")
    return {**{name: getattr(row, name) for name in names}, "scopes": row.scopes.split()}
