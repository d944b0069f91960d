"""Locks of a number, for what no row stands for: held until the transaction ends."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def lock(session: Session, number: int, *, shared: bool = False) -> None:
    """Wait for the lock of this number, a 64-bit integer with a sign: with `shared` until nobody has it alone, else
    until nobody has it. Nothing on SQLite, where to have begun is to have the lock.
    """
    if session.connection().dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        session.execute(select(take(number)))
