"""The hidden tables of an assignment, read once and kept for the next work of a batch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.assignment.tables import FileStamp, Table, read_table, write_table
from grader.model import Assignment
from grader.model.suites import IID


@dataclass(frozen=True)
class HiddenTable:
    """One suite's features and labels, apart."""

    suite: str
    features: Table
    labels: Table


@dataclass(frozen=True)
class Hidden:
    """All suites' tables, the first one "iid", and the key made from them."""

    tables: tuple[HiddenTable, ...]
    key: bytes

    @property
    def iid(self) -> HiddenTable:
        """The first suite's."""
        return self.tables[0]


def hidden_of(assignment: Assignment) -> Hidden:
    """Return the hidden tables. Raises AssignmentError when one is missing or broken."""
    spec = assignment.data
    names = [(IID, spec.hidden_features, spec.hidden_labels)]
    names += [(suite.name, suite.features, suite.labels) for suite in assignment.suites if suite.features]
    folder = assignment.root / "data" / "hidden"
    return _read(
        tuple(
            (suite, FileStamp.of(folder / features, features), FileStamp.of(folder / labels, labels))
            for suite, features, labels in names
        )
    )


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, FileStamp, FileStamp], ...]) -> Hidden:
    tables = tuple(HiddenTable(suite, _table(features), _table(labels)) for suite, features, labels in files)
    written = b"".join(write_table(table.features) + write_table(table.labels) for table in tables)
    return Hidden(tables, hashlib.sha256(written).digest())


def _table(file: FileStamp) -> Table:
    return read_table(Path(file.path), name=file.name)
