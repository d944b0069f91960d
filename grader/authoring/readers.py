"""The tables of a file of any form that can be read: the one place that check and pack both look through."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from grader.authoring.databases import tables_of_database
from grader.authoring.forms import form_of, text_of
from grader.authoring.grids import Grid, grid_of, refuse_above
from grader.authoring.marked_up import sheets_of, tables_in_marks
from grader.authoring.name_pairs import tables_of_pairs
from grader.authoring.records import json_in, tables_of_json, texts_in_json
from grader.errors import AssignmentError

DELIMITERS = (",", ";", "\t", "|", " ")
GAPS = re.compile(r"\s+")


def tables_in(data: bytes) -> Iterator[Grid]:
    """Yield every table that `data` may be or hold. Raises AssignmentError, without a place, where it is of a form that
    has a reader and yet cannot be read.
    """
    form = form_of(data)
    if form == "array":
        yield _array(data)
    elif form == "database":
        yield from tables_of_database(data)
    elif form == "packed" and zipfile.is_zipfile(io.BytesIO(data)):
        yield from sheets_of(data)
    elif form == "text" and (text := text_of(data)):
        yield from _of_text(text)


def _of_text(text: str) -> Iterator[Grid]:
    found = json_in(text)
    if found is not None:
        yield from tables_of_json(found)
        for inner in texts_in_json(found):
            yield from _of_text(inner)
    else:
        yield from tables_of_pairs(text)
    yield from tables_in_marks(text)
    for delimiter in DELIMITERS:
        if delimiter in text or delimiter == ",":
            yield from _cut(text, delimiter)


def _cut(text: str, delimiter: str) -> Iterator[Grid]:
    """Yield the lines of each number of cells: a table may stand among prose, or below another."""
    by_width: dict[int, list[list[str]]] = defaultdict(list)
    for row in _csv(text) if delimiter == "," else _lines(text, delimiter):
        by_width[len(row)].append(row)
    for rows in by_width.values():
        yield grid_of(rows, is_as_written=True)


def _csv(text: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text))
    except csv.Error:  # a field larger than the reader takes: no table
        return


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        bare = line.strip(" |")
        cells = GAPS.split(bare) if delimiter == " " else bare.split(delimiter)
        yield [cell.strip(" \"'`") for cell in cells]


def _array(data: bytes) -> Grid:
    """Return an array of numbers or texts; one of objects is a pickle, and is not opened."""
    try:
        found = np.load(io.BytesIO(data), allow_pickle=False, max_header_size=1 << 16)
    except (ValueError, OSError, EOFError, MemoryError, TypeError) as error:
        raise AssignmentError("it is an array of objects, or a broken one", path="") from error
    refuse_above(found.size)
    table = found.reshape(len(found), -1) if found.ndim and found.size else np.atleast_2d(found)
    if table.dtype.names:
        return grid_of(table.ravel().tolist(), table.dtype.names)
    return grid_of(table.tolist())
