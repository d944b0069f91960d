"""Secrets that people show: made here, kept as a hash alone, and found again by it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.store.base import utc_now
from grader.store.tables import Token

PREFIX = "thg"
SEEN_EVERY = timedelta(minutes=1)  # how exactly a token says when it was last used: each note is a write


def new_token(
    session: Session,
    kind: str,
    *,
    user_id: str | None = None,
    invitation_id: str | None = None,
    scopes: tuple[str, ...] = (),
    name: str = "",
    expires_at: datetime | None = None,
) -> tuple[str, Token]:
    """Return a new secret of 256 random bits, which is told this once, and the row that knows it by its hash."""
    secret = f"{PREFIX}_{kind}_{secrets.token_urlsafe(32)}"
    row = Token(
        hash=hash_of(secret),
        kind=kind,
        name=name,
        hint=hint_of(secret),
        scopes=" ".join(scopes),
        user_id=user_id,
        invitation_id=invitation_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return secret, row


def find_token(session: Session, secret: str) -> Token | None:
    """Return the row of a secret that is good now; None for one that is wrong, over, or taken back."""
    row = session.scalar(select(Token).where(Token.hash == hash_of(secret)))
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= utc_now():
        return None
    return row


def is_to_be_noted(row: Token) -> bool:
    """Return whether it is time to note again that the token is used."""
    return row.used_at is None or utc_now() - row.used_at > SEEN_EVERY


def hint_of(secret: str) -> str:
    """Return the beginning of a secret, by which its owner tells it from others."""
    kind = secret.removeprefix(f"{PREFIX}_").partition("_")[0]
    return secret[: len(PREFIX) + len(kind) + 6]


def hash_of(secret: str) -> str:
    """Return what is kept of a secret, in hexadecimal digits."""
    # 256 random bits need no slow hash: nobody can try them all
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
