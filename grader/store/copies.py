"""A copy of an SQLite database while it is used: whole, as it was at one moment."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from grader.errors import InfrastructureError, UsageError


def copy_sqlite(source: Path, to: Path) -> None:
    """Copy the database file `source` to `to`, which is there when it is whole, and may be read by its owner alone.

    Writers wait for nothing meanwhile. Raises UsageError where there is nothing to copy or something in the way, and
    InfrastructureError where it cannot be written.
    """
    if not source.is_file():
        raise UsageError(f"there is no database at {source}", hint="Say in GRADER_DATABASE_URL where it is.")
    if to.exists():
        raise UsageError(f"{to} is there already", hint="Name another file: a copy takes no other one's place.")
    part = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(_opened(source)) as database, closing(_opened(part)) as copy:
            database.backup(copy)
        part.rename(to)
    except (OSError, sqlite3.Error) as error:
        raise InfrastructureError(
            "infrastructure.database",
            f"The database could not be copied to {to}: {getattr(error, 'strerror', None) or error}.",
            hint="Look whether there is space left, and whether you may write there.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)  # made by nobody who looks
