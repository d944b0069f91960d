"""A table as it was found in a file of any form: rows of cells as text, and how its columns may be called."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from grader.errors import AssignmentError

MOST_CELLS = 5_000_000
NOTHING = frozenset({"", "nan", "none", "null", "<na>", "nat"})
LONGEST_NUMBER = 24  # letters; a longer one is an id or a text
WHOLE = 1e15  # below it every whole number is exact


@dataclass(frozen=True)
class Grid:
    """Rows of as many cells; `names` are the columns' or, where nothing says, the cells of the first row."""

    names: tuple[str, ...]
    rows: list[list[str]]
    is_as_written: bool = False  # cut out of a text as it stands, which is searched as a text too

    @cached_property
    def columns(self) -> list[list[str]]:
        """The cells of each column."""
        return [list(cells) for cells in zip(*self.rows, strict=True)]

    @cached_property
    def plain(self) -> list[list[str]]:
        """The rows with cells that mean the same written alike."""
        return [[canonical(cell) for cell in row] for row in self.rows]

    @cached_property
    def plain_columns(self) -> list[list[str]]:
        """The columns of those."""
        return [list(cells) for cells in zip(*self.plain, strict=True)]

    @cached_property
    def written(self) -> bytes:
        """The rows as a text, as they are and with cells written alike."""
        return "\n".join(" ".join(row) for rows in (self.rows, self.plain) for row in rows).encode()


def grid_of(rows: Iterable[Sequence[object]], names: Sequence[object] = (), *, is_as_written: bool = False) -> Grid:
    """Return rows of any length as a grid, short ones filled with empty cells.

    Raises AssignmentError where there are more cells than can be looked at.
    """
    told, count = [], 0
    for row in rows:
        told.append([as_text(cell) for cell in row])
        count += len(row)
        refuse_above(count)
    width = max(map(len, told), default=0)
    refuse_above(width * len(told))
    filled = [row + [""] * (width - len(row)) for row in told]
    head = tuple(map(as_text, names)) if names else tuple(filled[0] if filled else ())
    return Grid(head, filled, is_as_written)


def refuse_above(cells: int) -> None:
    """Raise AssignmentError where there are more cells than can be looked at."""
    if cells > MOST_CELLS:
        raise AssignmentError(f"it has more than {MOST_CELLS:,} cells", path="")


def as_text(cell: object) -> str:
    """Return a cell as a table in text would have it."""
    if isinstance(cell, bool):
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


@lru_cache(maxsize=1 << 16)
def canonical(cell: str) -> str:
    """Return the same for cells that mean the same: 1 and 1.0, a number and it in single precision, no value at all."""
    text = cell.strip()
    if text.lower() in NOTHING:
        return ""
    if len(text) > LONGEST_NUMBER:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if value.is_integer():
        return str(int(value)) if abs(value) < WHOLE else text
    return f"{value:.6g}"
