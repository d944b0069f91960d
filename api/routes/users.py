"""People who sign in: listed, added and changed by admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Admin
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.people import EMAIL, SHORTEST_PASSWORD, add_user, end_secrets, find_user, hashed, is_last_admin
from grader.store.tables import User

router = APIRouter(tags=["users"])
Role = Literal["reviewer", "author", "admin"]
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=1000)]


class UserView(BaseModel):
    """Somebody who may sign in."""

    id: str = Field(examples=["3b1c5d9e7f20a4c68e1d5b7a"])
    email: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada Lovelace"])
    role: str = Field(examples=["reviewer"])
    has_password: bool = Field(description="Whether they can sign in by password.")
    has_identity: bool = Field(description="Whether they have signed in with the company's own provider (OIDC).")
    disabled_at: datetime | None
    created_at: datetime


class NewUser(BaseModel):
    """Somebody to add. Without a password they sign in with the company's own provider (OIDC) alone."""

    email: Annotated[str, StringConstraints(max_length=254)] = Field(examples=["ada@example.org"])
    role: Role
    name: Line = Field(default="", examples=["Ada Lovelace"])
    password: Password | None = None


class UserChange(BaseModel):
    """What is to change; what is left out, or null, stays."""

    role: Role | None = Field(default=None, examples=["author"])
    name: Line | None = Field(default=None, examples=["Ada King"])
    disabled: bool | None = Field(default=None, description="True also ends their sessions and takes back tokens.")
    password: Password | None = Field(default=None, description="A new one, which also ends their sessions.")


def shown(user: User) -> UserView:
    """Return what admins see of a user."""
    has = {"has_password": user.password is not None, "has_identity": user.subject is not None}
    known = {name: getattr(user, name) for name in ("id", "email", "name", "role", "disabled_at", "created_at")}
    return UserView(**known, **has)


@router.get("/users", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_users(served: Served, _asker: Admin, cursor: Cursor = None, limit: Limit = 50) -> Page[UserView]:
    """List who may sign in, and who may not any more, newest first."""
    query = newest_first(select(User), User.created_at, User.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
    return page_of(rows, limit, shown, lambda row: (row.created_at, row.id))


@router.post(
    "/users",
    status_code=201,
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site", "request.invalid", "conflict"),
)
def add(served: Served, asker: Admin, given: NewUser) -> UserView:
    """Add somebody who may sign in."""
    if not EMAIL.fullmatch(given.email.strip()):
        raise Problem("request.invalid", "email: it is no e-mail address.")
    password = given.password.get_secret_value() if given.password else None
    with transaction(served.engine) as session:
        if find_user(session, given.email) is not None:
            raise Problem("conflict", "Somebody with this e-mail address is there already.")
        user = add_user(session, given.email, given.role, password, given.name)
        note(session, asker.label, "user.add", user.id, role=user.role)
        return shown(user)


@router.patch(
    "/users/{user_id}",
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "request.cross_site",
        "request.not_found",
        "request.invalid",
        "conflict",
    ),
)
def change(served: Served, asker: Admin, user_id: str, given: UserChange) -> UserView:
    """Change somebody's role, name or password, or whether they may sign in. The last admin stays one."""
    with transaction(served.engine) as session:
        user = session.get(User, user_id)
        if user is None:
            raise Problem("request.not_found", "There is no such user.")
        _refuse_to_be_without_admin(session, user, given)
        changed = _changed(session, user, given)
        if changed:
            note(session, asker.label, "user.change", user.id, **changed)
        return shown(user)


def _refuse_to_be_without_admin(session: Session, user: User, given: UserChange) -> None:
    stays = given.disabled is not True and given.role in (None, "admin")
    if not stays and user.role == "admin" and is_last_admin(session, user):
        raise Problem("conflict", "There would be no admin left.", hint="Make somebody else an admin first.")


def _changed(session: Session, user: User, given: UserChange) -> dict[str, str | bool]:
    """Change the user and return what is to be noted of it."""
    changed: dict[str, str | bool] = {}
    if given.role is not None and given.role != user.role:
        user.role = changed["role"] = given.role
    if given.name is not None and given.name != user.name:
        user.name, changed["name"] = given.name, True
    if given.password is not None:
        user.password, changed["password"] = hashed(given.password.get_secret_value()), True
        end_secrets(session, user.id, "session")
    if given.disabled is not None and given.disabled != (user.disabled_at is not None):
        user.disabled_at, changed["disabled"] = utc_now() if given.disabled else None, given.disabled
        if given.disabled:
            end_secrets(session, user.id, "session", "api")
    return changed
