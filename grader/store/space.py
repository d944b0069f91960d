"""Tells a store that is full from one that is away, by what its driver said."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from grader.errors import causes_of

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
DISK_FULL = "53100"  # SQLSTATE, in PostgreSQL's class of insufficient resources
SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})  # the second as it opens a database
SAID = tuple(f"(os error {number})" for number in FULL)  # an object store tells the system's error in its text alone


def has_no_space(error: BaseException) -> bool:
    """Return whether `error`, or what it came of, says that a disk, a quota or the database's space is used up."""
    return any(_says_full(each) for each in (error, *causes_of(error)))


def _says_full(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.orig is not None:
        return _database_is_full(error.orig)
    return (isinstance(error, OSError) and error.errno in FULL) or any(said in str(error) for said in SAID)


def _database_is_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in SQLITE_FULL
    return getattr(error, "sqlstate", None) == DISK_FULL
