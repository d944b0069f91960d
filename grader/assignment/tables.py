"""Small CSV tables, read with the standard library: importing pandas would cost more than a whole grading may."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from grader.errors import AssignmentError


class FileStamp(NamedTuple):
    """A file as it is now, so that what was read of it can be kept until it changes; `name` is how messages call it."""

    path: str
    name: str
    changed_ns: int
    bytes: int

    @classmethod
    def of(cls, path: Path, name: str) -> FileStamp:
        """Return the stamp, of a file that is missing too: reading it says so."""
        try:
            state = path.stat()
        except OSError:
            return cls(str(path), name, 0, 0)
        return cls(str(path), name, state.st_mtime_ns, state.st_size)


@dataclass(frozen=True)
class Table:
    """A CSV file as text: column names, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """Return one column's cells. Raises ValueError when there is no such column."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]


def read_table(path: Path, *, name: str) -> Table:
    """Read an assignment's table; `name` is how messages call it. Raises AssignmentError when it is not a table."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise AssignmentError("the file is missing", path=name) from error
    except OSError as error:
        raise AssignmentError(f"it cannot be read: {error.strerror}", path=name) from error
    return parse_table(data, name=name)


def parse_table(data: bytes, *, name: str) -> Table:
    """Return the table that a file's bytes are; `name` is how messages call it. Raises as `read_table` does."""
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise AssignmentError(f"it is no readable CSV table in UTF-8: {error}", path=name) from error
    if len(rows) < 2:
        raise AssignmentError("the table has no rows", path=name)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise AssignmentError(f"row {number} has {len(row)} cells, the header has {len(rows[0])}", path=name)
    return Table(rows[0], tuple(rows[1:]))


@lru_cache(maxsize=16)
def read_kept(file: FileStamp) -> Table:
    """Read an assignment's table, kept until the file changes: for the next work of a batch. Raises as `read_table`."""
    return read_table(Path(file.path), name=file.name)


def is_number(cell: str) -> bool:
    """Tell whether a cell is a finite number."""
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def write_table(table: Table) -> bytes:
    """Return the table as CSV bytes in UTF-8 with plain newlines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue().encode()
