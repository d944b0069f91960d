"""The author's table told apart, with ids that say nothing, and written as the five files of an assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.assignment.tables import Table, write_table
from grader.authoring.checks_order import what_ids_tell
from grader.authoring.columns import Floats, numbers_of, times_of
from grader.authoring.source import Roles
from grader.authoring.splitting import (
    HIDDEN,
    SHARES,
    TEST,
    TRAIN,
    Parts,
    by_class,
    by_group,
    by_time,
    copies_in,
    fresh_ids,
    keep_alike_together,
)
from grader.authoring.task import Task
from grader.model.authoring import SplitRule

MOST_ALIKE = 0.2  # where more rows repeat others, as with a few categories, keeping them together would leave no split


@dataclass(frozen=True)
class SplitTable:
    """The rows with their parts and the rule; `ids_told` and `copies_told` say in sentences what was done besides."""

    table: Table
    parts: Parts
    rule: SplitRule
    ids_told: str
    copies_told: str

    @property
    def sizes(self) -> dict[str, int]:
        """How many rows each part has."""
        named = (("train", TRAIN), ("test", TEST), ("hidden", HIDDEN))
        return {name: int((self.parts == part).sum()) for name, part in named}

    def part(self, part: int, columns: Sequence[str] | None = None) -> Table:
        """Return the rows of one part, in all columns or in some."""
        names = self.table.columns if columns is None else tuple(columns)
        places = [self.table.columns.index(name) for name in names]
        rows = (row for row, of in zip(self.table.rows, self.parts, strict=True) if of == part)
        return Table(names, tuple(tuple(row[place] for place in places) for row in rows))


def split_table(table: Table, roles: Roles, task: Task, random: np.random.Generator) -> SplitTable:
    """Return the table told apart by time or by group where one is named, else by class, else at random."""
    table = _in_order(table, roles, random)
    rule: SplitRule = "time" if roles.time else "group" if roles.group else "class" if task.classes else "random"
    parts, copies = _parts(table, roles, task, rule, random)
    ids_told, table = _with_ids(table, roles, task, random)
    told = f" Rows that repeat others ({copies:,}) stay beside them on one side of the split." if copies else ""
    return SplitTable(table, parts, rule, ids_told, told)


def write_split(folder: Path, split: SplitTable, roles: Roles, task: Task) -> None:
    """Write the five files, the id first and the target last."""
    features = [roles.id, *(name for name in split.table.columns if name not in (roles.id, roles.target))]
    public, hidden = folder / "data" / "public", folder / "data" / "hidden"
    test = split.part(TEST, features)
    value = {"two_classes": "0.5", "classes": task.classes[0] if task.classes else "", "numbers": "0"}[task.kind]
    sample = Table((roles.id, "prediction"), tuple((name, value) for name in test.column(roles.id)))
    _save(public / "train.csv", split.part(TRAIN, [*features, roles.target]))
    _save(public / "test.csv", test)
    _save(public / "sample_submission.csv", sample)
    _save(hidden / "features.csv", split.part(HIDDEN, features))
    _save(hidden / "labels.csv", split.part(HIDDEN, [roles.id, roles.target]))


def _in_order(table: Table, roles: Roles, random: np.random.Generator) -> Table:
    """Return the rows shuffled, or in the order of their times."""
    times = times_of(table.column(roles.time)) if roles.time else None
    order = random.permutation(len(table.rows)) if times is None else np.argsort(times, kind="stable")
    return Table(table.columns, tuple(table.rows[row] for row in order))


def _parts(table: Table, roles: Roles, task: Task, rule: SplitRule, random: np.random.Generator) -> tuple[Parts, int]:
    """Return each row's part, and how many copies were kept beside what they repeat."""
    labels = table.column(roles.target)
    times = times_of(table.column(roles.time)) if roles.time else None
    if times is not None:
        return by_time(times, SHARES), 0
    if rule == "group":
        return by_group(table.column(roles.group), _ranks(labels, task), SHARES, random), 0
    parts = by_class(labels if task.classes else ["all"] * len(labels), SHARES, random)
    places = [place for place, name in enumerate(table.columns) if name not in (roles.id, roles.target)]
    contents = [tuple(row[place] for place in places) for row in table.rows]
    copies = copies_in(contents)
    return (keep_alike_together(parts, contents), copies) if copies <= MOST_ALIKE * len(contents) else (parts, 0)


def _with_ids(table: Table, roles: Roles, task: Task, random: np.random.Generator) -> tuple[str, Table]:
    """Return what was done to the ids, in words, and the table: with fresh ones where the given ones tell anything."""
    ids, labels = table.column(roles.id), table.column(roles.target)
    said = what_ids_tell(ids, _targets(labels, task), in_time=bool(roles.time))
    if not said:
        return "The ids are those of the table.", table
    fresh, place = fresh_ids(ids, random), table.columns.index(roles.id)
    rows = tuple((*row[:place], name, *row[place + 1 :]) for row, name in zip(table.rows, fresh, strict=True))
    return f"The ids are fresh: of the given ones {said}.", Table(table.columns, rows)


def _targets(labels: list[str], task: Task) -> list[Floats]:
    if task.kind == "numbers":
        return [_ranks(labels, task)]
    wanted = task.classes[1:] if task.kind == "two_classes" else task.classes
    return [np.array([float(label == name) for label in labels]) for name in wanted]


def _ranks(labels: list[str], task: Task) -> Floats:
    """Return a number a row that grows with the target: its rank, or its class's place."""
    numbers = numbers_of(labels) if task.kind == "numbers" else None
    if numbers is None:
        return np.array([float(task.classes.index(label)) for label in labels])
    return np.asarray(np.unique(numbers, return_inverse=True)[1], dtype=np.float64)


def _save(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_table(table))
