"""Hidden rows in a table of any form: under the names of their columns, or as cells of a row in any order."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from grader.authoring.grids import Grid, canonical
from grader.authoring.needles import LEAST, bare
from grader.authoring.repeated import DEVIATIONS, Row

MOST_ALIKE = 50  # hidden rows whose rarest cell is the same: others than these cannot be told by their cells
LEAST_SHORT, BESIDE = 10, 3  # letters of a row that is looked for in rows of hardly more cells only
COLUMNS = 0.5  # of a row's columns that a table has at least, to be compared by their names


class HiddenRows:
    """The hidden rows, and what the public tables explain: rows that chance has published are no find."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Row], public: Sequence[Grid]) -> None:
        self._columns = columns
        self._rows = [tuple(map(canonical, row)) for row in rows]
        self._public = public
        self._letters = [len(bare(" ".join(row).encode())) for row in self._rows]
        self._by_cell = self._by_rarest_cell()
        self._explained = {place for grid in public for place in self._contained(grid)}
        self._expected: dict[tuple[str, ...], float] = {}

    def given_in(self, grid: Grid) -> int:
        """Return how many hidden rows a table gives away, 0 where they are no more than chance has."""
        shared = tuple(name for name in self._columns if name in grid.names)
        if len(shared) >= max(2, math.ceil(COLUMNS * len(self._columns))):
            found = self._named(grid, shared)
            if found > self._limit(shared):
                return found
        found = len(self._contained(grid) - self._explained)
        return found if found > self._limit(tuple(self._columns)) else 0

    def _named(self, grid: Grid, names: tuple[str, ...]) -> int:
        known = {row for public in self._public for row in _cells(public, names)}
        given = set(_cells(grid, names)) - known
        return sum(row in given for row in self._hidden(names))

    def _limit(self, names: tuple[str, ...]) -> float:
        """Return how many hidden rows may equal others in these columns by chance, as published ones do each other."""
        if names not in self._expected:
            known = Counter(row for public in self._public for row in _cells(public, names))
            repeated = sum(times for times in known.values() if times > 1)
            self._expected[names] = len(self._rows) * repeated / max(1, known.total())
        expected = self._expected[names]
        return expected + DEVIATIONS * math.sqrt(expected)

    def _hidden(self, names: tuple[str, ...]) -> list[Row]:
        places = [self._columns.index(name) for name in names]
        return [tuple(row[place] for place in places) for row in self._rows]

    def _by_rarest_cell(self) -> dict[str, list[int]]:
        times = Counter(cell for row in self._rows for cell in set(row))
        found: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self._rows):
            if self._letters[place] >= LEAST_SHORT:
                found[min(row, key=lambda cell: (times[cell], cell))].append(place)
        return {cell: places for cell, places in found.items() if len(places) <= MOST_ALIKE}

    def _contained(self, grid: Grid) -> set[int]:
        """Return the places of the hidden rows all of whose cells stand in one row of a table."""
        found: set[int] = set()
        for row in _wide(grid.plain, len(self._columns)):
            cells = Counter(row)
            tried = {place for cell in cells for place in self._by_cell.get(cell, ())} - found
            if len(row) > len(self._columns) + BESIDE:
                tried = {place for place in tried if self._letters[place] >= LEAST}
            found |= {place for place in tried if Counter(self._rows[place]) <= cells}
        return found


def _wide(rows: Iterable[list[str]], least: int) -> Iterable[list[str]]:
    return (row for row in rows if len(row) >= least)


def _cells(grid: Grid, names: tuple[str, ...]) -> list[Row]:
    """Return the cells under these names, none where a table lacks one."""
    if not set(names) <= set(grid.names):
        return []
    places = [grid.names.index(name) for name in names]
    return [tuple(row[place] for place in places) for row in grid.plain]
