"""One file of the stream: bytes to a table of text, or the reason why it is broken."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd


class BrokenBatch(Exception):
    """The file is no whole table of the columns that were agreed on; the message says why."""


def read_batch(path: Path, columns: list[str]) -> pd.DataFrame:
    """Return every cell as text, rows that stand there twice once. Raises BrokenBatch."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenBatch(f"it is no text in UTF-8 (byte {error.start})") from error
    if not text.strip():
        raise BrokenBatch("it is empty")
    if not text.endswith("\n"):
        raise BrokenBatch("its last line has no end: it was cut off")
    try:
        header, *rows = csv.reader(io.StringIO(text), strict=True)
    except csv.Error as error:
        raise BrokenBatch(f"it is no CSV: {error}") from error
    if header != columns:
        raise BrokenBatch(f"its header is {','.join(header)[:80]!r}")
    if not rows:
        raise BrokenBatch("it has no rows")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise BrokenBatch(f"line {number} has {len(row)} cells in place of {len(columns)}")
    return pd.DataFrame(rows, columns=columns).drop_duplicates()
