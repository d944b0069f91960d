"""What a deal takes from the public part, and makes anew in its form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from grader.assignment.tables import FileStamp, Table, read_table, write_table
from grader.model import Assignment


def published_ids(assignment: Assignment) -> frozenset[str]:
    """Return the ids of the public training rows."""
    name = assignment.data.train
    return _ids_in(FileStamp.of(assignment.root / "data" / "public" / name, name), assignment.data.id)


def sample_file(assignment: Assignment, ids: Sequence[str]) -> bytes:
    """Return the sample submission for these rows."""
    value = "0.5" if assignment.metric.name in ("roc_auc", "average_precision") else "0"
    value = assignment.data.classes[0] if assignment.metric.names_classes else value
    columns = (assignment.data.id, assignment.contract.prediction_column)
    return write_table(Table(columns, tuple((name, value) for name in ids)))


@lru_cache(maxsize=4)
def _ids_in(table: FileStamp, column: str) -> frozenset[str]:
    return frozenset(read_table(Path(table.path), name=table.name).column(column))
