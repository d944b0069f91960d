"""Whether the hidden labels stand anywhere in what candidates get: looked for by content, in files and in archives."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

import numpy as np

from grader.authoring.joined import Columns, joined_in, listed_in
from grader.authoring.output_truths import OutputTruth, output_truths
from grader.authoring.published import blobs_of
from grader.authoring.result import Finding, defect, ok
from grader.authoring.subject import Subject

DELIMITERS = (",", ";", "\t", "|", " ")


def no_label_published(subject: Subject) -> Finding:
    """Find the hidden labels in public files or the brief: beside their ids, or in the order of the hidden rows.

    What is right in the tables asked for beside the predictions is a label too, and is found beside its keys.
    """
    looked, truths = 0, output_truths(subject.assignment)
    for blob in blobs_of(subject.public, subject.assignment.root / "README.md"):
        looked += 1
        how = _how(blob.data, subject, truths)
        if how:
            return defect(
                f"the hidden labels stand in a public file: {how}",
                where=blob.name,
                mend="Remove that file, or those columns and lines, from what candidates get.",
            )
    return ok(f"{looked} files, those in archives included")


def _how(data: bytes, subject: Subject, truths: Sequence[OutputTruth]) -> str:
    """Return in words how the labels are in a file, nothing where they are not."""
    truth = dict(zip(subject.features.column(subject.assignment.data.id), subject.labels, strict=True))
    for columns in _tables_in(data):
        if count := joined_in(columns, truth):
            return f"{count:,} of them beside their ids"
        for told in truths:
            if count := joined_in(columns, told.pairs):
                return f"{count:,} of {told.place}, beside their keys"
            if count := listed_in(columns, told):
                return f"{count:,} {told.place}, by themselves or told apart by a column"
        if any(_is_same(column, subject.labels) for column in columns):
            return "a column holds them in the order of the hidden rows"
    if any(sequence in data for sequence in _sequences(subject.labels)):
        return "they stand in it in the order of the hidden rows"
    return ""


def _is_same(column: Sequence[str], labels: Sequence[str]) -> bool:
    """Return whether a column is the labels row for row, under these names or others, below a header or without."""
    column = column[1:] if len(column) == len(labels) + 1 else column
    if len(column) != len(labels) or len(set(labels)) < 2:
        return False
    pairs = set(zip(column, labels, strict=True))
    return len(pairs) == len(set(labels)) == len(set(column))


def _tables_in(data: bytes) -> Iterator[Columns]:
    """Yield what a file may hold as columns of text: an array of NumPy, JSON, or lines cut at a delimiter."""
    if data.startswith(b"\x93NUMPY"):
        yield from _array(data)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    if text.lstrip()[:1] in ("{", "["):
        yield from _json(text)
    for delimiter in DELIMITERS:
        if delimiter in text or delimiter == ",":
            yield _cut(text, delimiter)


def _cut(text: str, delimiter: str) -> Columns:
    """Return the columns of the lines that have the commonest number of cells."""
    if delimiter == ",":
        rows = [[cell.strip() for cell in row] for row in _csv(text)]
    else:
        rows = [[cell.strip(" \"'`") for cell in line.strip(" |").split(delimiter)] for line in text.splitlines()]
    sizes = [len(row) for row in rows]
    size = max(set(sizes), key=sizes.count, default=0)
    kept = [row for row in rows if len(row) == size]
    return [[row[place] for row in kept] for place in range(size)]


def _csv(text: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text))
    except csv.Error:  # a field larger than the reader takes: no table
        return


def _json(text: str) -> Iterator[Columns]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        records = []
        for line in text.splitlines():
            try:
                records.append(json.loads(line))
            except (ValueError, RecursionError):
                return
        found = records
    yield from _of_json(found)


def _of_json(found: object) -> Iterator[Columns]:
    """Yield the columns of a list of records, of a list, of a mapping from key to value, or of one to lists."""
    if isinstance(found, list):
        records = [item for item in found if isinstance(item, dict)]
        names = sorted({name for record in records for name in record})
        yield [[_cell(record.get(name)) for record in records] for name in names] or [[_cell(item) for item in found]]
    elif isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        yield [[_cell(item) for item in value] for value in lists if len(value) == len(lists[0])]
        yield [[str(key) for key in found], [_cell(value) for value in found.values()]]
        for value in found.values():
            if isinstance(value, dict):
                yield from _of_json(value)


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _array(data: bytes) -> Iterator[Columns]:
    try:
        found = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError):
        return
    yield [[str(item) for item in column] for column in np.atleast_2d(found).reshape(len(found), -1).T.tolist()]


def _sequences(labels: Sequence[str]) -> Iterator[bytes]:
    """Yield the labels one after the other, as lines, as lists and as bytes."""
    if len(set(labels)) < 2:
        return
    for between in ("\n", "\r\n", ",", ", ", " ", "", '","', '", "', "', '"):
        yield between.join(labels).encode()
    if all(label.isdecimal() and int(label) < 256 for label in labels):
        numbers = [int(label) for label in labels]
        for kind in (np.uint8, np.int32, np.int64, np.float32, np.float64):
            yield np.array(numbers, dtype=kind).tobytes()
