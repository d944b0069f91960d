"""Lists as the tables they are taken for: of several inputs, of texts, of windows."""

from __future__ import annotations

from dataclasses import dataclass

from grader.evidence.rows import Rows
from grader.evidence.tables import is_table
from grader.evidence.values import Value, taints_of


@dataclass(frozen=True, eq=False)
class _VeryList:
    """A list by which one it is: nothing that is known of what it holds tells it from others."""

    items: tuple[Value, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _VeryList) and self.items is other.items

    def __hash__(self) -> int:
        return id(self.items)


def as_table(value: Value) -> Value:
    """Return a list as the table it is taken for: of several inputs, listed or named, the first with what was computed
    into any of them; of texts or windows, their own.
    """
    items = value.items
    if not items or value.rows:
        return value
    if all(is_table(item) and item.rows for item in items):
        return items[0].evolve(taints=taints_of(items))
    if value.keys is not None:
        return value
    told = frozenset(item.rows for item in items)
    return Value(rows=frozenset({Rows(("list", told if all(told) else _VeryList(items)))}), taints=taints_of(items))
