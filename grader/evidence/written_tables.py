"""Reading a further table that a work wrote, as hostile as its predictions: bounded, parsed, and held against keys."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

from grader.errors import SubmissionError

LINE_BYTES = 4096
ROWS_A_KEY = 4  # more than one row a key is waste, or an attempt
SPARE_ROWS = 100
CODE = "output.invalid"


def read_written(data: bytes, name: str, keys: Collection[str], key: str, column: str | None) -> dict[str, str]:
    """Return what the table says of each of `keys` that is in it, "" where no `column` is asked for, and where it says
    two things of one key. Rows of other keys, and further columns, are passed over.

    Raises SubmissionError("output.invalid") where it cannot be read as a whole.
    """
    header, *rows = _parsed(_text(data, name, len(keys)), name)
    header = [cell.strip() for cell in header]
    wanted = [key] if column is None else [key, column]
    missing = [cell for cell in wanted if cell not in header]
    if missing:
        found = ", ".join(header)[:200] or "none"
        raise _invalid(name, f"has no column {' and no column '.join(missing)}; it has: {found}")
    ragged = [len(row) for row in rows if len(row) != len(header)]
    if ragged:
        told = f"{len(ragged):,} of {len(rows):,}"
        raise _invalid(name, f"has rows with another number of cells than its header's {len(header)}: {told}")
    places = [header.index(cell) for cell in wanted]
    said: dict[str, str] = {}
    for row in rows:
        of, cell = row[places[0]].strip(), "" if column is None else row[places[1]].strip()
        if of in keys:
            said[of] = cell if said.get(of, cell) == cell else ""
    return said


def _text(data: bytes, name: str, keys: int) -> str:
    most = keys * ROWS_A_KEY + SPARE_ROWS
    if data.count(b"\n") > most or len(data) > most * LINE_BYTES:
        raise _invalid(name, f"has {len(data):,} bytes, far more than {keys:,} rows need")
    if max(map(len, data.splitlines()), default=0) > LINE_BYTES:
        raise _invalid(name, f"has a line over {LINE_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(name, "is not UTF-8 text") from error


def _parsed(text: str, name: str) -> list[list[str]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=None)) if row]
    except csv.Error as error:
        raise _invalid(name, f"is not a CSV table: {error}") from error
    if not rows:
        raise _invalid(name, "is empty: it has no header")
    return rows


def _invalid(name: str, what: str) -> SubmissionError:
    hint = "Write it with pandas' to_csv(..., index=False), with the columns that the brief asks for."
    return SubmissionError(CODE, f"{name} {what}.", hint=hint, path=name)
