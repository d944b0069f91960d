"""Signing in: a password that is checked within bounds, and the session that a browser's cookie stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.addresses import address_of
from api.identity import COOKIE, is_cross_site
from api.limits import refuse
from api.problems import Problem
from api.services import Services
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.people import check_password, find_user
from grader.store.secrets_shown import new_token
from grader.store.tables import Token, User

REFUSED = "The e-mail address or the password is wrong, or you may not sign in."


@dataclass(frozen=True)
class Begun:
    """A new session: its secret, which only the cookie may hold, whose it is, and until when."""

    secret: str
    user: User
    expires_at: datetime


def sign_in(served: Services, request: Request, email: str, password: str) -> Begun:
    """Return a new session of who has this e-mail address and password.

    Raises Problem where the password does not fit, there were too many attempts, or another site asks.
    """
    if is_cross_site(request, served):
        raise Problem("request.cross_site")
    email = email.strip().lower()
    address = address_of(request)
    bounds = served.signing_in
    wait = bounds.by_address.take(address) or bounds.by_email.take(email)
    if wait:
        raise refuse(wait, "There were too many attempts to sign in.")
    user = _whose(served, email, password)
    bounds.by_address.give_back(address)
    bounds.by_email.give_back(email)
    return begin_session(served, user, "password")


def begin_session(served: Services, user: User, by: str) -> Begun:
    """Return a new session of `user`, who has just shown who they are."""
    until = utc_now() + timedelta(hours=served.settings.session_hours)
    with transaction(served.engine) as session:
        secret, row = new_token(session, "session", user_id=user.id, expires_at=until)
        note(session, f"user:{user.id}", "session.begin", row.id, by=by)
    return Begun(secret, user, until)


def end_session(session: Session, row: Token, label: str) -> None:
    """End the session that `row` stands for, for whoever has its cookie."""
    row.revoked_at = utc_now()
    note(session, label, "session.end", row.id)


def set_cookie(response: Response, served: Services, begun: Begun) -> None:
    """Give the browser the session: kept from scripts, and not sent along when another site posts."""
    response.set_cookie(
        COOKIE,
        begun.secret,
        max_age=int(served.settings.session_hours * 3600),
        httponly=True,
        secure=is_https(served),
        samesite="lax",
    )


def forget_cookie(response: Response, served: Services) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, httponly=True, secure=is_https(served), samesite="lax")


def is_https(served: Services) -> bool:
    """Return whether people reach the service by https."""
    return urlsplit(served.settings.public_url).scheme == "https"


def _whose(served: Services, email: str, password: str) -> User:
    with reading(served.engine) as session:
        user = find_user(session, email)
    with served.signing_in.hashing:
        checked = check_password(user, password)
    if user is None or not checked.fits:
        raise Problem("identity.refused", REFUSED)
    if checked.better is not None:
        with transaction(served.engine) as session:
            session.get_one(User, user.id).password = checked.better
    return user
