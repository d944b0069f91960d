"""The tables of an SQLite file, read in memory: nothing that it names is opened, and nothing in it is trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from grader.authoring.grids import MOST_CELLS, Grid, grid_of
from grader.errors import AssignmentError

STEPS = 200_000_000  # of SQLite's machine, over all tables
EVERY = 1_000_000
WRITE_AHEAD = slice(18, 20)  # of the header: a file in memory cannot have a log beside it
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def tables_of_database(data: bytes) -> Iterator[Grid]:
    """Yield every table. Raises AssignmentError where it cannot be read, takes too long, or holds binary cells."""
    plain = bytearray(data)
    plain[WRITE_AHEAD] = b"\1\1"
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(plain))
        _restrict(connection)
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for name, made in found:
            if isinstance(name, str) and not str(made).upper().startswith("CREATE VIRTUAL"):
                yield _table(connection, name)
    except (sqlite3.Error, OverflowError, ValueError) as error:
        raise AssignmentError(f"its tables cannot be read ({error})", path="") from error
    finally:
        connection.close()


def _restrict(connection: sqlite3.Connection) -> None:
    """Let statements read tables and do nothing else, for as long as is bearable."""
    left = iter(range(STEPS // EVERY))
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_progress_handler(lambda: next(left, None) is None, EVERY)
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY)
    connection.text_factory = lambda text: text.decode("utf-8", errors="replace")


def _table(connection: sqlite3.Connection, name: str) -> Grid:
    quoted = name.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{quoted}"')
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchmany(MOST_CELLS // max(1, len(names)) + 1)
    if any(isinstance(cell, bytes) for row in rows for cell in row):
        raise AssignmentError(f"its table {name!r} has cells of bytes", path="")
    return grid_of(rows, names)
