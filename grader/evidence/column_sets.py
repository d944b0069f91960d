"""Which columns of a table are surely still there, and which were made from which."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

_MAX_MADE, _MAX_SOURCES = 400, 8


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of table `base` are surely still there: all but `dropped`, or only `kept`; else not `known`.

    `made` holds pairs: a column, and one that it was made from. Where they were `coded`, "plan" may stand there as
    "plan_basic" and "plan_gold". What stands `beside` was put there, and is made of others than itself.
    """

    base: Hashable
    dropped: frozenset[str] = frozenset()
    kept: frozenset[str] | None = None
    known: bool = True
    made: frozenset[tuple[str, str]] = frozenset()
    coded: bool = False
    beside: frozenset[str] = frozenset()

    def sources(self, name: str) -> frozenset[str]:
        """Return the columns that a column was made from, row by row."""
        return frozenset(source for made, source in self.made if made == name)

    def remade(self, name: str, sources: frozenset[str]) -> Columns:
        """Return the columns after `name` was made, or made anew, from others and from what those were made from."""
        older = frozenset(pair for pair in self.made if pair[0] != name)
        if len(older) > _MAX_MADE:
            return replace(self, made=older)
        further = frozenset(source for one in sources for source in self.sources(one))
        every = (sources | further if len(further) <= _MAX_SOURCES else sources) - {name}
        if name in sources and every:
            every |= {""}  # it still holds what it held
        return replace(self, made=older | {(name, source) for source in every})

    def holds(self, name: str) -> bool:
        """Tell whether the column is surely there."""
        if not name:
            return False
        if self.coded and any(dropped.startswith(f"{name}_") for dropped in self.dropped):
            return False
        return self.known and name not in self.dropped and (self.kept is None or name in self.kept)

    def lacks(self, name: str) -> bool:
        """Tell whether the column was surely taken out."""
        return name in self.dropped or (self.kept is not None and name not in self.kept)

    def fewer(self) -> Columns:
        """Return the columns after a step that may take some out and brings none of the table's back."""
        return replace(self, known=False)
