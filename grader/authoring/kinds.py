"""How a model of the starter code reads each column: as a number, a category, a text, a time, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.assignment.tables import Table
from grader.authoring.columns import numbers_of, times_of

MOST_CATEGORIES = 60
WORDS = 3.0  # a text has so many on average; a name or a code has fewer


@dataclass(frozen=True)
class Kinds:
    """The feature columns by kind; `left_out` are those that say nothing or are different in nearly every row."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """All that a model is given."""
        return (*self.numbers, *self.categories, *self.texts, *self.times)


def kinds_of(train: Table, features: Sequence[str], *, apart: Sequence[str] = ()) -> Kinds:
    """Return the kinds of `features` as the training rows show them; those `apart`, such as groups, are left out."""
    found: dict[str, list[str]] = {}
    for name in features:
        kind = "left_out" if name in apart else kind_of(train.column(name))
        found.setdefault(kind, []).append(name)
    return Kinds(**{kind: tuple(names) for kind, names in found.items()})


def kind_of(cells: Sequence[str]) -> str:
    """Return numbers, categories, texts, times, or left_out."""
    filled = [cell for cell in cells if cell.strip()]
    if len(set(cells)) < 2 or not filled:
        return "left_out"
    if numbers_of(cells) is not None:
        return "numbers"
    if times_of(filled) is not None:
        return "times"
    if sum(len(cell.split()) for cell in filled) >= WORDS * len(filled) and len(set(filled)) > MOST_CATEGORIES:
        return "texts"
    return "categories" if len(set(filled)) <= max(MOST_CATEGORIES, len(cells) // 10) else "left_out"
