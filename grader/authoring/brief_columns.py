"""Columns that the brief names and no table has: in a table of columns, beside the word, or nearly as one is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.assignment.tables import Table, read_table
from grader.authoring.brief import Brief, Line, quoted_in
from grader.authoring.subject import Subject
from grader.errors import AssignmentError

COLUMN = re.compile(r"(\b\w+ )?\bcolumns? `([^`]+)`|(\b\w+ )?`([^`]+)` column\b", re.IGNORECASE)
NEW = ("a ", "an ", "another ", "new ", "own ", "further ", "extra ")
NAME = re.compile(r"[^\W\d]\w*")
LEAST_MISSPELT = 6  # letters: one letter makes another word of a shorter one


def columns_said_wrongly(brief: Brief, subject: Subject) -> Iterator[Line]:
    """Yield names that are said to be columns and are none, and names that are nearly those of columns."""
    known = _known_columns(subject)
    plain = {_plain(name): name for name in known}
    for number, name in _said_to_be_columns(brief):
        if name not in known:
            yield Line(number, f"a column `{name}`, which no table has")
    for line in _everywhere(brief):
        for name in quoted_in(line.text):
            meant = None if name in known or not NAME.fullmatch(name) else _meant(name, plain)
            if meant:
                yield Line(line.number, f"a column `{name}`, which no table has")


def _said_to_be_columns(brief: Brief) -> Iterator[tuple[int, str]]:
    for table in brief.tables():
        if table.head[0] in ("column", "columns", "feature", "features", "variable", "field"):
            yield from ((number, name) for number, cells in table.rows for name in quoted_in(cells[0]))
    for line in brief.sentences():
        for before, name, before_too, other in COLUMN.findall(line.text):
            if not (before or before_too).lower().endswith(NEW):
                yield line.number, name or other


def _everywhere(brief: Brief) -> Iterator[Line]:
    yield from brief.sentences()
    for table in brief.tables():
        yield from (Line(number, " ".join(cells)) for number, cells in table.rows)


def _known_columns(subject: Subject) -> set[str]:
    """Return the columns of all public tables, and of those that a work writes."""
    assignment = subject.assignment
    tables = [subject.train, subject.test, subject.features]
    names = [name for name in (assignment.data.sample, *assignment.data.other) if name]
    tables += [table for name in names if (table := public_table(subject, name))]
    written = {assignment.contract.prediction_column, *(spec.key for spec in assignment.outputs)}
    batch = {assignment.data.batches.column} if assignment.data.batches else set()
    labels = {assignment.data.target, *(spec.column for spec in assignment.outputs if spec.column)}
    return {*written, *batch, *labels, *(name for table in tables for name in table.columns)}


def _meant(name: str, plain: dict[str, str]) -> str | None:
    """Return the column that a name is in other letters, or with one letter too many, too few or changed."""
    own = _plain(name)
    if own in plain:
        return plain[own]
    if len(own) < LEAST_MISSPELT:
        return None
    return next((column for other, column in plain.items() if _is_one_letter_off(own, other)), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _is_one_letter_off(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def public_table(subject: Subject, name: str) -> Table | None:
    """Return a public table, None where there is none of this name."""
    path = subject.public / name
    if not name.endswith(".csv") or not path.is_file() or subject.public not in path.resolve().parents:
        return None
    try:
        return read_table(path, name=name)
    except AssignmentError:  # some are broken, as candidates are to see
        return None
