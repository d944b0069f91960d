"""`grader user` and `grader token new`: the first people of a service, and tokens for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import typer
from sqlalchemy.orm import Session

from grader.cli.database import prepare_database
from grader.errors import UsageError
from grader.settings import read_settings
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import open_engine, transaction
from grader.store.people import ROLES, add_user, end_secrets, find_user, hashed
from grader.store.secrets_shown import new_token
from grader.store.tables import User

ACTOR = "operator"  # who runs commands on the service's machine needs no account


@dataclass(frozen=True)
class TokenOptions:
    """The options of `grader token new`; `days` is 0 for a token without an end."""

    scopes: Sequence[str]
    name: str
    days: int


def add_command(email: str, role: str, name: str, *, with_password: bool) -> int:
    """Add somebody who may sign in, with a password that is typed or sent; return the exit status."""
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}: choose one of {', '.join(ROLES)}")
    password = _password() if with_password else None
    with stored_session() as session:
        user = add_user(session, email, role, password, name)
        note(session, ACTOR, "user.add", user.id, role=role)
    print(f"{user.email} may sign in as {role}.", file=sys.stderr)
    return 0


def password_command(email: str) -> int:
    """Give somebody another password, typed or sent, and end their sessions; return the exit status."""
    with stored_session() as session:
        _known(session, email)  # said before a password is asked for
    password = hashed(_password())
    with stored_session() as session:
        user = _known(session, email)
        user.password = password
        end_secrets(session, user.id, "session")
        note(session, ACTOR, "user.change", user.id, password=True)
    print(f"{user.email} signs in with that password from now on.", file=sys.stderr)
    return 0


def token_command(email: str, options: TokenOptions) -> int:
    """Make an API token of somebody and print its secret; return the exit status."""
    expires_at = utc_now() + timedelta(days=options.days) if options.days else None
    with stored_session() as session:
        user = _known(session, email)
        for scope in options.scopes:
            if scope not in ROLES[user.role]:
                allowed = ", ".join(sorted(ROLES[user.role]))
                raise UsageError(f"the role {user.role!r} has no scope {scope!r}: it has {allowed}")
        scopes = tuple(sorted(set(options.scopes)))
        secret, row = new_token(
            session, "api", user_id=user.id, scopes=scopes, name=options.name, expires_at=expires_at
        )
        note(session, ACTOR, "token.make", row.id, scopes=row.scopes)
    print("The token is told this once: keep it where secrets are kept.", file=sys.stderr)
    print(secret)
    return 0


@contextmanager
def stored_session() -> Iterator[Session]:
    """Yield a session of the service's database, whose changes are kept where the block ends well."""
    settings = read_settings()
    prepare_database(settings)
    engine = open_engine(settings.service_database)
    try:
        with transaction(engine) as session:
            yield session
    finally:
        engine.dispose()


def _known(session: Session, email: str) -> User:
    user = find_user(session, email)
    if user is None or user.disabled_at is not None:
        raise UsageError(
            f"nobody who may sign in has the e-mail address {email!r}",
            hint=f"Add them: grader user add {email} --role reviewer",
        )
    return user


def _password() -> str:
    """Return the password, typed twice at a terminal, else the first line of standard input; never an argument."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError(
            "no password came in on standard input",
            hint="Send it as the first line, or give --no-password to somebody who signs in with OIDC alone.",
        )
    return password
