"""Whether the cut-offs of a forecast and the tables fit each other."""

from __future__ import annotations

from datetime import datetime

from grader.assignment.rounds import forecast_rows
from grader.assignment.tables import Table
from grader.errors import AssignmentError
from grader.model import Assignment, RoundsSpec

FILE = "assignment.toml"


def check_rounds(assignment: Assignment, spec: RoundsSpec, train: Table, features: Table) -> None:
    """Raise AssignmentError naming file and key where time does not go on from the public rows to the hidden ones, or
    a cut-off lacks the rows that are to be predicted after it.
    """
    data = assignment.data
    public, hidden = f"data/public/{data.train}", f"data/hidden/{data.hidden_features}"
    if spec.column not in features.columns:
        raise AssignmentError(f"there is no column {spec.column!r}", path=hidden, key="rounds.column")
    if missing := sorted(set(features.columns) - set(train.columns)):
        message = f"there is no column {missing[0]!r}, which the hidden rows have that are added to it"
        raise AssignmentError(message, path=public, key="rounds")
    if extra := sorted(set(train.columns) - {*features.columns, data.target}):
        message = f"there is no column {extra[0]!r}, which the training file has: hidden rows are added to that one"
        raise AssignmentError(message, path=hidden, key="rounds")
    known, later = _moments(train, spec.column, public), _moments(features, spec.column, hidden)
    if len(set(later)) != len(later):
        raise AssignmentError("a time occurs twice: each has one row", path=hidden, key=f"rounds.{spec.column}")
    if min(later) <= max(known):
        message = f"{min(later).isoformat()} is not after the last public row, {max(known).isoformat()}"
        raise AssignmentError(message, path=hidden, key=f"rounds.{spec.column}")
    for cutoff in spec.cutoffs:
        if datetime.fromisoformat(cutoff) < max(known):
            message = f"cut-off {cutoff} lies before the last public row: its answers are published"
            raise AssignmentError(message, path=FILE, key="rounds.cutoffs")
        found = len(forecast_rows(spec, features, cutoff))
        if found < spec.horizon:
            message = f"only {found:,} hidden rows come after cut-off {cutoff}, the horizon is {spec.horizon:,}"
            raise AssignmentError(message, path=FILE, key="rounds.cutoffs")


def _moments(table: Table, column: str, path: str) -> list[datetime]:
    found = []
    for number, cell in enumerate(table.column(column), start=2):
        try:
            found.append(datetime.fromisoformat(cell))
        except ValueError as error:
            message = f"row {number} holds {cell[:40]!r}, which is no ISO date such as 2016-01-31"
            raise AssignmentError(message, path=path, key=f"rounds.{column}") from error
    return found
