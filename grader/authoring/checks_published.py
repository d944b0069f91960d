"""Whether the hidden labels stand anywhere in what candidates get: looked for by content, in files and in archives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.authoring.joined import Columns, joined_in, listed_in
from grader.authoring.output_truths import OutputTruth, output_truths
from grader.authoring.proof import prove_clean
from grader.authoring.published import blobs_of
from grader.authoring.readers import tables_in
from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Subject
from grader.errors import AssignmentError


def nothing_hidden_published(subject: Subject) -> Finding:
    """Find hidden labels as below, and all that the proof of the packet would refuse, with the same readers."""
    found = no_label_published(subject)
    if found.status == "defect":
        return found
    root = subject.assignment.root
    paths = [*sorted(path for path in subject.public.rglob("*") if path.is_file()), root / "README.md"]
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    try:
        searched = prove_clean(subject.assignment, files)
    except AssignmentError as error:
        what = f"the packet would be refused: {error.message.removeprefix(f'{error.path}: ')}"
        return defect(what, where=str(error.path), mend=error.hint)
    unread = "".join(f"; not looked into: {name}" for name in searched.unread)
    if searched.let_pass:
        return warning(
            f"{searched.let_pass}{unread}",
            where=f"data/public/{subject.assignment.data.train}",
            mend="Drop duplicates before the split, or keep those that are alike on one side of it.",
        )
    return ok(f"{found.what}{unread}")


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
    for columns in _columns_in(data):
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


def _columns_in(data: bytes) -> Iterator[Columns]:
    """Yield the columns of each table in a file; what cannot be read is the packet's proof to refuse."""
    try:
        yield from (grid.columns for grid in tables_in(data))
    except AssignmentError:
        return


def _is_same(column: Sequence[str], labels: Sequence[str]) -> bool:
    """Return whether a column is the labels row for row, under these names or others, below a header or without."""
    column = column[1:] if len(column) == len(labels) + 1 else column
    if len(column) != len(labels) or len(set(labels)) < 2:
        return False
    pairs = set(zip(column, labels, strict=True))
    return len(pairs) == len(set(labels)) == len(set(column))


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
