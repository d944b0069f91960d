"""Which rows a value has: rows are followed, not numbers.

`Rows(origin, path)` is a set of rows: `origin` is where they came into being (a load, a parameter, an unknown call),
`path` the splits they went through, as (split, part). One set lies within another when the origins are equal and its
path goes on from the other's. Everything else is unknown, and unknown accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

_MAX_SPLITS = 24
_SLICE = re.compile(r"(-?\d*):(-?\d*)")
PUBLISHED = "published"  # begins the origin of a data set that comes in parts, and the keys of these
GROUPED = "groups"  # begins the origin of what has one row a group: the rows that were grouped
DRAWN = "drawn"  # begins the key of a part whose rows were picked by chance


@dataclass(frozen=True, slots=True)
class Rows:
    """A set of rows; parts are "train", "test" (of a splitter), "slice" (cut by hand), "mask" (picked by values)
    or "some" (columns most likely, but perhaps rows)."""

    origin: Hashable
    path: tuple[tuple[Hashable, str], ...] = ()

    def within(self, other: Rows) -> bool:
        """Tell whether every row here is surely one of `other`: cut from it, or by numbers that lie within its own."""
        if self.origin != other.origin:
            return False
        length = len(other.path)
        return self.path[:length] == other.path or self._is_cut_within(other)

    def _is_cut_within(self, other: Rows) -> bool:
        last = len(other.path) - 1
        if last < 0 or len(self.path) <= last or self.path[:last] != other.path[:last]:
            return False
        one, two = _bounds(*self.path[last]), _bounds(*other.path[last])
        return one is not None and two is not None and one[2] == two[2] and two[0] <= one[0] and one[1] <= two[1]

    def reached_by(self, seen: Rows) -> bool:
        """Tell whether some of the rows here are among `seen`: all of them, or what a condition picked of them all.

        A condition on values (`df[df.age > 30]`) picks rows on both sides of a split at random; of two conditions, or
        one and a cut by place, nobody knows.
        """
        shared = self.shared_with(seen)
        if shared is None:
            return False
        picked, rest = seen.path[shared:], self.path[shared:]
        return not rest or rest[0][1] not in ("mask", "slice") or all(part != "mask" for _, part in picked)

    def shared_with(self, seen: Rows) -> int | None:
        """Return how much of `seen`'s path leads here too, but for conditions at its end; None where it is less."""
        if self.origin != seen.origin:
            return None
        for length in range(len(seen.path), -1, -1):
            if self.path[:length] == seen.path[:length]:
                return length
            if seen.path[length - 1][1] not in ("mask", "some"):
                return None
        return None

    def parts(self, within: Rows | None = None) -> set[str]:
        """Return the names of the parts on the way from the rows `within` (or from the very beginning) to these."""
        return {part for _, part in self.path[(within and self.shared_with(within)) or 0 :]}

    def overlaps(self, other: Rows) -> bool:
        """Tell whether both were cut by numbers from the same rows, and some but not all of these are in `other`."""
        mine, others = self.steps, other.steps
        if self.origin != other.origin or not mine or not others or mine[:-1] != others[:-1]:
            return False
        one, two = (_bounds(*steps[-1]) for steps in (mine, others))
        if one is None or two is None or one[2] != two[2]:
            return False
        return max(one[0], two[0]) < min(one[1], two[1]) and not (two[0] <= one[0] and one[1] <= two[1])

    @property
    def steps(self) -> tuple[tuple[Any, str], ...]:
        """The path without what only picked columns."""
        return tuple(step for step in self.path if step[1] != "some")

    @property
    def is_start(self) -> bool:
        """Whether these are the first of some rows, however many."""
        text = _slice_of(*self.steps[-1]) if self.steps else ""
        return text.startswith(":") and not text.startswith(":-") and "," not in text

    @property
    def in_training(self) -> bool:
        """Whether these are rows of the training part of a split, or some of them."""
        return any(part == "train" for _, part in self.path)

    def part(self, split: Hashable, name: str) -> Rows:
        """Return the rows that `split` puts into its part `name`; past many splits their origin is forgotten."""
        if len(self.path) >= _MAX_SPLITS:
            return Rows(("beyond", split, name))
        return Rows(self.origin, (*self.path, (split, name)))


def is_published(rows: Rows) -> bool:
    """Tell whether rows are of a data set that is published in parts."""
    return isinstance(rows.origin, tuple) and rows.origin[:1] == (PUBLISHED,)


def derived(rows: Rows, how: str, *told: Hashable) -> Rows:
    """Return one item of `rows`, or what a field of them holds: rows of their own, but of a published part the part."""
    if is_published(rows):
        return Rows((PUBLISHED, how, rows.origin, *told), rows.path)
    return Rows((how, rows, *told))


def published_whole(origin: Hashable) -> Hashable:
    """Return the data set that an item of a published part, or a field of one, is of; any other origin as it is."""
    match origin:
        case (first, str(), tuple() as whole, *_) if first == PUBLISHED:
            return published_whole(whole)
    return origin


def draw_of(key: Any) -> Hashable | None:
    """Return what tells one draw from another: its seed, or that it had none; None for parts not drawn by chance."""
    if isinstance(key, tuple) and key and key[0] == "cut":
        key = key[1]
    return key[1] if isinstance(key, tuple) and len(key) > 1 and key[0] == DRAWN else None


def is_drawn_anew(key: Any) -> bool:
    """Tell whether a split has no seed: it draws other rows each time."""
    return isinstance(key, tuple) and key[:1] == (DRAWN,) and isinstance(key[1], tuple)


def _slice_of(key: Any, part: str) -> str:
    """Return a slice as it is written, "" of what is none."""
    text = key[1] if part == "slice" and isinstance(key, tuple) and key[0] == "cut" else None
    return text if isinstance(text, str) else ""


def _bounds(key: Any, part: str) -> tuple[float, float, str] | None:
    """Return first and last of the rows that a slice of written numbers cuts, and from where these are counted."""
    found = _SLICE.fullmatch(_slice_of(key, part))
    first, last = found.groups() if found else ("", "")
    signs = {number.startswith("-") for number in (first, last) if number}
    if len(signs) != 1:
        return None
    if True in signs:
        return float(first or "-inf"), float(last or 0), "end"
    return float(first or 0), float(last or "inf"), "start"


RowSets = frozenset[Rows]
NO_ROWS: RowSets = frozenset()


def parts_of(rows: RowSets, split: Hashable, name: str) -> RowSets:
    """Return the rows that `split` puts into its part `name`."""
    return frozenset(one.part(split, name) for one in rows)


def covered(inner: RowSets, outer: RowSets) -> bool:
    """Tell whether some of the rows `inner` surely lie within `outer`."""
    return any(rows.within(other) for rows in inner for other in outer)


def whole_rows(rows: RowSets) -> RowSets:
    """Return the rows whichever of their columns were picked."""
    return frozenset(Rows(one.origin, one.steps) for one in rows)
