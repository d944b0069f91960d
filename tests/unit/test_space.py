"""What drivers say when there is no space left, told from other failures of theirs."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from grader.errors import InfrastructureError
from grader.store.space import has_no_space


def raised_from(cause: BaseException) -> InfrastructureError:
    error = InfrastructureError("infrastructure.database", "It did not answer.")
    error.__cause__ = cause
    return error


def of_sqlite() -> sqlite3.Error:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE filled (it)")
    with pytest.raises(sqlite3.OperationalError) as raised:
        database.execute("INSERT INTO filled VALUES (zeroblob(100000))")
    database.close()
    return raised.value


@pytest.mark.parametrize(
    "cause",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OperationalError("INSERT", {}, of_sqlite()),
        OperationalError("INSERT", {}, psycopg.errors.DiskFull()),
        RuntimeError("Generic LocalFileSystem error: Unable to copy: No space left on device (os error 28)"),
    ],
)
def test_it_is_seen_however_deep_it_lies(cause: BaseException) -> None:
    assert has_no_space(cause)
    assert has_no_space(raised_from(cause))


@pytest.mark.parametrize(
    "cause",
    [
        OSError(errno.ENOENT, "No such file"),
        OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")),
        OperationalError("INSERT", {}, psycopg.errors.AdminShutdown()),
        RuntimeError("Generic S3 error: connection refused (os error 111)"),
    ],
)
def test_what_is_away_is_not_full(cause: BaseException) -> None:
    assert not has_no_space(cause)
    assert not has_no_space(raised_from(cause))
