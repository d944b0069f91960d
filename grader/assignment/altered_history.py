"""A history that nobody has published: the true one, as of another place that is smaller or larger by one factor."""

from __future__ import annotations

from grader.assignment.tables import Table, is_number


def multiplied(history: Table, target: str, factor: float) -> Table:
    """Return the table with every number of the column `target` multiplied, in its own form: with as many decimals."""
    place = history.columns.index(target)
    return Table(
        history.columns,
        tuple((*row[:place], times(row[place], factor), *row[place + 1 :]) for row in history.rows),
    )


def times(cell: str, factor: float) -> str:
    """Return the number in `cell` times the factor; what is none, such as an empty cell, is left as it is."""
    if not is_number(cell):
        return cell
    decimals = len(cell.strip().partition(".")[2]) if "e" not in cell.lower() else 6
    return f"{float(cell) * factor:.{decimals}f}"
