"""Hidden rows that equal published ones: chance, or rows that were given away under another id.

Some data repeat themselves. As large a share of the hidden rows may have a published twin as published rows have one
among themselves; in data that do not repeat themselves, none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from grader.assignment.tables import Table

Row = tuple[str, ...]
DEVIATIONS = 3  # of a Poisson count


def features_of(table: Table, columns: Sequence[str]) -> list[Row]:
    """Return the cells of `columns` a row."""
    places = [table.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def given_away(published: Sequence[Row], hidden: Sequence[Row]) -> list[int]:
    """Return the places of the hidden rows that have a twin among the published ones, where chance has fewer."""
    known = Counter(published)
    twins = [place for place, row in enumerate(hidden) if row in known]
    repeated = sum(times for times in known.values() if times > 1)
    expected = len(hidden) * repeated / max(1, len(published))
    return twins if len(twins) > expected + DEVIATIONS * math.sqrt(expected) else []
