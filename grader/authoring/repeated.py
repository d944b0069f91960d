"""Hidden rows that equal published ones: chance, or rows that were given away under another id.

Some data repeat themselves. As large a share of the hidden rows may have a published twin as training rows have one
among themselves. In data that do not repeat themselves a few may equal training rows all the same: it is said, and let
pass up to a share. In any other table none may.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from grader.assignment.tables import Table

Row = tuple[str, ...]
DEVIATIONS = 3  # of a Poisson count
MOST_COPIES = 0.01  # of the hidden rows, that may equal training rows


def features_of(table: Table, columns: Sequence[str]) -> list[Row]:
    """Return the cells of `columns` a row."""
    places = [table.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def twins_by_chance(published: Sequence[Row], hidden: int) -> float:
    """Return how many of so many hidden rows chance gives a twin at most, as published rows are each other's."""
    repeated = sum(times for times in Counter(published).values() if times > 1)
    expected = hidden * repeated / max(1, len(published))
    return expected + DEVIATIONS * math.sqrt(expected)


def places_of_twins(published: Sequence[Row], hidden: Sequence[Row]) -> list[int]:
    """Return the places of the hidden rows that equal a published one."""
    known = set(published)
    return [place for place, row in enumerate(hidden) if row in known]
