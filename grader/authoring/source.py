"""The author's table: read, and refused in a sentence where no assignment can be made of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.assignment.tables import Table
from grader.authoring.columns import times_of
from grader.authoring.decimal_commas import with_points
from grader.authoring.missing_words import missing_words_in, without_missing_words
from grader.errors import UsageError

LEAST_ROWS = 200
LEAST_GROUPS = 20
LEAST_TIMES = 10
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Roles:
    """Which column is what: `id` and `target` always, `time` or `group` where the split follows it; those `without`
    are left out of everything.
    """

    id: str
    target: str
    time: str = ""
    group: str = ""
    without: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, str]:
        """The columns by the option that names them."""
        told = {"--id": self.id, "--target": self.target, "--time": self.time, "--group": self.group}
        return {option: column for option, column in told.items() if column}


@dataclass(frozen=True)
class Source:
    """The author's table, the columns whose numbers had `commas`, and those that had words for `missing` ones."""

    table: Table
    commas: list[str]
    missing: list[str]

    @property
    def changes(self) -> list[str]:
        """What was done to cells, in sentences."""
        told = []
        if self.missing:
            told.append(f"Words in place of numbers are empty cells now: {', '.join(self.missing)}.")
        if self.commas:
            told.append(f"Numbers had commas and have points now: {', '.join(self.commas)}.")
        return told


def read_source(path: Path, roles: Roles) -> Source:
    """Return the table with the roles' columns checked, and what was changed in its cells.

    Raises UsageError naming the row, header counted.
    """
    whole, delimiter = _read(path)
    filled, missing = without_missing_words(_left(whole, roles, path), set(roles.named.values()))
    table, commas = with_points(filled, path, delimiter, {roles.id, roles.group})
    _check_roles(table, roles, path)
    ids = Counter(table.column(roles.id))
    repeated = next((name for name, count in ids.items() if count > 1), None)
    if repeated is not None:
        raise UsageError(
            f"{path}: the ids in {roles.id!r} are not unique: {repeated!r} stands there {ids[repeated]} times",
            hint="Name another column with --id, or add one that numbers the rows.",
        )
    if len(table.rows) < LEAST_ROWS:
        message = (
            f"{path}: the rows are too few ({len(table.rows)}): an assignment needs {LEAST_ROWS} to hide some of them"
        )
        raise UsageError(message)
    _check_times(table, roles, path)
    if roles.time and len(set(table.column(roles.time))) < LEAST_TIMES:
        times = len(set(table.column(roles.time)))
        raise UsageError(f"{path}: the times in {roles.time!r} are too few to cut ({times}): {LEAST_TIMES} are needed")
    if roles.group and len(set(table.column(roles.group))) < LEAST_GROUPS:
        groups = len(set(table.column(roles.group)))
        raise UsageError(
            f"{path}: the groups in {roles.group!r} are too few to split ({groups}): {LEAST_GROUPS} are needed"
        )
    return Source(table, commas, missing)


def _check_times(table: Table, roles: Roles, path: Path) -> None:
    """Raise UsageError where a time cannot be read: naming the first such row, or the mix of dates and numbers."""
    cells = table.column(roles.time) if roles.time else []
    wrong = next((row for row, cell in enumerate(cells, start=2) if times_of([cell]) is None), None)
    if wrong is not None:
        message = f"{path}: row {wrong} has {cells[wrong - 2]!r} in {roles.time!r} (--time), which is no time"
        raise UsageError(message, hint="Write times as 2026-01-31, 2026-01-31T12:00:00 or as numbers.")


def _left(table: Table, roles: Roles, path: Path) -> Table:
    """Return the table without the columns that the author leaves out."""
    for name in roles.without:
        if name not in table.columns:
            raise UsageError(f"--without {name}: {path} has no such column; it has: {', '.join(table.columns[:20])}")
        role = next((option for option, column in roles.named.items() if column == name), None)
        if role is not None:
            raise UsageError(
                f"--without {name}: that is the column of {role}", hint="Leave one of the two options away."
            )
    places = [place for place, name in enumerate(table.columns) if name not in roles.without]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows)
    return Table(tuple(table.columns[place] for place in places), rows)


def _read(path: Path) -> tuple[Table, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"--data {path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        hint = "Give a CSV file in UTF-8, its first line the names of the columns."
        raise UsageError(f"--data {path}: it cannot be read as text: {error}", hint=hint) from error
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise UsageError(f"--data {path}: it is no CSV table: {error}") from error
    _check_shape(rows, path)
    return Table(rows[0], tuple(rows[1:])), delimiter


def _check_shape(rows: list[tuple[str, ...]], path: Path) -> None:
    if not rows:
        raise UsageError(f"--data {path}: it is empty")
    names = Counter(rows[0])
    for name, count in names.items():
        if count > 1 or not name.strip():
            what = f"the column {name!r} stands there {count} times" if name.strip() else "a column has no name"
            raise UsageError(f"--data {path}: {what}", hint="Give each column a name of its own in the first line.")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            message = f"--data {path}: row {number} has {len(row)} cells, the header has {len(rows[0])}"
            raise UsageError(message)


def _check_roles(table: Table, roles: Roles, path: Path) -> None:
    if roles.time and roles.group:
        hint = "Give the one that matters more: groups that must not straddle, or a hidden part that is later."
        raise UsageError("--time and --group exclude each other", hint=hint)
    for option, column in roles.named.items():
        if column not in table.columns:
            known = ", ".join(table.columns[:20])
            raise UsageError(f"{option} {column}: {path} has no such column; it has: {known}")
        empty = next((row for row, cell in enumerate(table.column(column), start=2) if not cell.strip()), None)
        if empty is not None:
            message = f"{path}: row {empty} has nothing in {column!r} ({option})"
            raise UsageError(message, hint="Fill it in, or leave the row out.")
    words = missing_words_in(table.column(roles.target))
    wrong = next((row for row, cell in enumerate(table.column(roles.target), start=2) if cell in words), None)
    if wrong is not None:
        word = table.rows[wrong - 2][table.columns.index(roles.target)]
        message = f"{path}: row {wrong} has {word!r} in {roles.target!r} (--target), where the others are numbers"
        raise UsageError(message, hint="Fill it in, or leave the row out; where it is a class, call it otherwise.")
    if len(set(roles.named.values())) != len(roles.named):
        raise UsageError("--id, --target, --time and --group must name different columns")
    if len(table.columns) - len({roles.id, roles.target}) < 1:
        raise UsageError(f"{path}: there is no column besides id and target to predict from")
