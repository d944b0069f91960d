"""That no row points to a blob that is gone: the same bytes are one blob, which one may erase while another sends them.

Who is about to store a blob notes it before, so that it is known of even where no row comes to name it. Who is about to
name one in a row holds it until that is kept; who erases waits for them, and who comes after sees that it is gone. On
PostgreSQL each key has a lock for that; SQLite lets one in at a time who writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from grader.store.blobs import Blobs
from grader.store.clock import databases_clock
from grader.store.database import transaction
from grader.store.erasing import shared
from grader.store.locks import lock
from grader.store.tables_of_operation import ComingFile

DIGITS = 15  # of the key, in hexadecimal: what a lock's number of 64 bits with a sign has room for


def expect_blob(session: Session, key: str, submission_id: str | None = None) -> None:
    """Note a blob that is to be stored once this transaction is kept; `submission_id` is of what is graded."""
    lock(session, _number(key), shared=True)
    session.add(ComingFile(key=key, submission_id=submission_id, at=databases_clock()))


def hold_blob(session: Session, blobs: Blobs, key: str, again: Callable[[], object]) -> None:
    """See that the blob is there until this transaction ends, which writes a row that names it: where it was erased
    since it was stored, `again` stores it once more. Raises InfrastructureError.
    """
    lock(session, _number(key), shared=True)
    if not blobs.has(key):
        again()


def delete_unneeded(engine: Engine, blobs: Blobs, keys: Collection[str], submissions: Collection[str] = ()) -> int:
    """Delete those of the blobs that nothing else than these submissions needs, and return how many that were.

    Raises InfrastructureError.
    """
    with transaction(engine) as session:
        return delete_unneeded_in(session, blobs, keys, submissions)


def delete_unneeded_in(
    session: Session,
    blobs: Blobs,
    keys: Collection[str],
    submissions: Collection[str] = (),
    coming_since: datetime | None = None,
) -> int:
    """Do what `delete_unneeded` does in the caller's transaction, which is to end right after; what was noted to be
    coming at `coming_since` or later stays.
    """
    for key in sorted(keys):  # in one order: of two who erase none waits for the other in a circle
        lock(session, _number(key))
    needed = shared(session, keys, submissions)
    if coming_since is not None:
        coming = select(ComingFile.key).where(ComingFile.key.in_(keys), ComingFile.at >= coming_since)
        needed |= set(session.scalars(coming))
    unneeded = [key for key in set(keys) - needed if blobs.has(key)]
    for key in unneeded:
        blobs.delete(key)
    return len(unneeded)


def _number(key: str) -> int:
    return int(key[:DIGITS], 16)
