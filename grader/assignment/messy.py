"""Messy rows for the stress run, by a stated law that is the same for every submission and every run.

Row n is copied from a hidden row and made messy in the way `kinds[n % len(kinds)]`:

    missing          a quarter of its cells, one at least, are empty
    unseen_category  one text cell holds a word that occurs nowhere
    wrong_type       one number is a word
    out_of_range     one number is 1,000 times the largest of its column, or minus that
    duplicate        nothing is changed: the row is there twice, under two ids
    blank            one text cell is a single space

The kinds of messy_pictures.py leave the cells as they are: there it is the row's picture that is another one.

Every choice is a draw from HMAC-SHA256 keyed with the hidden tables and the assignment's seed. A column is one of
numbers when all its cells that are not empty are finite numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.assignment.tables import Table, is_number
from grader.errors import AssignmentError
from grader.model.assignment import PICTURE_KINDS, StressKind

Draw = Callable[[str, int], int]
UNSEEN, WORD, BLANK = "never seen before", "unknown", " "
FACTOR = 1000
Row = tuple[str, ...]


def make_messy(
    features: Table, id_column: str, count: int, kinds: Sequence[StressKind], draw: Draw
) -> list[tuple[Row, str]]:
    """Return `count` messy rows with their kinds; the id cell is left as it was, for the deal to replace.

    `draw(purpose, n)` returns a whole number below n, always the same for one purpose. Raises AssignmentError when the
    table has no column that a kind could be made in.
    """
    columns = [index for index, name in enumerate(features.columns) if name != id_column]
    numbers = [index for index in columns if _is_numeric([row[index] for row in features.rows])]
    text = [index for index in columns if index not in numbers]
    places = {"unseen_category": text, "wrong_type": numbers, "out_of_range": numbers, "blank": text}
    for kind in kinds[:count]:
        if not places.get(kind, columns):
            what = "text" if places[kind] is text else "numbers"
            raise AssignmentError(f"{kind!r} needs a column of {what}", path="assignment.toml", key="stress.kinds")
    found = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        row = list(features.rows[draw(f"row {number}", len(features.rows))])
        if kind == "missing":
            for index in _some(columns, number, draw):
                row[index] = ""
        elif kind != "duplicate" and kind not in PICTURE_KINDS:
            index = places[kind][draw(f"column {number}", len(places[kind]))]
            row[index] = _spoiled(kind, [other[index] for other in features.rows], number, draw)
        found.append((tuple(row), str(kind)))
    return found


def _some(columns: Sequence[int], number: int, draw: Draw) -> list[int]:
    """Return a quarter of `columns`, one at least."""
    left, chosen = list(columns), []
    for turn in range(max(1, len(columns) // 4)):
        chosen.append(left.pop(draw(f"empty {number} {turn}", len(left))))
    return chosen


def _spoiled(kind: str, column: Sequence[str], number: int, draw: Draw) -> str:
    if kind == "out_of_range":
        return _far_out(column, negative=draw(f"sign {number}", 2) == 1)
    return {"unseen_category": UNSEEN, "wrong_type": WORD, "blank": BLANK}[kind]


def _far_out(column: Sequence[str], *, negative: bool) -> str:
    """Return a number far beyond the column's, whole where all of them are."""
    cells = [cell for cell in column if cell.strip()]
    largest = max(abs(float(cell)) for cell in cells) or 1.0
    far = FACTOR * largest * (-1 if negative else 1)
    return str(int(far)) if all(_is_whole(cell) for cell in cells) else repr(far)


def _is_whole(cell: str) -> bool:
    try:
        return str(int(cell)) == cell.strip()
    except ValueError:
        return False


def _is_numeric(column: Sequence[str]) -> bool:
    cells = [cell for cell in column if cell.strip()]
    return bool(cells) and all(is_number(cell) for cell in cells)
