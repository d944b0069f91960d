"""Words for a missing value in columns of numbers, such as NA, read as empty: a column with one is else no numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.assignment.tables import Table
from grader.authoring.columns import number_in
from grader.authoring.decimal_commas import COMMA, POINT

_WORDS = "na n/a n.a. #n/a #na <na> nan -nan null none nil nd n.d. missing unknown ? - -- . .. ... \u2013 \u2014"
WORDS = frozenset(_WORDS.split())


def without_missing_words(table: Table, apart: Collection[str]) -> tuple[Table, list[str]]:
    """Return the table with empty cells in place of such words, and what was read so: `age ('NA')`.

    Only columns all of whose other cells are numbers are changed, none of those `apart`: elsewhere NA may be a class.
    """
    found = {name: missing_words_in(table.column(name)) for name in table.columns if name not in apart}
    rows = tuple(
        tuple("" if cell in found.get(name, ()) else cell for name, cell in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    told = [f"{name} ({', '.join(map(repr, sorted(words)))})" for name, words in found.items() if words]
    return Table(table.columns, rows), told


def missing_words_in(cells: Sequence[str]) -> frozenset[str]:
    """Return those of the cells that say that there is no number, where all others that are filled are numbers."""
    filled = {cell for cell in cells if cell.strip()}
    words = {cell for cell in filled if cell.strip().casefold() in WORDS}
    numbers = filled - words
    return frozenset(words) if numbers and all(map(_is_number, numbers)) else frozenset()


def _is_number(cell: str) -> bool:
    return number_in(cell) is not None or bool(COMMA.fullmatch(cell.strip()) or POINT.fullmatch(cell.strip()))
