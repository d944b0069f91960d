"""Which columns of a table are surely still there, and which were made from which."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

_MAX_MADE, _MAX_SOURCES = 400, 8
IS, BEGINS, ENDS, HOLDS = "is", "begins", "ends", "holds"
Alike = frozenset[tuple[str, str]]  # how a name is like a text, and the text


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of table `base` are surely still there: all but `dropped`, or only `kept`; else not `known`.

    `made` holds pairs: a column, and one that it was made from. Where they were `coded`, "plan" may stand there as
    "plan_basic" and "plan_gold". What stands `beside` was put there, and is made of others than itself. Where `only` is
    told, none is there whose name is not like one of these.
    """

    base: Hashable
    dropped: frozenset[str] = frozenset()
    kept: frozenset[str] | None = None
    known: bool = True
    made: frozenset[tuple[str, str]] = frozenset()
    coded: bool = False
    beside: frozenset[str] = frozenset()
    only: Alike | None = None

    def sources(self, name: str) -> frozenset[str]:
        """Return the columns that a column was made from, row by row."""
        return frozenset(source for made, source in self.made if made == name)

    @property
    def added(self) -> frozenset[str]:
        """The columns that were put into the table since it was loaded."""
        return self.beside | {name for name, _ in self.made}

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
        if name in self.dropped or (self.kept is not None and name not in self.kept):
            return True
        return self.only is not None and not may_be_like(name, self.only)

    def fewer(self) -> Columns:
        """Return the columns after a step that may take some out and brings none of the table's back."""
        return replace(self, known=False)


def may_be_like(name: str, only: Alike) -> bool:
    """Tell whether a name may be like one of these texts; what ends with a star stands for several names."""
    if name.endswith("*"):
        stem = name[:-1].lower()
        return any(how in (ENDS, HOLDS) or _begin_alike(stem, text.lower()) for how, text in only)
    return any(_is_alike(name, how, text) for how, text in only)


def _begin_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _is_alike(name: str, how: str, text: str) -> bool:
    """Tell whether a name may be like a text, in small or large letters: more may be there than is asked for."""
    if how == IS:
        return name == text
    small, part = name.lower(), text.lower()
    return small.startswith(part) if how == BEGINS else small.endswith(part) if how == ENDS else part in small
