"""Altered copies of hidden rows: too little for a model to mind, enough for a row's content to be found nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable

from grader.assignment.tables import Table
from grader.errors import AssignmentError
from grader.model import TwinSpec

Row = tuple[str, ...]


def make_twins(features: Table, spec: TwinSpec, draw: Callable[[str, int], int]) -> list[tuple[int, Row]]:
    """Return `spec.rows` altered rows, each with the place of its original, in a drawn order.

    Rows whose alteration changes nothing (empty cells, zeros) are passed over. Raises AssignmentError where a column is
    missing or too few rows can be altered.
    """
    for column in (*spec.by, *spec.append):
        if column not in features.columns:
            raise AssignmentError(f"there is no column {column!r}", path="assignment.toml", key="twins")
    order = sorted(range(len(features.rows)), key=lambda place: draw(f"row {place}", 2**62))
    found: list[tuple[int, Row]] = []
    for place in order:
        row = _altered(features, place, spec, draw)
        if row != features.rows[place]:
            found.append((place, row))
        if len(found) == spec.rows:
            return found
    message = f"only {len(found):,} hidden rows can be altered as asked, twins.rows wants {spec.rows:,}"
    raise AssignmentError(message, path="assignment.toml", key="twins.rows")


def _altered(features: Table, place: int, spec: TwinSpec, draw: Callable[[str, int], int]) -> Row:
    row = list(features.rows[place])
    for column, share in spec.by.items():
        index = features.columns.index(column)
        up = draw(f"up {place} {column}", 2) == 1
        row[index] = _moved(row[index], share if up else -share)
    for column, text in spec.append.items():
        index = features.columns.index(column)
        row[index] = f"{row[index]}{text}" if row[index].strip() else row[index]
    return tuple(row)


def _moved(cell: str, share: float) -> str:
    """Return the number in `cell` moved by a share of itself, whole and by 1 at least where it is whole."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(number) or number == 0:
        return cell
    step = number * share
    if cell.strip().lstrip("+-").isdigit():
        return str(int(number) + (round(step) or int(math.copysign(1, step))))
    decimals = len(cell.partition(".")[2].strip()) or 2
    return f"{number + step:.{decimals}f}" if "e" not in cell.lower() else repr(number + step)
