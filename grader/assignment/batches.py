"""Dealing a stream: hidden rows as one CSV file a batch, with broken files among them, under fresh names.

A row keeps its batch, and its fresh id is the same where it is there twice. Ids within a broken file are replaced as
bytes where they can be seen, so that nothing but its fault tells it from the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from grader.assignment.cards import mac
from grader.assignment.fresh_ids import fresh_ids, letters_of
from grader.assignment.tables import FileStamp, Table, write_table
from grader.errors import AssignmentError
from grader.model import Assignment, BatchesSpec

NAME_DIGITS = 6

Run = tuple[bytes, str]  # the key made from the hidden tables, and the run's id


def deal_batches(
    assignment: Assignment, spec: BatchesSpec, features: Table, run: Run, fresh: Mapping[str, str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files (name inside data/ -> bytes), in the order of their names, and each file's fresh name by its
    hidden one; `fresh` has the rows' new ids. Raises AssignmentError when a broken file cannot be read.
    """
    broken, batches = broken_files(assignment, spec), batches_in(features, spec)
    names = _fresh_names([*batches, *broken], run, public_names(assignment, spec))
    example = next(iter(fresh))
    files = {names[name]: _rekeyed_bytes(data, run, example) for name, data in broken.items()}
    for name, table in batches.items():
        files[names[name]] = write_table(_rekeyed(table, assignment.data.id, run, fresh, name))
    return {f"{spec.folder}/{name}": files[name] for name in sorted(files)}, names


def batches_in(features: Table, spec: BatchesSpec) -> dict[str, Table]:
    """Return each batch's rows without the column that names it, in the order of the hidden table."""
    place = features.columns.index(spec.column)
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in features.rows:
        found.setdefault(row[place], []).append((*row[:place], *row[place + 1 :]))
    columns = (*features.columns[:place], *features.columns[place + 1 :])
    return {name: Table(columns, tuple(rows)) for name, rows in found.items()}


def broken_files(assignment: Assignment, spec: BatchesSpec) -> dict[str, bytes]:
    """Return the author's broken files by their names. Raises AssignmentError when the folder is missing or empty."""
    if spec.broken is None:
        return {}
    folder = assignment.root / "data" / "hidden" / spec.broken
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        files = {path.name: _bytes_of(FileStamp.of(path, path.name)) for path in paths}
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise AssignmentError(message, path=f"data/hidden/{spec.broken}", key="data.batches.broken") from error
    if not files:
        raise AssignmentError("it holds no file", path=f"data/hidden/{spec.broken}", key="data.batches.broken")
    return files


def public_names(assignment: Assignment, spec: BatchesSpec) -> frozenset[str]:
    """Return the names of the sample batches that candidates get. Raises AssignmentError without any."""
    folder = assignment.root / "data" / "public" / spec.folder
    found = frozenset(path.name for path in folder.glob("*") if path.is_file())
    if not found:
        message = "there is no sample batch: candidates need to see what they will be given"
        raise AssignmentError(message, path=f"data/public/{spec.folder}", key="data.batches.folder")
    return found


@lru_cache(maxsize=64)
def _bytes_of(file: FileStamp) -> bytes:
    return Path(file.path).read_bytes()


def _fresh_names(old: Sequence[str], run: Run, taken: frozenset[str]) -> dict[str, str]:
    """Return a new name for every file, in the form of the first: its letters, then digits, then its suffix."""
    first = PurePosixPath(old[0])
    stems = {PurePosixPath(name).stem for name in taken}
    fresh = fresh_ids(*run, old, stems, letters_of(first.stem), NAME_DIGITS)
    return {name: f"{stem}{first.suffix}" for name, stem in fresh.items()}


def _rekeyed(table: Table, identity: str, run: Run, fresh: Mapping[str, str], name: str) -> Table:
    """Return a batch with its fresh ids, in a fresh order."""
    place = table.columns.index(identity)
    order = sorted(range(len(table.rows)), key=lambda number: mac(*run, "order", f"{name}\0{number}"))
    rows = (table.rows[number] for number in order)
    return Table(table.columns, tuple((*row[:place], fresh[row[place]], *row[place + 1 :]) for row in rows))


def _rekeyed_bytes(data: bytes, run: Run, example: str) -> bytes:
    """Return a broken file with other ids, where ids have letters before their digits and can be told from numbers."""
    letters = letters_of(example)
    if not letters:
        return data
    pattern = re.compile(rb"\b" + re.escape(letters.encode()) + rb"\d{2,}\b")
    found = [match.decode() for match in dict.fromkeys(pattern.findall(data))]
    fresh = fresh_ids(*run, found, found, letters)
    return pattern.sub(lambda match: fresh[match.group().decode()].encode(), data)
