"""The one clock that all machines share, which is the database's, and how far it is to be trusted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, type_coerce
from sqlalchemy.orm import Session

from grader.store.base import UtcDateTime

JUMP_S = 5.0


def databases_clock() -> ColumnElement[datetime]:
    """Return the database's time, as part of a statement: on PostgreSQL that of the transaction's beginning."""
    return type_coerce(func.current_timestamp(), UtcDateTime())


def databases_now(session: Session) -> datetime:
    """Return the database's time; on SQLite in whole seconds."""
    return session.scalars(select(databases_clock())).one()


@dataclass
class Steadiness:
    """Compares the database's clock with this process's own, which never jumps and stands still while a machine sleeps.

    For `settling_s` after a jump nobody can tell who has been silent: until then those who live have shown it anew.
    """

    settling_s: float
    clock: Callable[[], float] = time.monotonic
    _last: tuple[datetime, float] | None = None
    _until: float = 0.0

    def holds(self, session: Session) -> bool:
        """Return whether the database's clock has gone like ours, for `settling_s` or as long as it was looked at."""
        theirs, ours = databases_now(session), self.clock()
        last, self._last = self._last, (theirs, ours)
        if last is None:  # one look tells nothing
            return False
        if abs((theirs - last[0]).total_seconds() - (ours - last[1])) > JUMP_S:
            self._until = ours + self.settling_s
        return ours >= self._until
