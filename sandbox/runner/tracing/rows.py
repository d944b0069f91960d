"""Knows the rows of the tables that estimators see: which are the same rows again, whatever became of their values.

Rows are the same where the table is the same object, has the very index of a known one, was made of known ones by a
call that keeps their order or says which it took, or, at last, where all its rows stand in a known table. Everything
else is new: so rows that are the same may be missed, and different ones are never taken for the same.
"""

from __future__ import annotations

import weakref
from typing import Any

from tracing import content, lookup
from tracing.known import Known
from tracing.lookup import Lookup, Ordered
from tracing.outputs import Outputs

MOST_ROWS = 4_000_000  # numbers kept at once: 32 MB
MOST_TABLES = 2_000
CHECKED = 8


class Seen:
    """A table that was seen, by a weak reference; with what tells that its rows are still in their places."""

    __slots__ = ("hashes", "known", "parent", "probe", "reference")

    def __init__(self, table: Any, known: Known, parent: Any) -> None:
        self.reference, self.known, self.probe = weakref.ref(table), known, _probe(table)
        self.parent = weakref.ref(parent) if _is_table(parent) else None
        self.hashes: Ordered | None = None


class Rows:
    """The tables seen so far."""

    def __init__(self) -> None:
        self._seen: dict[int, Seen] = {}
        self._indexes: dict[int, tuple[Any, Known]] = {}
        self._outputs = Outputs()
        self._lookup = Lookup()
        self._made = self._held = 0

    def of(self, table: Any, *, partly: bool = False) -> Known | None:
        """Return what is known of a table's rows, having given them numbers if they are new; None for what is none.

        With `partly` it is enough that some of its rows stand in a known table.
        """
        found = self.find(table)
        if found is not None or not _is_table(table):
            return found
        if len(table.shape) > 1:
            found = self._outputs.made_into(table) or self._by_content(table, partly)
        if found is None:
            self._made += 1
            fresh = content.fresh_ids(self._made, table.shape[0])
            has_labels = _index_key(table) is not None and len(table.shape) > 1
            found = Known(self._lookup.alike(table, fresh) if has_labels else fresh)
        self.remember(table, found)
        return found

    def find(self, table: Any) -> Known | None:
        """Return what is known of a table by its identity or its index's, or of the array that it is a column of."""
        seen = self._seen.get(id(table))
        index = _index_key(table)
        if seen is not None and seen.reference() is table and _is_as_it_was(table, seen):
            return seen.known if index is None else self._with_outputs(table, seen.known)
        if index is not None:
            _, known = self._indexes.get(id(index), (None, None))
            same = known is not None and len(known.ids) == table.shape[0]
            return self._with_outputs(table, known) if same else None
        base = getattr(table, "base", None)
        if base is not None and _is_column_of(table, base):
            whole = self._seen.get(id(base))
            return whole.known if whole is not None and whole.reference() is base else None
        return None

    def _with_outputs(self, table: Any, known: Known | None) -> Known | None:
        """Return what is known of a frame, with the fits whose outputs have been put into its columns."""
        fits = self._outputs.fits_in(table, known.ids) if known is not None else ()
        if known is None or set(fits) <= set(known.through):
            return known
        return Known(known.ids, tuple(dict.fromkeys((*known.through, *fits))), known.predicted)

    def made(self, result: Any, known: Known, fit: int | None) -> None:
        """Keep what is known of a transformer's output, and some of it, for it may be put into a column of a frame."""
        self.remember(result, known)
        if fit is not None and _is_table(result):
            self._outputs.add(fit, result, known)

    def remember(self, table: Any, known: Known, parent: Any = None) -> None:
        """Keep what is known of a table; `parent` is one whose rows hold all of its, as they are."""
        rows = len(known.ids)
        if not _is_table(table) or table.shape[0] != rows:
            return
        if self._held + rows > MOST_ROWS or len(self._seen) >= MOST_TABLES:
            self._forget()
        self._held += rows
        self._seen[id(table)] = Seen(table, known, parent)
        index = _index_key(table)
        if index is not None and id(index) not in self._indexes:
            self._indexes[id(index)] = (index, known)  # kept, so that no other object gets its number

    def _forget(self) -> None:
        self._seen.clear()
        self._indexes.clear()
        self._held = 0

    def _by_content(self, table: Any, partly: bool) -> Known | None:
        """Return what is known of rows that stand, each unmistakably, in a known table with as many columns."""
        others = [(other, seen) for other, seen in reversed(self._living()) if _may_hold(other, table)]
        if not others or (hashes := self._lookup.hashes(table)) is None:
            return None
        for other, seen in others:
            found = self._lookup.ids_in(hashes, other, seen, partly=partly)
            if found is not None:
                self._made += 1
                np = content.numpy()
                fresh = content.fresh_ids(self._made, len(found))
                return Known(np.where(found == lookup.NOT_THERE, fresh, found), seen.known.through)
        return None

    def _living(self) -> list[tuple[Any, Seen]]:
        """Return the tables that still are, those left out whose rows all stand in another that is."""
        living = [(seen.reference(), seen) for seen in list(self._seen.values())]
        return [
            (table, seen)
            for table, seen in living
            if table is not None and not (seen.parent is not None and seen.parent() is not None)
        ]


def _is_table(table: Any) -> bool:
    """Tell whether it is an array, a frame or column of pandas, or a sparse matrix, with rows."""
    known = isinstance(table, content.numpy().ndarray) or hasattr(table, "iloc") or hasattr(table, "nnz")
    return known and len(getattr(table, "shape", ())) in (1, 2)


def _index_key(table: Any) -> Any:
    """Return what indexes of the same rows in the same order share in pandas, views and copies of one included."""
    index = getattr(table, "index", None)
    if index is None or callable(index):
        return None
    if getattr(index, "nlevels", 1) > 1:
        return index  # its values would have to be made first
    return index._range if hasattr(index, "_range") else getattr(index, "_values", None)


def _is_column_of(table: Any, base: Any) -> bool:
    same = getattr(base, "shape", ())[:1] == getattr(table, "shape", ())[:1]
    return bool(same and base.ndim == 2 and table.ndim == 1 and table.strides[0] == base.strides[0])


def _may_hold(other: Any, table: Any) -> bool:
    return other is not table and len(other.shape) == 2 and bool(other.shape[1] == table.shape[1])


def _is_as_it_was(table: Any, seen: Seen) -> bool:
    if len(seen.known.ids) != table.shape[0]:
        return False
    index = _index_key(table)
    return _probe(table) == seen.probe if index is None else index is seen.probe


def _probe(table: Any) -> Any:
    """Return what would differ, had rows been moved in place: a few values of an array, of a frame its index's."""
    index = _index_key(table)
    if index is not None:
        return index
    if getattr(table, "nnz", None) is not None or not table.size:
        return None
    step = max(1, table.size // CHECKED)
    return [str(table.item(place)) for place in range(0, table.size, step)]
