"""Proving by content that a packet holds nothing of the hidden part, whatever its files are called.

Found are: files and pictures by their digest and their bytes; rows whatever separates their cells; hidden ids in a
table's id column; labels beside their ids or one after another; the metric's marks, the suites' laws, the examples.
Rows of fewer than 16 letters and digits are looked for in tables only. Not found is what was reckoned over, such as
rounded numbers or a model fitted on hidden rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.assignment.tables import Table, parse_table
from grader.authoring.hidden_part import HiddenPart, hidden_part
from grader.authoring.joined import joined_in, listed_in
from grader.authoring.needles import Needles
from grader.authoring.repeated import Row, features_of, given_away
from grader.authoring.unpacked import everything_in
from grader.errors import AssignmentError
from grader.model import Assignment

NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?!\.?\w)")
HINT = "Take it out of the public part: candidates may have nothing of what they are graded on."


def prove_clean(assignment: Assignment, files: Mapping[str, bytes]) -> int:
    """Return how many contents were looked through, those inside archives and git objects too.

    `files` (name -> bytes) are the packet's, its archives after what they hold. Raises AssignmentError naming the first
    file that holds something of the hidden part, and what.
    """
    contents = _distinct(files)
    part = hidden_part(assignment, contents.keys() & _digests(assignment.root / "data" / "public"))
    for digest, (place, _) in contents.items():
        if what := part.digests.get(digest):
            raise _found(place, what)
    tables = {digest: table for digest, (_, data) in contents.items() if (table := _table(data)) is not None}
    rows = _needles_of_rows(part, {contents[digest][0]: table for digest, table in tables.items()})
    for digest, (place, data) in contents.items():
        if digest in tables:
            _check_ids(part, place, tables[digest])
            _check_truths(part, place, tables[digest])
        elif not place.startswith("data/"):
            _check_marks(part, place, data)
        # a text may well be a part of a longer one: beside other texts only whole cells count
        is_found_whole = digest in tables and len(part.columns) == 1
        if what := part.needles.first_in(data) or (None if is_found_whole else rows.first_in(data)):
            raise _found(place, what)
    return len(contents)


def _distinct(files: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Return every content there is, by its digest, with the first place that it has."""
    contents: dict[str, tuple[str, bytes]] = {}
    for name, whole in files.items():
        for place, data in everything_in(name, whole):
            contents.setdefault(hashlib.sha256(data).hexdigest(), (place, data))
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


def _needles_of_rows(part: HiddenPart, tables: Mapping[str, Table]) -> Needles:
    """Return the hidden rows as texts, but for those that chance has published as well.

    Raises AssignmentError where more stand in `tables` (place -> table) than chance has.
    """
    complete = {place: table for place, table in tables.items() if set(part.columns) <= set(table.columns)}
    published = {place: features_of(table, part.columns) for place, table in complete.items() if part.columns}
    everywhere = [row for rows in published.values() for row in rows]
    if given := given_away(everywhere, part.rows):
        raise _found(*_first_of(given, part, published))
    known, needles = set(everywhere), Needles()
    for row, (name, line) in zip(part.rows, part.places, strict=True):
        if row not in known:
            needles.add(" ".join(row).encode(), f"the features of row {line} of {name}")
    return needles


def _first_of(given: Sequence[int], part: HiddenPart, published: Mapping[str, Sequence[Row]]) -> tuple[str, str]:
    """Return where the first of the hidden rows given away stands, and what to say of it."""
    first, (name, line) = part.rows[given[0]], part.places[given[0]]
    place = next(place for place, rows in published.items() if first in rows)
    more = f", and {len(given) - 1:,} more such rows" if len(given) > 1 else ""
    return place, f"in row {published[place].index(first) + 2} the features of row {line} of {name}{more}"


def _check_ids(part: HiddenPart, place: str, table: Table) -> None:
    if part.id not in table.columns:
        return
    hidden = [name for name in table.column(part.id) if name in part.ids]
    if hidden:
        raise _found(place, f"rows under {len(hidden):,} hidden ids, such as {hidden[0][:40]}")


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
