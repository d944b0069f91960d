"""Finds rows by what stands in them, within a bound on how much is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracing import content

if TYPE_CHECKING:
    from tracing.rows import Seen

MOST_COST = 40_000_000  # numbers hashed in all: about a fifth of a second
LOOKED_UP = 10  # what looking a row up costs, in numbers
TRIED = 8
NOT_THERE = (1 << 64) - 1


class Lookup:
    """Looks rows up in tables that were seen."""

    def __init__(self) -> None:
        self._spent = 0

    def ids_in(self, hashes: Any, other: Any, seen: Seen, *, partly: bool) -> Any:
        """Return the ids that rows with these hashes have in `other`, shape (rows,): 0 for rows that several look like.

        None unless all are there, or some, with `partly`; the others are then NOT_THERE.
        """
        np = content.numpy()
        if seen.hashes is None:
            seen.hashes = self._sorted(other, seen.known.ids)
        if seen.hashes is None or not len(hashes):
            return None
        if not partly and not seen.hashes.places_of(hashes[:TRIED])[1].all():
            return None
        self._spent += len(hashes) * LOOKED_UP
        places, hit = seen.hashes.places_of(hashes)
        enough = hit.any() if partly else hit.all()
        return np.where(hit, seen.hashes.ids[places], np.uint64(NOT_THERE)) if enough else None

    def alike(self, table: Any, ids: Any) -> Any:
        """Return the ids of a new frame, the same for rows that are copies: with the same label and the same values."""
        if table.index.is_unique or (hashes := self.hashes(table)) is None:
            return ids
        np = content.numpy()
        labels = content.hashes_of_objects([table.index.to_numpy(dtype=object)], len(ids))
        _, first, which = np.unique(content.mixed(hashes ^ labels), return_index=True, return_inverse=True)
        return ids[first[which]]

    def hashes(self, table: Any) -> Any:
        """Return the hashes of a table's rows, None where they would cost too much."""
        price = content.cost(table)
        if self._spent + price > MOST_COST or hasattr(table, "nnz"):
            return None
        self._spent += price
        return content.row_hashes(table)

    def _sorted(self, table: Any, ids: Any) -> Ordered | None:
        """Return a table's hashes in order and the ids under them, 0 where different rows look alike."""
        np = content.numpy()
        hashes = self.hashes(table)
        if hashes is None or not len(hashes):
            return None
        order = np.argsort(hashes)
        hashes, ids = hashes[order], ids[order]
        starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
        alike = np.minimum.reduceat(ids, starts) == np.maximum.reduceat(ids, starts)
        return Ordered(hashes[starts], np.where(alike, ids[starts], np.uint64(0)))


class Ordered:
    """Hashes in order, with the ids under them, and for each beginning of a hash a place where to look first."""

    def __init__(self, hashes: Any, ids: Any) -> None:
        np = content.numpy()
        self._hashes, self.ids = hashes, ids
        bits = len(hashes).bit_length() + 2
        self._shift = np.uint64(64 - bits)
        self._slots = np.zeros(1 << bits, np.int32)
        self._slots[hashes >> self._shift] = np.arange(len(hashes))

    def places_of(self, hashes: Any) -> tuple[Any, Any]:
        """Return where other hashes stand, and whether they do, each of shape (rows,)."""
        np = content.numpy()
        places = self._slots[hashes >> self._shift]
        hit = self._hashes[places] == hashes
        rest = np.flatnonzero(~hit)  # two hashes may have one beginning
        if len(rest):
            places[rest] = np.minimum(np.searchsorted(self._hashes, hashes[rest]), len(self._hashes) - 1)
            hit[rest] = self._hashes[places[rest]] == hashes[rest]
        return places, hit
