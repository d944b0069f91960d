"""Proving by content that a packet holds nothing of the hidden part, whatever its files are called.

Found are: files and pictures by their digest and their bytes; rows whatever separates their cells, and in tables of
every form that has a reader, in whatever order; hidden ids in a table's id column, and lists of them; labels beside
their ids or one after another; the metric's marks, the suites' laws, the examples. What has no reader is refused, or
said to be unread where the author accepts that. Not found is what was reckoned over, such as rounded numbers or a model
fitted on hidden rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.assignment.tables import Table, parse_table
from grader.authoring.hidden_part import HiddenPart, hidden_part
from grader.authoring.joined import joined_in, listed_in
from grader.authoring.needles import Needles
from grader.authoring.picture_twins import picture_twins
from grader.authoring.row_proof import RowProof
from grader.authoring.told import Told
from grader.authoring.unpacked import everything_in
from grader.authoring.unread import Unread, public_grids
from grader.errors import AssignmentError
from grader.model import Assignment

NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?!\.?\w)")
HINT = "Take it out of the public part: candidates may have nothing of what they are graded on."


@dataclass(frozen=True)
class Searched:
    """How many contents were looked through, those inside archives and git objects too, which were not read, for the
    author accepts that, and which rows were let pass although chance does not explain them.
    """

    contents: int
    unread: tuple[str, ...] = ()
    let_pass: str = ""


class _Content(NamedTuple):
    """A content with the first place that it has, and the file that this lies in."""

    place: str
    data: bytes
    file: str


def prove_clean(assignment: Assignment, files: Mapping[str, bytes]) -> Searched:
    """Return what was looked through of `files` (name -> bytes): the packet's, its archives after what they hold.

    Raises AssignmentError naming the first file that holds something of the hidden part, and what, or that is of a
    form that cannot be read and is not accepted as such.
    """
    unread = Unread(assignment)
    contents = _distinct(files, unread)
    pictures = picture_twins(assignment)
    public = contents.keys() & _digests(assignment.root / "data" / "public")
    part = hidden_part(assignment, public, pictures.digests)
    for digest, content in contents.items():
        if what := part.digests.get(digest):
            raise _found(content.place, what)
    tables = {digest: table for digest, each in contents.items() if (table := _table(each.data)) is not None}
    training, test = (_digest_of(assignment, name) for name in (assignment.data.train, assignment.data.test))
    proof = RowProof(
        part,
        {contents[digest].place: table for digest, table in tables.items()},
        contents[training].place if training in contents else "",
        assignment.data.target,
    )
    if given := proof.given:
        raise _found(given.place, given.what)
    rows = proof.needles()
    told = Told(part, public_grids(assignment), rows)
    for digest, content in contents.items():
        # rows of these were compared cell by cell: a part of one is another row that chance has made alike
        is_compared = digest in (training, test) and digest in tables and part.is_row_of(tables[digest])
        if what := _what_is_in(content, tables.get(digest), part, Needles() if is_compared else rows):
            raise _found(content.place, what)
        unread.look(content.place, content.file, content.data)
        what = None
        with unread.accepting(content.place, content.file):
            what = told.first_in(content.data, is_compared=is_compared)
        if what:
            raise _found(content.place, what)
    return Searched(len(contents), unread.told, "; ".join(filter(None, (proof.let_pass, pictures.let_pass))))


def _digest_of(assignment: Assignment, name: str) -> str:
    """Return the digest of a public file, nothing where it is missing."""
    path = assignment.root / "data" / "public" / name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _what_is_in(content: _Content, table: Table | None, part: HiddenPart, rows: Needles) -> str | None:
    """Return what a content holds as a text, or as a table in CSV."""
    if table is not None:
        _check_ids(part, content.place, table)
        _check_truths(part, content.place, table)
    elif not content.place.startswith("data/"):
        _check_marks(part, content.place, content.data)
    # a text may well be a part of a longer one: beside other texts only whole cells count
    is_found_whole = table is not None and len(part.columns) == 1
    return part.needles.first_in(content.data) or (None if is_found_whole else rows.first_in(content.data))


def _distinct(files: Mapping[str, bytes], unread: Unread) -> dict[str, _Content]:
    """Return every content there is, by its digest."""
    contents: dict[str, _Content] = {}
    closed: set[str] = set()
    for name, whole in files.items():
        with unread.accepting(name, name):
            for place, data in everything_in(name, whole, closed=closed):
                contents.setdefault(hashlib.sha256(data).hexdigest(), _Content(place, data, name))
        if unread.is_accepted(name):
            closed.add(hashlib.sha256(whole).hexdigest())
    return contents


def _digests(folder: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def _table(data: bytes) -> Table | None:
    """Return the table of two columns or more that `data` is, None for anything else."""
    if b"," not in data[:4096].partition(b"\n")[0]:
        return None
    try:
        return parse_table(data, name="")
    except AssignmentError:
        return None


def _check_ids(part: HiddenPart, place: str, table: Table) -> None:
    if part.id not in table.columns:
        return
    hidden = [name for name in table.column(part.id) if name in part.ids]
    if hidden:
        raise _found(place, f"rows under hidden ids: {len(hidden):,}, such as {hidden[0][:40]}")


def _check_truths(part: HiddenPart, place: str, table: Table) -> None:
    """Find what is right in a further table beside its keys, in whatever order and among whatever columns."""
    columns = [table.column(name) for name in table.columns]
    for truth in part.truths:
        if joined_in(columns, truth.pairs):
            raise _found(place, f"labels of {truth.place}")
        if listed_in(columns, truth):
            raise _found(place, f"a list of {truth.place}")


def _check_marks(part: HiddenPart, place: str, data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    for number in NUMBER.findall(text):
        if what := part.marks.get(float(number)):
            raise _found(place, f"{number}, {what}")


def _found(place: str, what: str) -> AssignmentError:
    return AssignmentError(f"it holds {what}", path=place, hint=HINT)
