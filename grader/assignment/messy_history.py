"""A messy history for one round of a forecast, by a stated law that is the same for every submission and every run.

The share of rows that the assignment asks for is drawn. Of these row n is spoilt in the way `kinds[n % len(kinds)]`:

    missing       the row is not there
    duplicate     the row is there twice, one after the other
    late          the row stands at the end of the file, with others that are late, in a drawn order
    empty         its target is empty
    spaces        its target has spaces around it
    out_of_range  its target is ten times as large, or negative

Every choice is a draw from HMAC-SHA256 keyed with the hidden tables and the assignment's seed.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.assignment.altered_history import times
from grader.assignment.tables import Table
from grader.model import MessyHistorySpec

Draw = Callable[[str, int], int]
Row = tuple[str, ...]
MANY = 2**62


def spoilt(history: Table, target: str, spec: MessyHistorySpec, draw: Draw) -> Table:
    """Return the history with some of its rows spoilt.

    `draw(purpose, n)` returns a whole number below n, always the same for one purpose.
    """
    place = history.columns.index(target)
    order = sorted(range(len(history.rows)), key=lambda row: draw(f"row {row}", MANY))
    chosen = order[: max(1, round(spec.share * len(order)))]
    kinds = {row: spec.kinds[number % len(spec.kinds)] for number, row in enumerate(chosen)}
    found: list[Row] = []
    late: list[tuple[int, Row]] = []
    for number, row in enumerate(history.rows):
        kind = kinds.get(number)
        if kind == "late":
            late.append((draw(f"late {number}", MANY), row))
        elif kind != "missing":
            cell = _cell(row[place], kind or "", draw(f"sign {number}", 2) == 1)
            found += [(*row[:place], cell, *row[place + 1 :])] * (2 if kind == "duplicate" else 1)
    return Table(history.columns, (*found, *(row for _, row in sorted(late))))


def _cell(cell: str, kind: str, is_negative: bool) -> str:
    if kind == "empty":
        return ""
    if kind == "spaces":
        return f" {cell} "
    if kind == "out_of_range":
        return times(cell, -1 if is_negative else 10)
    return cell
