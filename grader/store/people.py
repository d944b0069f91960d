"""People who sign in: added, found by their password, and what each role may do."""

from __future__ import annotations

from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.store.tables import User

ROLES: dict[str, frozenset[str]] = {
    "reviewer": frozenset({"read", "review"}),
    "author": frozenset({"read", "review", "submit", "author"}),
    "admin": frozenset({"read", "review", "submit", "author", "admin"}),
}
SCOPES = ROLES["admin"]
SHORTEST_PASSWORD = 12


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()  # argon2id


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("the password of nobody")


def add_user(session: Session, email: str, role: str, password: str | None = None, name: str = "") -> User:
    """Add somebody who may sign in. Raises UsageError where they are there, or what is given does not fit."""
    email = email.strip().lower()
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}: choose one of {', '.join(ROLES)}")
    if email.count("@") != 1 or email.startswith("@") or email.endswith("@"):
        raise UsageError(f"{email!r} is no e-mail address")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"a password has at least {SHORTEST_PASSWORD} characters")
    if session.scalar(select(User.id).where(User.email == email)):
        raise UsageError(f"{email} is there already")
    user = User(email=email, role=role, name=name, password=None if password is None else _hasher().hash(password))
    session.add(user)
    session.flush()
    return user


def find_by_password(session: Session, email: str, password: str) -> User | None:
    """Return who signs in so; None where nobody does. It takes as long for an address that nobody has."""
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    known = user is not None and user.password is not None and user.disabled_at is None
    stored = user.password if known and user and user.password else _nobodys_hash()
    fits, better = _hasher().verify_and_update(password, stored)
    if not (fits and known) or user is None:
        return None
    if better is not None:
        user.password = better
    return user
