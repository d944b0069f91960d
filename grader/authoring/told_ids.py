"""Lists of hidden ids: far more of them than chance has, and than the public ids that stand beside them explain."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable

from grader.authoring.columns import times_of
from grader.authoring.grids import Grid, canonical

CHANCE = 1e-6
TOKEN = re.compile(r"[^\s,;|\"'`\[\](){}<>=]+")
DAY = 86_400


class HiddenIds:
    """The hidden and the public ids, each as it is written and as a number where it is one."""

    def __init__(self, hidden: Collection[str], public: Collection[str]) -> None:
        self._sides = [(set(hidden) - set(public), set(public))]
        plain = {canonical(name) for name in hidden}, {canonical(name) for name in public}
        if plain[0] != set(hidden):
            self._sides.append((plain[0] - plain[1], plain[1]))

    def listed_in(self, grid: Grid) -> int:
        """Return how many hidden ids a column of a table lists, 0 where that may be chance."""
        columns = [*grid.columns, *grid.plain_columns]
        return max((self._listed(set(column)) for column in columns), default=0)

    def listed_in_text(self, text: str) -> int:
        """Return the same of the words of a text."""
        return self._listed({word.strip(".:") for word in TOKEN.findall(text)})

    def _listed(self, words: set[str]) -> int:
        return max(_beyond_chance(words, *side) for side in self._sides)


def _beyond_chance(words: set[str], hidden: set[str], public: set[str]) -> int:
    found, others = len(words & hidden), len(words & public)
    share = len(hidden) / max(1, len(hidden) + len(public))
    if not found or _at_least(found, found + others, share) > CHANCE:
        return 0
    return found if _is_beyond_numbers(words, hidden) else 0


def _is_beyond_numbers(words: set[str], hidden: set[str]) -> bool:
    """Say whether numbers, or days, in the range of the hidden ids are hidden ones far more often than any number is.

    Ids that are neither are met by chance nowhere.
    """
    numbers = _whole(words & hidden)
    if numbers is None:
        return True
    low, high = min(numbers), max(numbers)
    ids = _whole(hidden) or numbers
    within = sum(low <= number <= high for number in ids)
    drawn = sum(low <= number <= high for word in words for number in _whole([word]) or ())
    return _at_least(len(numbers), drawn, within / (high - low + 1)) < CHANCE


def _whole(words: Iterable[str]) -> set[int] | None:
    """Return whole numbers, dates as days; None where one is neither, or is filled up with zeros as a name is."""
    told = list(words)
    if any(word.startswith("0") and word != "0" for word in told):
        return None
    if all(word.removeprefix("-").isdecimal() for word in told):
        return {int(word) for word in told}
    found = times_of(told)
    if found is None or any(word.replace(".", "", 1).replace("-", "", 1).isdecimal() for word in told):
        return None
    return {int(seconds // DAY) for seconds in found}


def _at_least(found: int, drawn: int, share: float) -> float:
    """Return a bound (Chernoff) of the chance that so many of so many drawn are of a share, 1 where there is none."""
    if not drawn or found <= share * drawn:
        return 1.0
    if share <= 0:
        return 0.0
    part = found / drawn
    distance = part * math.log(part / share)
    if part < 1:
        distance += (1 - part) * math.log((1 - part) / (1 - share))
    return math.exp(-drawn * distance)
