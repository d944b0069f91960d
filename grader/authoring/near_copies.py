"""Hidden rows that are training rows but for a cell, for rounding, or for how a text is written; and what chance has.

Tables of few coarse columns are full of rows that are nearly alike. So hidden rows are counted beside training rows
that are as near to each other: in rows that were dealt by lot both have the same share.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.authoring.association import DEVIATIONS
from grader.authoring.row_keys import Cells, Keys, RowKeys, coded, hashed, words_of

MOST_TOLD_APART = 0.05  # of training rows are alike but for a column that is among those of any one changed cell
NEARLY = 0.9
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Nearness:
    """How many hidden rows are near a training row in one way, of how many, and how many chance has there: expected,
    and at most.
    """

    how: str
    found: int
    rows: int
    expected: float
    most: float

    @property
    def excess(self) -> float:
        """The share of the hidden rows that is near beyond what is expected."""
        return (self.found - self.expected) / max(1, self.rows)

    @property
    def is_chance(self) -> bool:
        """Whether there are no more than chance has."""
        return self.found <= self.most


class TwoSides:
    """The training rows, the first `train` of a table, and the hidden ones below them; `as_written` are their keys.

    Rows that are there more than once count once: a split may have kept them on one side. Hidden ones that equal a
    training row are found as copies. `units` say which training rows belong together, such as visits of one patient:
    these are no twins of each other.
    """

    def __init__(self, train: int, as_written: Keys, units: Sequence[str] | None) -> None:
        self._train = train
        known, hidden = as_written[:train], as_written[train:]
        self._units = np.unique(known, return_inverse=True)[1] if units is None else coded(units)
        self._known, self._hidden = _is_first(known), _is_first(hidden) & ~np.isin(hidden, known)

    def near(self, how: str, keys: Keys) -> Nearness:
        """Return how many rows have a twin by these keys."""
        return self.counted(how, *self.twins(keys))

    def twins(self, keys: Keys) -> tuple[Flags, float]:
        """Return which rows have a twin by these keys, and how many training rows are alike where some are."""
        flags = self._has_twin(keys)
        near = keys[: self._train][flags[: self._train] & self._known]
        if not len(near):
            return flags, 1.0
        _, places, counts = np.unique(near, return_inverse=True, return_counts=True)
        return flags, float(counts[places].mean())

    def counted(self, how: str, flags: Flags, clump: float) -> Nearness:
        """Return how many hidden rows are flagged, and how many are expected as the training rows are; where those lie
        in clumps, their number varies more.
        """
        known, rows = max(1, int(self._known.sum())), int(self._hidden.sum())
        found = int((flags[self._train :] & self._hidden).sum())
        share = float((flags[: self._train] & self._known).sum()) / known
        varies = max(1.0, rows * share * (1 - share)) * (1 + rows / known) * clump
        return Nearness(how, found, rows, rows * share, rows * share + DEVIATIONS * math.sqrt(varies))

    def _has_twin(self, keys: Keys) -> Flags:
        known, hidden = keys[: self._train], keys[self._train :]
        _, first, places = np.unique(known, return_index=True, return_inverse=True)
        is_other = self._units != self._units[first][places]
        shared = np.bincount(places, weights=is_other, minlength=len(first)) > 0
        return np.concatenate([shared[places], np.isin(hidden, known)])


def nearness_of(
    train: Mapping[str, Cells], hidden: Mapping[str, Cells], texts: Sequence[str], group: str = ""
) -> list[Nearness]:
    """Return in which ways hidden rows are near training rows, the finest ones first; both are columns by name, `texts`
    those of words. A `group` tells which rows belong together, and is no part of what is compared.
    """
    columns = {name: [*cells, *hidden[name]] for name, cells in train.items()}
    sides = TwoSides(len(next(iter(train.values()))), RowKeys(columns).as_written, train.get(group))
    columns.pop(group, None)
    keys = RowKeys(columns)
    found = [sides.near(f"but for {group!r}", keys.as_written)] if group and columns else []
    found += _of_cells(sides, keys) if len(columns) > 1 else []
    found += [sides.near(f"once numbers are rounded ({how})", each) for how, each in keys.rounded()]
    if texts:
        words = [" | ".join(map(words_of, row)) for row in zip(*(columns[name] for name in texts), strict=True)]
        how = f"in the words of {' and '.join(map(repr, texts))}, whatever the case, the figures and the marks"
        found.append(sides.near(how, hashed(coded(words), "words")))
    return found


def _is_first(keys: Keys) -> Flags:
    """Return which rows are the first with their key."""
    flags = np.zeros(len(keys), dtype=np.bool_)
    flags[np.unique(keys, return_index=True)[1]] = True
    return flags


def worst_of(found: Sequence[Nearness]) -> Nearness | None:
    """Return the way in which most hidden rows are nearer than chance has it, the finest one of those that say nearly
    as much; None where all is chance.
    """
    beyond = [near for near in found if not near.is_chance]
    most = max((near.excess for near in beyond), default=0.0)
    return min((near for near in beyond if near.excess >= NEARLY * most), key=lambda near: near.expected, default=None)


def _of_cells(sides: TwoSides, keys: RowKeys) -> Iterator[Nearness]:
    """Yield rows that differ in a cell of one column, and in any one cell whose row the others tell apart."""
    told_apart: list[tuple[Flags, float]] = []
    for name, each in keys.but_for_one():
        twins = sides.twins(each)
        near = sides.counted(f"but for the cell of {name!r}", *twins)
        yield near
        if near.expected <= MOST_TOLD_APART * near.rows:
            told_apart.append(twins)
    if told_apart:
        flags, clumps = zip(*told_apart, strict=True)
        yield sides.counted("but for one cell", np.any(flags, axis=0), max(clumps))
