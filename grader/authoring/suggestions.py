"""What an author may add to a scaffold, spelled out with its own columns: a slice, and altered copies of rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.tables import Table
from grader.authoring.columns import number_in
from grader.authoring.kinds import Kinds
from grader.authoring.source import Roles

MOST_ALTERED = 3
WELL_FILLED = 0.9  # of a column of numbers that copies are altered in


@dataclass(frozen=True)
class Suggestions:
    """The key and value of a slice of `slice_column`, and the columns that altered copies of rows may differ in."""

    slice_column: str = ""
    slice_key: str = ""
    slice_value: Any = None
    by: tuple[str, ...] = ()
    swap: tuple[str, ...] = ()
    typos: tuple[str, ...] = ()


def suggestions(hidden: Table, kinds: Kinds, roles: Roles) -> Suggestions:
    """Return what fits the hidden rows: the commonest category, or the upper half of a number, is large enough."""
    apart = {roles.time, roles.group}
    numbers = [name for name in kinds.numbers if name not in apart and _is_filled(hidden.column(name))]
    categories = [name for name in kinds.categories if name not in apart]
    column, key, value = _slice(hidden, numbers, categories)
    swap = [name for name in categories if len(set(hidden.column(name))) > 1]
    return Suggestions(
        column, key, value,
        by=tuple(numbers[:MOST_ALTERED]), swap=tuple(swap[:MOST_ALTERED]), typos=kinds.texts[:1],
    )  # fmt: skip


def _slice(hidden: Table, numbers: list[str], categories: list[str]) -> tuple[str, str, Any]:
    filled = {name: Counter(cell for cell in hidden.column(name) if cell.strip()) for name in categories}
    fewest = min((name for name in filled if filled[name]), key=lambda name: len(filled[name]), default=None)
    if fewest is not None:
        return fewest, "values", [filled[fewest].most_common(1)[0][0]]
    for name in numbers:
        found = [number_in(cell) for cell in hidden.column(name)]
        return name, "least", float(np.nanmedian(np.array(found, dtype=np.float64)))
    return "", "", None


def _is_filled(cells: list[str]) -> bool:
    """Tell whether most cells can be moved by a share of themselves: neither empty nor 0."""
    return sum(bool(number_in(cell)) and bool(cell.strip()) for cell in cells) >= WELL_FILLED * len(cells)
