"""Counts the rows that two sets have in common from their sketches (Bar-Yossef et al. 2002, bottom-k)."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import TraceTable
from grader.model.traces import MOST_KEPT

LEAST_SAMPLE = 30
ALL = 1 << 48


@dataclass(frozen=True)
class Shared:
    """How many `rows` of a set stand in another, of the `known` ones; `exact` unless a sample was counted."""

    rows: int
    known: int
    exact: bool

    @property
    def is_all(self) -> bool:
        """Whether that is all of them, or nearly, as far as is known."""
        return self.known > 0 and self.rows >= 0.95 * self.known


class RowCounts:
    """Counts between the tables of one run, each pair once: there may be many events over few tables."""

    def __init__(self, tables: tuple[TraceTable, ...]) -> None:
        self._tables = {table.table: table for table in tables}
        self._kept = {number: frozenset(table.kept) for number, table in self._tables.items()}
        self._counted: dict[tuple[int, int], Shared | None] = {}

    def size(self, number: int | None) -> int:
        """Return how many rows a table has, 0 for one that was not told."""
        return self._tables[number].size if number in self._tables else 0

    def shared(self, of: int | None, within: int | None) -> Shared | None:
        """Return how many rows of one table stand in another; None where too little is known to say."""
        if of is None or within is None or of not in self._tables or within not in self._tables:
            return None
        if (of, within) not in self._counted:
            self._counted[of, within] = self._count(self._tables[of], self._tables[within])
        return self._counted[of, within]

    def _count(self, of: TraceTable, within: TraceTable) -> Shared | None:
        known = max(0, of.size - of.unknown)
        if not known or not of.kept or not within.kept:
            return None
        if of.table == within.table:
            return Shared(known, known, True)
        limit = min(_told_up_to(of), _told_up_to(within))
        sample = [kept for kept in of.kept if kept <= limit]
        complete = limit == ALL
        if not complete and len(sample) < LEAST_SAMPLE:
            return None
        matched = len(self._kept[within.table].intersection(sample))
        exact = complete and len(sample) == known
        return Shared(matched if exact else round(known * matched / len(sample)), known, exact)


def _told_up_to(table: TraceTable) -> int:
    """Return up to which id all of a table's rows are told."""
    return ALL if len(table.kept) < MOST_KEPT else table.kept[-1]
