"""Which columns the starter code gives to no model, and why: an author who meant numbers has to hear of it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.tables import Table
from grader.authoring.columns import number_in
from grader.authoring.kinds import Kinds

MOST_NAMED = 8
MOSTLY = 0.5  # of the cells are numbers: a column that was meant to be one of numbers
LONGEST = 40


def left_out_told(train: Table, kinds: Kinds, *, apart: Sequence[str] = ()) -> str:
    """Return in a sentence which columns no model is given, with a cell that shows why; nothing where there is none."""
    names = [name for name in kinds.left_out if name not in apart]
    if not names:
        return ""
    told = "; ".join(f"{name!r}, {_why(train.column(name))}" for name in names[:MOST_NAMED])
    more = f"; and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"No model of the starter code is given {told}{more}."


def _why(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell.strip()]
    if len(set(cells)) < 2:
        return "which is the same in every training row"
    others = [cell for cell in filled if number_in(cell) is None]
    if len(filled) - len(others) > MOSTLY * len(filled):
        return f"which would be numbers but for {others[0][:LONGEST]!r}"
    return f"which is neither numbers nor few categories, such as {filled[0][:LONGEST]!r}"
