"""The names of an assignment's classes, as labels and predictions may write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

NUMBER_CHARS = 64


class ClassNames:
    """Finds a class's place by its name; names that are numbers are the same class however they are written.

    pandas makes 7.0 of 7 where a column has an empty cell, and a network's outputs are floats from the start.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._count = len(classes)
        self._places = {name: place for place, name in enumerate(classes)}
        self._numbers = {number: place for place, name in enumerate(classes) if (number := _number(name)) is not None}

    def place(self, name: str) -> int | None:
        """Return the place of the class among all, None where there is no such class."""
        found = self._places.get(name)
        number = _number(name) if found is None else None
        return found if number is None else self._numbers.get(number)

    @property
    def are_distinct(self) -> bool:
        """Whether no two names are of one class, such as 7 and 7.0."""
        numbers = sum(_number(name) is not None for name in self._places)
        return len(self._places) == self._count and len(self._numbers) == numbers


def _number(name: str) -> float | None:
    try:
        value = float(name) if name.isascii() and "_" not in name and len(name) <= NUMBER_CHARS else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
