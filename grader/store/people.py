"""People who sign in: added, found by their password, and what each role may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.store.base import utc_now
from grader.store.tables import Token, User

ROLES: dict[str, frozenset[str]] = {
    "reviewer": frozenset({"read", "review"}),
    "author": frozenset({"read", "review", "submit", "post", "author"}),
    "admin": frozenset({"read", "review", "submit", "post", "author", "admin", "metrics"}),
}
SCOPES = ROLES["admin"]
SHORTEST_PASSWORD = 12
EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Checked:
    """Whether a password fits, and its hash by today's settings where the stored one is by older ones."""

    fits: bool
    better: str | None = None


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
    if not EMAIL.fullmatch(email):
        raise UsageError(f"{email!r} is no e-mail address")
    if find_user(session, email) is not None:
        raise UsageError(f"{email} is there already", hint=f"For another password: grader user password {email}")
    user = User(email=email, role=role, name=name, password=None if password is None else hashed(password))
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, email: str) -> User | None:
    """Return who has this e-mail address, however it is spelt in capitals."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def find_by_identity(session: Session, issuer: str, subject: str, email: str) -> tuple[User | None, bool]:
    """Return who `issuer` calls `subject`, and whether they were bound to it just now.

    Their verified `email` does that once; later it says nothing, for a provider may give it to somebody else.
    """
    user = session.scalar(select(User).where(User.issuer == issuer, User.subject == subject))
    if user is not None:
        return (user if user.disabled_at is None else None), False
    user = find_user(session, email) if email else None
    if user is None or user.subject is not None or user.disabled_at is not None:
        return None, False
    user.issuer, user.subject = issuer, subject
    return user, True


def hashed(password: str) -> str:
    """Return the hash to store of a password. Raises UsageError where it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"a password has at least {SHORTEST_PASSWORD} characters")
    return _hasher().hash(password)


def check_password(user: User | None, password: str) -> Checked:
    """Return whether it is the user's. It takes as long for nobody: how long says nothing of who is there.

    It takes long, so no transaction is to be open meanwhile.
    """
    stored = user.password if user is not None and user.disabled_at is None else None
    fits, better = _hasher().verify_and_update(password, stored or _nobodys_hash())
    return Checked(fits and stored is not None, better if fits else None)


def end_secrets(session: Session, user_id: str, *kinds: str) -> None:
    """Take back all of a user's tokens of these kinds."""
    session.execute(
        update(Token)
        .where(Token.user_id == user_id, Token.kind.in_(kinds), Token.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )


def is_last_admin(session: Session, user: User) -> bool:
    """Return whether nobody else could add people any more; the admins stay locked till the transaction ends."""
    query = select(User.id).where(User.role == "admin", User.disabled_at.is_(None)).order_by(User.id)
    return list(session.scalars(query.with_for_update())) == [user.id]
