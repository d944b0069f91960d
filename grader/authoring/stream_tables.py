"""A stream of batches as the two tables that the checks look at: the sample rows, and the hidden ones."""

from __future__ import annotations

from grader.assignment.batches import public_names
from grader.assignment.tables import Table, read_table
from grader.errors import AssignmentError
from grader.model import Assignment, BatchesSpec


def stream_tables(assignment: Assignment, spec: BatchesSpec, features: Table, labels: Table) -> tuple[Table, Table]:
    """Return the rows of all sample batches that can be read, and of the hidden rows each one that has a label, once;
    without the column that names the batch.
    """
    place = features.columns.index(spec.column)
    columns = (*features.columns[:place], *features.columns[place + 1 :])
    cut = dict.fromkeys((*row[:place], *row[place + 1 :]) for row in features.rows)
    known = set(labels.column(assignment.data.id))
    key = columns.index(assignment.data.id)
    return _samples(assignment, spec, columns), Table(columns, tuple(row for row in cut if row[key] in known))


def _samples(assignment: Assignment, spec: BatchesSpec, columns: tuple[str, ...]) -> Table:
    folder = assignment.root / "data" / "public" / spec.folder
    rows: list[tuple[str, ...]] = []
    for name in sorted(public_names(assignment, spec)):
        try:
            table = read_table(folder / name, name=name)
        except AssignmentError:  # some samples are broken, as candidates are to see
            continue
        rows += table.rows if table.columns == columns else ()
    return Table(columns, tuple(rows))
