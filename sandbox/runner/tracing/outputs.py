"""Knows a transformer's output again where it was put into columns of a frame, which then is no longer its own."""

from __future__ import annotations

from collections import deque
from typing import Any

from tracing import content
from tracing.known import Known

MOST = 100
LOOKED_AT = 16
DIFFERENT = 3  # values that differ, at least, in a column that can be known again
COLUMNS = 200


class _Output:
    """A few rows of one output, those whose ids are smallest, and the ids of all."""

    def __init__(self, fit: int, result: Any, known: Known) -> None:
        self.fit, self.known, self.chosen = fit, known, _chosen(known.ids)
        self.width = result.shape[1] if len(result.shape) > 1 else 1
        self.columns = _columns(result, self.chosen)
        self.telling = {column for column in self.columns if len(set(column)) >= DIFFERENT}


class Outputs:
    """The last outputs of transformers."""

    def __init__(self) -> None:
        self._kept: deque[_Output] = deque(maxlen=MOST)

    def add(self, fit: int, result: Any, known: Known) -> None:
        """Keep some of `result`, which came out of the transformer of `fit`."""
        output = _Output(fit, result, known)
        if output.telling:
            self._kept.append(output)

    def fits_in(self, table: Any, ids: Any) -> tuple[int, ...]:
        """Return the fits of which an output is a column of `table`, whose rows have the `ids`."""
        if not self._kept or len(table.shape) != 2:
            return ()
        chosen, same = _chosen(ids), content.numpy().array_equal
        held, rows = set(_columns(table, chosen)), ids[chosen]
        found = [
            one for one in self._kept if not held.isdisjoint(one.telling) and same(one.known.ids[one.chosen], rows)
        ]
        return tuple(dict.fromkeys(one.fit for one in found))

    def made_into(self, table: Any) -> Known | None:
        """Return what is known of a new table that has all columns of an output, in their order, row by row."""
        for one in reversed(self._kept):
            if table.shape == (len(one.known.ids), one.width) and _columns(table, one.chosen) == one.columns:
                return one.known
        return None


def _chosen(ids: Any) -> Any:
    """Return the positions of a few rows, the same ones wherever there are the same rows."""
    np = content.numpy()
    few = min(LOOKED_AT, len(ids))
    chosen = np.argpartition(ids, few - 1)[:few] if len(ids) else np.zeros(0, int)
    return chosen[np.argsort(ids[chosen], kind="stable")]


def _columns(table: Any, chosen: Any) -> list[tuple[float, ...]]:
    """Return the columns of numbers at the chosen rows; none of a sparse matrix."""
    if hasattr(table, "nnz"):
        return []
    if len(table.shape) == 1:
        rows = (table.iloc if hasattr(table, "iloc") else table)[chosen]
        return [_numbers(rows)] if getattr(rows.dtype, "kind", "O") in "biuf" else []
    if hasattr(table, "iloc"):
        some = table.iloc[chosen, :COLUMNS]
        parts = [some.iloc[:, number] for number in range(some.shape[1])]
        return [_numbers(part) for part in parts if getattr(part.dtype, "kind", "O") in "biuf"]
    some = table[chosen, :COLUMNS]
    return [_numbers(column) for column in some.T] if some.dtype.kind in "biuf" else []


def _numbers(column: Any) -> tuple[float, ...]:
    np = content.numpy()
    return tuple(np.nan_to_num(np.asarray(column, dtype=np.float64), nan=-1e300).tolist())
